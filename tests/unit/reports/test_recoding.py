from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import StaleCodingError
from mexlab.pages.results.page import ResultsPage
from mexlab.pages.results.recoding import Recoding

CLIP = ClipKey("casme2", "sub01", "EP02")


@pytest.fixture
def page(workspace, finished, monkeypatch):
    monkeypatch.setenv("MEXLAB_CODER", "ada")
    return ResultsPage(workspace, finished.id, cell="full:positive:negative")


def row_of(page, key):
    return next(row for row in page.clips.rows if row["key"] == str(key))


def send(page, key, flag):
    page.clips._handle_custom_msg({"type": "recode", "key": str(key), "flag": flag}, [])


def test_a_clip_is_flagged_for_the_coder_and_for_no_one_else(page, workspace):
    before = workspace.store.coding(CLIP, "database")
    send(page, CLIP, True)
    assert workspace.store.coding(CLIP, "ada").coding.status == "flagged"
    assert workspace.store.coding(CLIP, "database") == before
    assert row_of(page, CLIP)["flagged"]
    [change] = workspace.store.history(CLIP, "ada")
    assert change.page == "results"


def test_it_can_be_taken_back_also_by_a_page_opened_later(page, workspace, finished):
    send(page, CLIP, True)
    later = ResultsPage(workspace, finished.id, cell="full:positive:negative")
    assert row_of(later, CLIP)["flagged"]
    send(later, CLIP, False)
    assert workspace.store.coding(CLIP, "ada").coding.status == "untouched"
    assert not row_of(later, CLIP)["flagged"]


def test_taking_it_back_undoes_no_work_done_since(page, workspace):
    workspace.store.change_coding(CLIP, "ada", {"emotion": "happiness"}, page="annotate")
    send(page, CLIP, True)
    workspace.store.change_coding(CLIP, "ada", {"note": "smile or not"}, page="annotate")
    send(page, CLIP, False)
    coding = workspace.store.coding(CLIP, "ada").coding
    assert (coding.status, coding.emotion, coding.note) == ("draft", "happiness", "smile or not")


def test_a_committed_coding_is_committed_again_when_the_flag_is_taken_back(page, workspace):
    workspace.store.change_coding(CLIP, "ada", {"status": "committed"}, page="annotate")
    send(page, CLIP, True)
    send(page, CLIP, False)
    assert workspace.store.coding(CLIP, "ada").coding.status == "committed"
    Recoding(workspace).take_back(CLIP)
    assert workspace.store.coding(CLIP, "ada").coding.status == "committed"


def test_clips_without_frames_cannot_be_sent(page):
    recodable = {row["key"]: row["recodable"] for row in page.clips.rows}
    assert recodable == {"smic/s01/s01_po_01": False, str(CLIP): True}


def test_what_cannot_be_stored_is_said(page, workspace, monkeypatch):
    def full(*_args, **_kwargs):
        raise StaleCodingError("disk full")

    monkeypatch.setattr(workspace.store, "change_coding", full)
    send(page, CLIP, True)
    assert "disk full" in page.clips.fault
    assert not row_of(page, CLIP)["flagged"]
    # Once more: told anew, or the button that was pressed would stay dead.
    told = []
    page.clips.observe(lambda change: told.append(change["new"]), "fault")
    send(page, CLIP, True)
    assert told[0] == ""
    assert "disk full" in told[1]
    page.full.selected = {"matrix": "full", "row": 0, "column": 0}
    assert page.clips.fault == ""
