"""The annotate page without a browser: what it tells its widgets."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.pages.annotate.machine.ribbon import MotionRibbon
from mexlab.pages.annotate.page import AnnotatePage


@pytest.fixture(autouse=True)
def no_background(monkeypatch):
    """The curve has tests of its own; here it is only asked for."""
    monkeypatch.setattr(MotionRibbon, "_ask", lambda *_args, **_kwargs: None)


@pytest.fixture
def page(annotated):
    return AnnotatePage(annotated)


def sent(monkeypatch, widget):
    messages = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: messages.append(content))
    return messages


def test_opens_at_the_first_clip_to_do(page, key):
    assert page.clip == key
    assert page.player.clip["frame"] == 46
    assert page.list.selected == str(key)


def test_a_committed_clip_is_not_where_one_starts(annotated, key):
    annotated.store.change_coding(key, "anna", {"status": "committed"}, page="test")
    assert AnnotatePage(annotated).clip == ClipKey("lab", "s1", "clip2")


def test_opens_a_coded_clip_at_its_onset(annotated, key):
    annotated.store.change_coding(key, "anna", {"onset": 52}, page="test")
    page = AnnotatePage(annotated, key)
    assert page.player.clip["frame"] == 52
    assert page.player.clip["marks"]["onset"] == 52


def test_choosing_in_the_list_opens_the_clip(page):
    page.list.selected = "lab/s1/clip2"
    assert page.player.clip["key"] == "lab/s1/clip2"
    assert page.form.state["clip"] == "lab/s1/clip2"


def test_a_clip_of_features_can_be_chosen(page):
    page.list.selected = "lab/s2/maps"
    assert page.player.clip["numbers"] == []
    assert "features only" in page.player.clip["message"]


def test_an_edit_is_stored_and_answered(page, annotated, key, monkeypatch):
    messages = sent(monkeypatch, page.form)
    page._on_form_message(
        page.form,
        {"kind": "edit", "id": "1", "clip": str(key), "changes": {"onset": 50}, "revision": 0},
        [],
    )
    assert messages[0]["outcome"] == "stored"
    assert annotated.store.coding(key, "anna").coding.onset == 50
    assert page.form.state["coding"]["onset"] == 50


def test_frames_of_an_earlier_clip_are_not_sent_and_that_is_told(page, monkeypatch):
    messages = sent(monkeypatch, page.player)
    old = page.frames.token
    page.list.selected = "lab/s1/clip2"
    page.send_frames({"kind": "want", "token": old, "request": 1, "indices": [0]})
    # Left unanswered, the player would wait for it.
    assert messages == [{"kind": "not-yet", "of": "want", "token": old, "request": 1}]
    messages.clear()
    page.send_frames({"kind": "want", "token": page.frames.token, "request": 1, "indices": [0]})
    assert messages[0]["kind"] == "frames"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"clip": "lab/s9/none"}, "lab/s9/none"),
        ({"clip": "nonsense"}, "nonsense"),
        ({"clip": "lab/s1/clip1", "frame": "x"}, "'x'"),
        ({"database": "none"}, "'none'"),
    ],
)
def test_a_bad_link_is_told_above_a_page_that_works(annotated, query, said):
    page = AnnotatePage._of_query(annotated, query)
    assert said in page._above.children[0].heading
    assert page.clip is not None
    page.list.selected = "lab/s1/clip2"
    assert page._above.children == ()


def test_a_link_to_a_database(annotated):
    page = AnnotatePage._of_query(annotated, {"database": "lab"})
    assert page.list.databases == ["lab"]


def test_no_such_clip(page):
    with pytest.raises(InputError, match="no clip"):
        page.open_clip(ClipKey("lab", "s9", "none"))


def test_an_empty_workspace_says_what_to_do(tmp_path):
    from mexlab.workspace.workspace import Workspace

    page = AnnotatePage(Workspace.create(tmp_path / "empty"))
    assert page.clip is None
    assert page.root is not None


def test_starts_without_what_is_slow():
    slow = ("torch", "sklearn", "scipy", "skimage", "pandas", "plotly", "dlib")
    code = (
        "import sys, mexlab.pages.annotate.page; "
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_what_ribbon_and_magnifier_show_is_the_coders_own_and_kept(annotated):
    page = AnnotatePage(annotated)
    assert (page.timeline.ribbon, page.player.magnify) == ("strain", "brightness")
    page.timeline.ribbon = "motion"
    page.player.magnify = "motion"
    again = AnnotatePage(annotated)
    assert (again.timeline.ribbon, again.player.magnify) == ("motion", "motion")


def test_questions_about_a_frame_reach_the_machine_only_for_the_clip_on_show(page, monkeypatch):
    asked = []
    monkeypatch.setattr(page.aids.warps, "ask", lambda *given: asked.append(given))
    monkeypatch.setattr(page.aids.landmarks, "ask", lambda *given: asked.append(given))
    token = page.frames.token
    good = {"kind": "warp", "token": token, "number": 50, "reference": 46}
    page.aids.answer(good)
    page.aids.answer({"kind": "landmarks", "token": token, "number": 50})
    assert [given[0] for given in asked] == [page.clip, page.clip]
    told = []
    monkeypatch.setattr(page.aids, "_send", told.append)
    for wrong in ({"token": "another"}, {"number": 999}, {"reference": None}, {"number": None}):
        page.aids.answer(good | wrong)
    assert len(asked) == 2
    # Each is answered: not yet, or why never.
    assert told[0] == good | {"kind": "not-yet", "of": "warp", "token": "another"}
    assert [one["kind"] for one in told[1:]] == ["warp"] * 3
    assert told[1]["message"] == "this clip has no frame 999"


def test_the_ribbon_follows_the_expression_on_the_form(page, monkeypatch):
    marks = []
    monkeypatch.setattr(
        page.aids.ribbon, "marks_changed", lambda _key, *onset_offset: marks.append(onset_offset)
    )
    clip = str(page.clip)
    edit = {"kind": "edit", "clip": clip, "revision": 0}
    page.change_coding({**edit, "id": "1", "changes": {"onset": 50, "offset": 58}})
    page.change_coding({**edit, "id": "2", "expression": 2, "changes": {"apex": 60}})
    page.show_expression(2)
    page.show_expression(1)
    assert marks == [(50, 58), (None, None), (50, 58)]
