"""The flow page's widgets: one sound module each, no name twice."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from mexlab.widgets.flow.flow_probe import FlowProbe
from mexlab.widgets.flow.flow_settings_form import FlowSettingsForm
from mexlab.widgets.flow.flow_view import FlowView

WIDGETS = (FlowProbe, FlowSettingsForm, FlowView)


@pytest.mark.parametrize("widget", WIDGETS)
def test_one_self_contained_module(widget):
    script = str(widget._esm)
    assert script.count("export default") == 1
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    names = re.findall(r"^(?:function|class|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("widget", WIDGETS)
def test_it_parses(widget, tmp_path):
    script = tmp_path / "widget.mjs"
    script.write_text(str(widget._esm), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("widget", WIDGETS)
def test_unknown_arguments_are_refused(widget):
    with pytest.raises(TypeError, match="colour_of_sky"):
        widget(colour_of_sky="blue")
