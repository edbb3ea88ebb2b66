"""From scripts that import each other to the one module of a widget."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from mexlab.widgets import base
from mexlab.widgets.base import StemWidget
from mexlab.widgets.modules import find_line, join_modules

PARTS = {
    "player.mjs": """import { feed } from "./feed.mjs";
import {
  clock,
  element,
} from "./kit.mjs";

function render() {
  return [feed, clock, element];
}

export default { render };
""",
    "feed.mjs": """import { element } from "./kit.mjs";

export const feed = [element];
const own = 1;
""",
    "kit.mjs": "export function element() {}\nexport async function clock() {}\n",
}


@pytest.fixture
def scripts(tmp_path):
    """A folder with the scripts above, some of them replaced; returns the path of the widget's."""

    def make(**changed):
        room = tmp_path / "room"
        room.mkdir(exist_ok=True)
        for name, text in (PARTS | {f"{stem}.mjs": text for stem, text in changed.items()}).items():
            (room / name).write_text(text, "utf-8")
        return room / "player.mjs"

    return make


def test_each_file_once_after_those_it_needs(scripts, tmp_path):
    joined = join_modules(scripts(), tmp_path)
    assert re.findall(r"^// (.*)$", joined, re.MULTILINE) == [
        "room/kit.mjs",
        "room/feed.mjs",
        "room/player.mjs",
    ]
    assert "import" not in joined
    assert re.findall(r"^export.*", joined, re.MULTILINE) == ["export default { render };"]
    assert "\nfunction element() {}\nasync function clock() {}\n" in joined


def test_the_last_line_names_the_whole_for_stack_traces(scripts, tmp_path):
    joined = join_modules(scripts(), tmp_path)
    assert joined.endswith("\n//# sourceURL=mexlab/room/player.joined.mjs\n")


def test_a_line_leads_back_to_its_file(scripts, tmp_path):
    lines = join_modules(scripts(), tmp_path).split("\n")
    for text, place in (
        ("async function clock() {}", "room/kit.mjs:2"),
        ("const own = 1;", "room/feed.mjs:4"),
        ("function render() {", "room/player.mjs:7"),
    ):
        assert find_line("\n".join(lines), lines.index(text) + 1) == place
    assert find_line("const MX_PAGE = 1;", 1) == ""


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"feed": 'import { a } from "./gone.mjs";\n'},
            r"feed\.mjs imports from room/gone\.mjs, .*not",
        ),
        (
            {"feed": 'import { tick } from "./kit.mjs";\nexport const feed = 1;\n'},
            r"room/feed\.mjs imports tick, which room/kit\.mjs does not export",
        ),
        ({"kit": "function element() {}\nexport const clock = 1;\n"}, "imports element, which"),
        (
            {"feed": 'import { element as e } from "./kit.mjs";\n'},
            r"room/feed\.mjs: import 'element as e': a name stays what it is",
        ),
        ({"feed": 'import * as kit from "./kit.mjs";\n'}, r"feed\.mjs: 'import \* as kit"),
        ({"feed": 'import "./kit.mjs";\n'}, r"""feed\.mjs: 'import "./kit\.mjs";'"""),
        ({"feed": 'import { render } from "preact";\n'}, r"feed\.mjs: 'import \{ render \}"),
        ({"feed": "const feed = 1;\nexport { feed };\n"}, r"feed\.mjs: 'export \{ feed \};'"),
        ({"feed": 'export * from "./kit.mjs";\n'}, r"feed\.mjs: 'export \* from"),
        (
            {"feed": "export const feed = 1;\nfunction clock() {}\n"},
            r"clock is declared in room/feed\.mjs and in room/kit\.mjs, .* rename one",
        ),
        (
            {"kit": 'import { feed } from "./feed.mjs";\nexport const element = feed;\n'},
            r"circle: room/feed\.mjs → room/kit\.mjs → room/feed\.mjs",
        ),
        (
            {"feed": "export const feed = 1;\nexport default { feed };\n"},
            r"player\.mjs imports from room/feed\.mjs, which is a widget",
        ),
        ({"player": "function render() {}\n"}, r"player\.mjs has no export default"),
    ],
)
def test_what_would_break_in_the_browser_is_refused_when_the_class_is_made(
    scripts, tmp_path, monkeypatch, changed, message
):
    path = scripts(**changed)
    with pytest.raises(TypeError, match=message):
        join_modules(path, tmp_path)
    monkeypatch.setattr(base, "ROOT", tmp_path)
    monkeypatch.setattr(base, "_FILES", {"player.mjs": path})
    with pytest.raises(TypeError, match=f"Bad: .*{message}"):
        type("Bad", (StemWidget,), {"stem": "player"})


def test_a_file_is_read_once(scripts, tmp_path, monkeypatch):
    first = join_modules(scripts(), tmp_path)
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_, **__: pytest.fail("read again"))
    assert join_modules(tmp_path / "room" / "player.mjs", tmp_path) == first


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_joined_module_runs(scripts, tmp_path):
    script = tmp_path / "joined.mjs"
    script.write_text(join_modules(scripts(), tmp_path), "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
