"""From the scripts of a widget, which import each other, the one module that anywidget loads.

anywidget ships one self-contained text a widget, in which a relative import leads nowhere. So the
imports are followed here: every file once, those it needs before it, the import lines and the word
``export`` taken off. What the sources may write is therefore narrow, and all else is refused:
``import { name } from "./file.mjs";`` and ``export`` in front of what is declared.
"""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

# These stand at the beginning of a line; what is within them is indented.
_STATEMENT = re.compile(
    r"^(?:import|export|async function|function|class|const|let|var)\b.*", re.MULTILINE
)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"\n]*)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"(export )?(?:async function|function\*?|class|const|let|var) +(\w+)")


@dataclass(frozen=True)
class Script:
    """One file: what it imports from where, what it declares and exports, its own text."""

    imports: tuple[tuple[Path, tuple[str, ...]], ...]
    declared: tuple[str, ...]
    exported: frozenset[str]
    is_widget: bool
    text: str


def join_modules(entry: Path, root: Path) -> str:
    """One module of a widget's script and all that it imports.

    Parameters
    ----------
    entry : Path
        The widget's own script, the only one with an ``export default``.
    root : Path
        The folder from which files are named, in messages and in the text.

    Returns
    -------
    str
        Each file once, those it imports before it, under a line with its name. The last line names
        the whole for stack traces; `find_line` leads from a line of it to the line of a file.

    Raises
    ------
    TypeError
        For a file or an exported name that is not there, a renaming import, any other form of
        ``import`` or ``export``, a name that two files declare, and a circle of imports.
    """
    parts = [f"// {_name(path, root)}\n{script.text}" for path, script in _follow(entry, root)]
    # Lines of the joined text are not lines of the widget's file, so it is not named like that.
    name = _name(entry, root).removesuffix(".mjs")
    return "\n".join((*parts, f"//# sourceURL=mexlab/{name}.joined.mjs\n"))


def find_line(joined: str, line: int) -> str:
    """Where a line of a joined module comes from: ``"kit/dom.mjs:12"``; lines count from 1.

    The lines of a file's imports do not count, since the joined text has them as empty lines.
    """
    found = ""
    for number, text in enumerate(joined.split("\n")[:line], start=1):
        head = re.fullmatch(r"// (\w+/\w+\.mjs)", text)
        if head:
            found, start = head[1], number
    return f"{found}:{line - start}" if found else ""


def _follow(entry: Path, root: Path) -> list[tuple[Path, Script]]:
    done: dict[Path, Script] = {}
    owners: dict[str, Path] = {}

    def visit(path: Path, way: tuple[Path, ...]) -> None:
        if path in way:
            circle = " → ".join(_name(each, root) for each in (*way[way.index(path) :], path))
            raise TypeError(f"imports go in a circle: {circle}")
        if path in done:
            return
        script = _read(path, root)
        for source, names in script.imports:
            if source not in done and not source.is_file():
                raise TypeError(
                    f"{_name(path, root)} imports from {_name(source, root)}, which is not there"
                )
            visit(source, (*way, path))
            missing = [name for name in names if name not in done[source].exported]
            if missing:
                raise TypeError(
                    f"{_name(path, root)} imports {', '.join(missing)}, which "
                    f"{_name(source, root)} does not export"
                )
        if script.is_widget != (path == entry):
            raise TypeError(
                f"{_name(path, root)} has no export default"
                if path == entry
                else f"{_name(way[-1], root)} imports from {_name(path, root)}, which is a widget: "
                "move what both need into a file of its own"
            )
        for name in script.declared:
            if name in owners:
                raise TypeError(
                    f"{name} is declared in {_name(owners[name], root)} and in "
                    f"{_name(path, root)}, which end up in one module: rename one"
                )
            owners[name] = path
        done[path] = script

    visit(entry, ())
    return list(done.items())


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


@functools.cache
def _read(path: Path, root: Path) -> Script:
    text = path.read_text(encoding="utf-8")
    imports = []
    for names, source in _IMPORT.findall(text):
        words = [" ".join(name.split()) for name in names.split(",") if name.strip()]
        renamed = [word for word in words if not word.isidentifier()]
        if renamed:
            raise TypeError(
                f"{_name(path, root)}: import {renamed[0]!r}: a name stays what it is, since all "
                "files of a widget become one module"
            )
        imports.append((Path(os.path.normpath(path.parent / source)), tuple(words)))
    # Empty lines in their place, so that lines keep their numbers.
    text = _IMPORT.sub(lambda found: "\n" * found[0].count("\n"), text)
    is_widget = False
    declared = []
    for statement in _STATEMENT.findall(text):
        found = _DECLARED.match(statement)
        if found:
            declared.append(found.groups())
        elif statement.startswith("export default"):
            is_widget = True
        elif statement.startswith(("import", "export")):
            raise TypeError(
                f'{_name(path, root)}: {statement!r}: write import {{ name }} from "./file.mjs"; '
                "and export in front of a function, class, const or let"
            )
    return Script(
        imports=tuple(imports),
        declared=tuple(name for _, name in declared),
        exported=frozenset(name for export, name in declared if export),
        is_widget=is_widget,
        text=_EXPORT.sub("", text),
    )
