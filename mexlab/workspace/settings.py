"""What ``mexlab.toml`` says: the marker of a workspace and the settings of its coders."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mexlab.data.codings import DurationCriterion
from mexlab.errors import WorkspaceError

#: The file that makes a folder a workspace.
SETTINGS_FILE = "mexlab.toml"

#: Version of the workspace's folder shape; the store's schema has numbers of its own.
WORKSPACE_VERSION = 1


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """Settings of a workspace.

    Attributes
    ----------
    name : str
        To show in the pages' heads.
    version : int
        Of the folder's shape.
    blind : bool
        Whether a coder stays blind to the others' codings, the database's and the machine's apex
        of a clip until she has committed it; on by default, for agreement between coders who saw
        each other's marks means nothing.
    duration : DurationCriterion
        When an expression counts as micro.
    emotions : tuple of str
        The vocabulary of one's own, for all databases of the workspace; empty where coders
        choose from the words of each database. Codings that have other words keep them.
    """

    name: str
    version: int = WORKSPACE_VERSION
    blind: bool = True
    duration: DurationCriterion = field(default_factory=DurationCriterion)
    emotions: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """The text of ``mexlab.toml``; a JSON string is also a TOML one."""
        return (
            "# A mexlab workspace: this file marks it. Codings are in codings.sqlite.\n"
            "[workspace]\n"
            f"name = {json.dumps(self.name, ensure_ascii=False)}\n"
            f"version = {self.version}\n"
            "\n"
            "[coding]\n"
            "# A coder sees neither the others' codings of a clip nor the machine's apex before\n"
            "# she has committed it.\n"
            f"blind = {str(self.blind).lower()}\n"
            '# "total": onset to offset at most 500 ms. "onset-apex": at most 250 ms.\n'
            f'duration = "{self.duration.name}"\n'
            "# Emotions to choose from, in the order of the digits; without this line each\n"
            "# database's own words.\n" + self._emotions_line()
        )

    def _emotions_line(self) -> str:
        if not self.emotions:
            return '# emotions = ["happiness", "surprise", "others"]\n'
        words = ", ".join(json.dumps(word, ensure_ascii=False) for word in self.emotions)
        return f"emotions = [{words}]\n"

    @classmethod
    def read(cls, path: Path) -> WorkspaceSettings:
        """Read ``mexlab.toml``.

        Raises
        ------
        WorkspaceError
            Where it is missing, not TOML, from a newer version, or holds a setting that is
            none; all faults are named at once.
        """
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise WorkspaceError(
                "there is no workspace here",
                where=path.parent,
                remedy=f"Make one with `mexlab init {path.parent}`",
            ) from error
        except OSError as error:
            raise WorkspaceError(f"cannot be read ({error.strerror})", where=path) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WorkspaceError(
                f"is not a TOML file ({error})",
                where=path,
                remedy="Mend it in an editor; the codings are not touched by that",
            ) from error
        return cls._from_content(content, path)

    @classmethod
    def _from_content(cls, content: dict[str, Any], path: Path) -> WorkspaceSettings:
        workspace, coding = content.get("workspace", {}), content.get("coding", {})
        if not isinstance(workspace, dict) or not isinstance(coding, dict):
            raise WorkspaceError(
                "expected the sections [workspace] and [coding]",
                where=path,
                remedy="Compare with the file that `mexlab init` makes",
            )
        version = workspace.get("version", WORKSPACE_VERSION)
        if type(version) is int and version > WORKSPACE_VERSION:
            raise WorkspaceError(
                f"comes from a newer version of mexlab (workspace version {version}, "
                f"this one knows {WORKSPACE_VERSION}); nothing was changed",
                where=path,
                remedy="Please update mexlab",
            )
        name = workspace.get("name", path.parent.name)
        blind, duration = coding.get("blind", True), coding.get("duration", "total")
        faults = []
        if type(version) is not int or version < 1:
            faults.append(f"version must be a whole number from 1, got {version!r}")
        if not isinstance(name, str):
            faults.append(f"name must be text, got {name!r}")
        if not isinstance(blind, bool):
            faults.append(f"blind must be true or false, got {blind!r}")
        if duration not in ("total", "onset-apex"):
            faults.append(f'duration must be "total" or "onset-apex", got {duration!r}')
        emotions = coding.get("emotions", [])
        faults += _vocabulary_faults(emotions)
        if faults:
            raise WorkspaceError(
                "; ".join(faults),
                where=path,
                remedy="Mend it in an editor; the codings are not touched by that",
            )
        return cls(name, version, blind, DurationCriterion(duration), tuple(map(_word, emotions)))


def _word(text: str) -> str:
    """An emotion as codings have it: lower case, one blank between words."""
    return " ".join(text.lower().split())


def _vocabulary_faults(emotions: Any) -> list[str]:
    example = 'expected a list of words such as ["happiness", "others"]'
    if not isinstance(emotions, list):
        return [f"emotions: {example}, got {emotions!r}"]
    bad = [word for word in emotions if not isinstance(word, str) or not word.strip()]
    if bad:
        return [f"emotions: {example}, got {', '.join(map(repr, bad))} in it"]
    words = [_word(word) for word in emotions]
    twice = sorted({word for word in words if words.count(word) > 1})
    return [f"emotions: {', '.join(map(repr, twice))} stands in it twice"] if twice else []
