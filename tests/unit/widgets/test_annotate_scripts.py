"""The widgets' scripts: sound JavaScript, one name each, and their own tests pass."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mexlab.widgets.clips.clip_list import ClipList
from mexlab.widgets.coding.coding_form import CodingForm
from mexlab.widgets.keys.key_help import KeyHelp
from mexlab.widgets.player.clip_player import ClipPlayer
from mexlab.widgets.timeline.timeline import Timeline

WIDGETS = (ClipList, ClipPlayer, CodingForm, KeyHelp, Timeline)
FOLDER = Path(__file__).parents[2] / "js"

node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_widget_is_one_self_contained_module(widget):
    script = str(widget._esm)
    assert script.count("export default") == 1
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    # Parts are put one after another: a name that two of them define would break the whole.
    names = re.findall(r"^(?:function|class|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


@node
@pytest.mark.parametrize("widget", WIDGETS)
def test_a_widget_parses(widget, tmp_path):
    script = tmp_path / "widget.mjs"
    script.write_text(str(widget._esm), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@node
def test_the_scripts_own_tests_pass():
    done = subprocess.run(["node", "--test", str(FOLDER)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    ran = re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)
    assert ran
    assert int(ran[1]) >= 30


@pytest.mark.parametrize("widget", WIDGETS)
def test_unknown_arguments_are_refused(widget):
    with pytest.raises(TypeError, match="colour_of_sky"):
        widget(colour_of_sky="blue")
