from __future__ import annotations

import ipywidgets
import pytest

from mexlab.errors import InputError, StaleCodingError, WorkspaceError
from mexlab.pages.shell.shell import FailedPage, Shell, open_page
from mexlab.widgets.kit.notice import Notice
from mexlab.workspace.workspace import Workspace


def classes(widget):
    return set(widget._dom_classes)


def test_columns_that_are_not_given_are_left_out():
    root = Shell("home").wrap(centre=ipywidgets.Label("x"), right=ipywidgets.Label("y"))
    top, middle, foot = root.children
    assert [classes(one) for one in (top, foot)] == [{"mx-top-slot"}, {"mx-foot-slot"}]
    assert classes(middle) == {"mx-columns", "has-right"}
    assert [c.children[0].value for c in middle.children] == ["x", "y"]


def test_a_column_may_hold_several():
    root = Shell("home").wrap(left=[ipywidgets.Label("a"), ipywidgets.Label("b")])
    left, centre = root.children[1].children
    assert [child.value for child in left.children] == ["a", "b"]
    assert centre.children == ()


def test_foot_shows_the_keys():
    shell = Shell("home")
    shell.wrap(foot=[("← →", "frame"), ("Space", "play")])
    assert shell.foot_bar.entries == [["← →", "frame"], ["Space", "play"]]


def test_top_bar_names_workspace_and_coder(tmp_path, monkeypatch):
    monkeypatch.setenv("MEXLAB_CODER", "anna")
    shell = Shell("home", Workspace.create(tmp_path / "lab", name="lab-2026"))
    assert (shell.top_bar.workspace, shell.top_bar.coder) == ("lab-2026", "anna")
    assert shell.top_bar.active == "home"


def test_a_page_in_the_top_bar_opens_at_what_this_one_shows():
    shell = Shell("annotate")
    before = {one["name"]: one["url"] for one in shell.top_bar.pages}
    shell.link("flow", clip="lab/s1/clip1")
    after = {one["name"]: one["url"] for one in shell.top_bar.pages}
    assert after.pop("flow") == f"{before.pop('flow')}?clip=lab/s1/clip1"
    assert after == before


class TestErrorPanel:
    def test_input_error_gives_problem_place_and_remedy(self):
        error = InputError("the apex is no number", where="sheet.xlsx", row=26, remedy="code it")
        panel = Shell("home").error_panel(error)
        assert panel.heading == "The apex is no number."
        assert panel.text == "sheet.xlsx, row 26"
        assert panel.remedy == "Code it."
        assert panel.tone == "warn"

    def test_a_panel_that_is_there_says_the_next_error_and_nothing_of_the_last(self):
        shell, panel = Shell("home"), Notice(links=[{"title": "Train", "url": "train"}])
        shell.error_panel(InputError("no face", where="a.jpg", remedy="code it"), panel)
        assert shell.error_panel(StaleCodingError("changed"), panel) is panel
        assert (panel.heading, panel.text, panel.remedy) == ("Changed.", "", "")
        assert panel.links == [{"title": "Train", "url": "train"}]

    def test_other_errors_of_ours_keep_their_words(self):
        panel = Shell("home").error_panel(StaleCodingError("changed in another tab"))
        assert panel.heading == "Changed in another tab."

    def test_a_fault_of_ours_is_called_one(self):
        panel = Shell("home").error_panel(ZeroDivisionError("division by zero"))
        assert panel.tone == "bad"
        assert "division by zero" in panel.text


class TestOpenPage:
    def test_gets_workspace_and_query(self, tmp_path, monkeypatch):
        Workspace.create(tmp_path / "lab")
        monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "lab"))
        monkeypatch.setenv("QUERY_STRING", "clip=a/b/c")
        got = []
        open_page("home", lambda workspace, query: got.append((workspace.name, query)))
        assert got == [("lab", {"clip": "a/b/c"})]

    def test_missing_workspace_is_a_page_not_a_traceback(self, tmp_path, monkeypatch):
        monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "nowhere"))
        page = open_page("home", lambda workspace, query: pytest.fail("there is no workspace"))
        assert isinstance(page, FailedPage)
        assert isinstance(page.error, WorkspaceError)

    def test_a_fault_of_ours_is_a_page_and_told_to_the_terminal(
        self, tmp_path, monkeypatch, capsys
    ):
        Workspace.create(tmp_path / "lab")
        monkeypatch.setenv("MEXLAB_WORKSPACE", str(tmp_path / "lab"))
        with capsys.disabled():
            page = open_page("home", lambda workspace, query: 1 // 0)
        assert isinstance(page, FailedPage)
        assert isinstance(page.error, ZeroDivisionError)
