"""What every widget promises, checked on every widget there is."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shutil
import subprocess
from importlib import resources

import anywidget
import pytest
import traitlets

import mexlab.widgets
from mexlab.widgets import base
from mexlab.widgets.base import StemWidget
from mexlab.widgets.home.next_steps import NextSteps
from mexlab.widgets.kit.notice import Notice
from mexlab.widgets.kit.theme import Theme


def every_widget() -> list[type[StemWidget]]:
    found = []
    for module in pkgutil.walk_packages(mexlab.widgets.__path__, "mexlab.widgets."):
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            own = isinstance(value, type) and value.__module__ == loaded.__name__
            if own and issubclass(value, StemWidget) and value is not StemWidget:
                found.append(value)
    return found


WIDGETS = every_widget()


def widgets_of_kernel():
    import ipywidgets.widgets.widget

    return ipywidgets.widgets.widget._instances


def test_there_are_widgets():
    assert {"TopBar", "FootBar", "Notice", "HomeView", "NextSteps"} <= {
        widget.__name__ for widget in WIDGETS
    }


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
class TestEveryWidget:
    def test_module_is_self_contained(self, widget):
        text = str(widget._esm)
        # anywidget loads one blob: an import could only go to another host.
        assert not re.search(r"^\s*import\s", text, re.MULTILINE)
        assert "http://" not in text.replace("http://www.w3.org/", "")
        assert "https://" not in text
        assert text.count("export default") == 1

    def test_style_asks_no_other_host(self, widget):
        assert "url(" not in str(widget._css)
        assert "@import" not in str(widget._css)

    def test_no_trait_hides_one_of_ipywidgets(self, widget):
        own = set(widget.class_trait_names()) - set(StemWidget.class_trait_names())
        assert not own & set(anywidget.AnyWidget.class_trait_names())

    def test_unknown_argument_is_named(self, widget):
        with pytest.raises(TypeError, match="no_such_trait"):
            widget(no_such_trait=1)


@pytest.fixture
def no_theme_yet(monkeypatch):
    monkeypatch.setattr(base, "_theme", None)


class TestTheme:
    def test_it_comes_with_the_first_widget_and_once(self, no_theme_yet):
        before = set(widgets_of_kernel())
        Notice()
        NextSteps()
        made = [each for key, each in widgets_of_kernel().items() if key not in before]
        assert sum(isinstance(each, Theme) for each in made) == 1

    def test_it_comes_again_after_all_widgets_were_closed(self, no_theme_yet):
        Notice()
        base._theme.close()
        Notice()
        assert base._theme.comm is not None

    @pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
    def test_no_other_widget_carries_it(self, widget):
        assert ("--mx-bg:" in str(widget._css)) == (widget is Theme)

    def test_the_page_of_voila_names_its_copy_as_anywidget_does(self):
        page = resources.files("mexlab.serving") / "voila/templates/mexlab/index.html.j2"
        assert f'<style id="{Theme()._anywidget_id}">' in page.read_text("utf-8")


def test_reserved_trait_is_refused_when_the_class_is_made():
    with pytest.raises(TypeError, match="layout"):
        type(
            "Bad",
            (StemWidget,),
            {"stem": "notice", "layout": traitlets.Unicode().tag(sync=True)},
        )


def test_missing_file_is_named():
    with pytest.raises(TypeError, match=r"no_such_stem\.mjs"):
        type("Bad", (StemWidget,), {"stem": "no_such_stem"})


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_every_module_loads_and_asks_nothing_of_the_page_until_it_is_drawn(tmp_path):
    for widget in WIDGETS:
        (tmp_path / f"{widget.stem}.mjs").write_text(str(widget._esm), encoding="utf-8")
    load = """
        const faults = {};
        for (const stem of process.argv.slice(1)) {
          try {
            const { default: widget } = await import(`./${stem}.mjs`);
            if (!widget.render && !widget.initialize) faults[stem] = "draws nothing";
          } catch (error) { faults[stem] = String(error.stack); }
        }
        console.log(JSON.stringify(faults));
    """
    stems = [widget.stem for widget in WIDGETS]
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", load, *stems],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}


def test_ping_is_echoed(monkeypatch):
    from mexlab.widgets.kit.notice import Notice

    widget = Notice()
    sent = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append(content))
    widget._handle_custom_msg({"type": "mx-ping", "n": 7}, [])
    widget._handle_custom_msg({"type": "something else"}, [])
    assert sent == [{"type": "mx-pong", "n": 7}]


def test_both_themes_define_the_same_colours():
    style = str(Theme._css)
    dark, light = (
        style.split(start, 1)[1].split("}", 1)[0]
        for start in (":root {", ':root[data-mx-theme="light"] {')
    )
    names = {line.split(":")[0].strip() for line in light.split(";") if ":" in line}
    assert names
    assert names <= {line.split(":")[0].strip() for line in dark.split(";") if ":" in line}
    for name in ("onset", "apex", "offset", "neg", "pos", "sur", "focus", "bg", "text"):
        assert f"--mx-{name}" in names
