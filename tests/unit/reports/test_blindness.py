"""Who may see whose coding, over status, history and place: one rule, and every place asks it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import event

from mexlab.cli import main
from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.reports import ImportReport
from mexlab.features.settings import FlowSettings
from mexlab.pages.annotate.desk import CodingDesk
from mexlab.pages.annotate.machine.apex import METHODS
from mexlab.pages.flow.clips import listed_rows
from mexlab.pages.flow.content import FlowRequest, load_content
from mexlab.pages.results.page import ResultsPage
from mexlab.pages.results.recoding import Recoding
from mexlab.reports.export.formats import EXPORTS
from mexlab.store.openings import Openings
from mexlab.workspace.blindness import (
    disclose,
    may_see,
    may_see_each,
    opened_before_commit,
)
from mexlab.workspace.workspace import Workspace

#: A happy clip, called negative by the run of the fixture.
CLIP = ClipKey("casme2", "sub01", "EP02")
OTHER = ClipKey("casme2", "sub02", "EP03")
FEATURES = ClipKey("smic", "s01", "s01_po_01")
CELL = "full:positive:negative"


@pytest.fixture
def workspace(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("MEXLAB_CODER", "ada")
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(workspace.path))
    return workspace


# ---- what a coder may have done with a clip ---------------------------------------------------


def codes_another(workspace):
    workspace.store.change_coding(OTHER, "ada", {"onset": 10}, page="annotate")


def draft(workspace):
    workspace.store.change_coding(CLIP, "ada", {"onset": 10}, page="annotate")


def flagged(workspace):
    workspace.store.change_coding(CLIP, "ada", {"status": "flagged"}, page="annotate")


def drafted_and_undone(workspace):
    draft(workspace)
    workspace.store.undo(CLIP, "ada", "annotate")


def committed(workspace):
    workspace.store.change_coding(CLIP, "ada", {"status": "committed"}, page="annotate")


def committed_and_edited(workspace):
    committed(workspace)
    workspace.store.change_coding(CLIP, "ada", {"onset": 11, "status": "draft"}, page="annotate")


def committed_and_undone(workspace):
    committed(workspace)
    workspace.store.undo(CLIP, "ada", "annotate")


def committed_and_flagged(workspace):
    committed(workspace)
    workspace.store.change_coding(CLIP, "ada", {"status": "flagged"}, page="annotate")


def never_codes(workspace):
    pass


def sent_to_recoding(workspace):
    Recoding(workspace).send(CLIP)


CLOSED = [codes_another, draft, flagged, drafted_and_undone]
OPEN = [committed, committed_and_edited, committed_and_undone, committed_and_flagged]
LOOKS = [never_codes, sent_to_recoding]


# ---- where another's coding of a clip can be read ---------------------------------------------


def annotate(workspace, run, capsys, tmp_path):
    desk = CodingDesk(workspace)
    desk.machine_found(CLIP, dict.fromkeys(METHODS, 11))
    return bool(desk.state(CLIP)["reference"])


def flow_list(workspace, run, capsys, tmp_path):
    rows, hidden = listed_rows(workspace, "database")
    shown = next(row for row in rows if row.key == CLIP).coding is not None
    assert shown == (CLIP not in hidden)
    return shown


def flow_maps(workspace, run, capsys, tmp_path):
    request = FlowRequest(1, CLIP, "database", FlowSettings())
    try:
        return not load_content(workspace, request).message.get("blind")
    except Exception:
        # There is no face in grey pictures: it went as far as looking for one.
        return True


def results_list(workspace, run, capsys, tmp_path):
    page = ResultsPage(workspace, run.id, cell=CELL)
    return str(CLIP) in [row["key"] for row in page.clips.rows]


def results_export(workspace, run, capsys, tmp_path):
    page = ResultsPage(workspace, run.id)
    sent = []
    page.header.send = lambda content: sent.append(content)
    for kind in EXPORTS:
        page.export(kind)
    telling = [file for file in sent if "EP02" in file["text"]]
    # A file that lacks clips says so in its name.
    lacking = [file for file in sent if "-clips-not-shown-" in file["name"]]
    assert len(telling) in (0, 3)
    assert telling or len(lacking) == 3
    return bool(telling)


def clips_command(workspace, run, capsys, tmp_path):
    capsys.readouterr()
    assert main(["clips", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    row = next(row for row in rows if row["name"] == "EP02")
    assert row["hidden"] == (row["apex"] is None)
    return row["apex"] is not None


def clips_of_an_emotion(workspace, run, capsys, tmp_path):
    capsys.readouterr()
    assert main(["clips", "--emotion", "happiness", "--json"]) == 0
    return "EP02" in capsys.readouterr().out


def clips_of_a_text(workspace, run, capsys, tmp_path):
    capsys.readouterr()
    assert main(["clips", "--text", "happiness"]) == 0
    return "EP02" in capsys.readouterr().out


def runs_export(workspace, run, capsys, tmp_path):
    capsys.readouterr()
    assert main(["runs", "--export", run.id, "-"]) == 0
    return "EP02" in [row["clip"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]


def show_report(workspace, run, capsys, tmp_path):
    assert main(["show", run.id, "--export", str(tmp_path / "report.html")]) == 0
    return "EP02" in (tmp_path / "report.html").read_text("utf-8")


PLACES = [
    flow_list,
    flow_maps,
    results_list,
    results_export,
    clips_command,
    clips_of_an_emotion,
    clips_of_a_text,
    runs_export,
    show_report,
]


def seen_at(places, *given):
    """Where it can be read, by the place's name: all places of one workspace, one after another."""
    return {place.__name__: place(*given) for place in places}


@pytest.mark.parametrize("history", [*CLOSED, *OPEN], ids=lambda one: one.__name__)
def test_a_coder_sees_it_from_the_first_commit_on(workspace, finished, capsys, tmp_path, history):
    history(workspace)
    places = [annotate, *PLACES]
    seen = seen_at(places, workspace, finished, capsys, tmp_path)
    assert seen == {place.__name__: history in OPEN for place in places}
    assert CLIP not in opened_before_commit(workspace, "ada")


@pytest.mark.parametrize("history", LOOKS, ids=lambda one: one.__name__)
def test_who_never_codes_sees_it_but_where_one_codes_and_that_is_on_record(
    workspace, finished, capsys, tmp_path, history
):
    history(workspace)
    given = (workspace, finished, capsys, tmp_path)
    assert not annotate(*given)
    assert CLIP not in opened_before_commit(workspace, "ada")
    assert all(seen_at(PLACES, *given).values())
    opened = {(one.whose, one.page) for one in opened_before_commit(workspace, "ada")[CLIP]}
    run = f"run:{finished.id}"
    places = ("flow", "results", "mexlab clips", "mexlab runs", "mexlab show")
    assert opened == {
        *(("database", page) for page in places),
        *((run, page) for page in places if page not in ("flow", "mexlab clips")),
    }
    assert not annotate(*given)


@pytest.mark.parametrize("history", [never_codes, flagged], ids=lambda one: one.__name__)
def test_without_blindness_all_is_open_and_on_record(
    workspace, finished, capsys, tmp_path, history
):
    history(workspace)
    toml = workspace.path / "mexlab.toml"
    toml.write_text(toml.read_text().replace("blind = true", "blind = false"))
    seeing = Workspace.open(workspace.path)
    assert all(seen_at([annotate, *PLACES], seeing, finished, capsys, tmp_path).values())
    opened = {(one.whose, one.page) for one in opened_before_commit(seeing, "ada")[CLIP]}
    assert {("database", "annotate"), ("machine", "annotate")} <= opened


# ---- links, lists -----------------------------------------------------------------------------


def test_results_leads_to_the_apex_only_who_is_not_about_to_code(workspace, finished):
    def link(page):
        return next(row for row in page.clips.rows if row["key"] == str(CLIP))["annotate"]

    page = ResultsPage(workspace, finished.id, cell=CELL)
    assert link(page).endswith("frame=11")
    page.found.recode(CLIP, flag=True)
    assert "frame" not in link(page)
    assert "frame" not in link(ResultsPage(workspace, finished.id, cell=CELL))
    committed(workspace)
    assert link(ResultsPage(workspace, finished.id, cell=CELL)).endswith("frame=11")


def test_a_cell_says_how_many_clips_it_does_not_show(workspace, finished):
    draft(workspace)
    page = ResultsPage(workspace, finished.id, cell=CELL)
    # A clip that came as features can be coded by nobody: it hides nothing.
    assert [row["key"] for row in page.clips.rows] == [str(FEATURES)]
    assert page.clips.remark == "1 clip is not shown: ada codes here and has not committed it yet."
    page.choose_subject({"database": "casme2", "subject": "sub01"})
    assert page.clips.rows == []
    assert page.clips.remark.startswith("2 clips are not shown")
    page.found._receive({"type": "look", "key": str(CLIP)})
    assert page.found.looked.view.clip == ""


def test_a_closed_clip_is_still_found_by_its_name(workspace, capsys):
    draft(workspace)
    assert main(["clips", "--text", "sub01 ep02", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["name"], row["hidden"], row["emotion"]) == ("EP02", True, "")
    assert main(["clips", "--emotion", "happiness"]) == 0
    assert "not shown: ada codes here" in capsys.readouterr().err


# ---- other people -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs", "seen"),
    [(False, True, False), (True, False, False), (True, True, True)],
)
def test_another_persons_coding_is_open_once_both_have_committed(workspace, mine, theirs, seen):
    status = {True: "committed", False: "draft"}
    for coder, done in (("ada", mine), ("bert", theirs)):
        workspace.store.change_coding(
            CLIP, coder, {"onset": 10, "status": status[done]}, page="annotate"
        )
    assert may_see(workspace, CLIP, "bert", "flow") is seen
    assert may_see(workspace, CLIP, "ada", "annotate")


# ---- the record -------------------------------------------------------------------------------


def test_what_was_opened_first_stands_beside_the_coding(workspace, capsys):
    assert main(["clips"]) == 0
    committed(workspace)
    capsys.readouterr()
    assert main(["clips", "--coder", "ada", "--json"]) == 0
    row = next(row for row in json.loads(capsys.readouterr().out) if row["name"] == "EP02")
    [opened] = row["opened_before_commit"]
    assert (opened["whose"], opened["page"]) == ("database", "mexlab clips")
    assert opened["at"] < row["first_commit"]["committed_at"]
    note = CodingDesk(workspace).state(CLIP)["reference_note"]
    assert "Seen before your first commit: database (mexlab clips, " in note


def test_what_is_opened_after_the_commit_is_not_put_on_record(workspace):
    committed(workspace)
    disclose(workspace, [CLIP], "database", "flow")
    assert CLIP not in opened_before_commit(workspace, "ada")


def test_the_first_time_counts(workspace):
    record = Openings(workspace.store)
    record.record([CLIP], "ada", "database", "flow")
    [first] = record.of_clip(CLIP, "ada")
    record.record([CLIP, OTHER], "ada", "database", "flow")
    record.record([CLIP], "ada", "database", "results")
    assert record.of_clip(CLIP, "ada")[0] == first
    assert [one.page for one in record.of_clip(CLIP, "ada")] == ["flow", "results"]
    assert set(record.of_clips("ada", "casme2")) == {CLIP, OTHER}
    assert record.of_clips("bert") == {}


def test_the_commits_of_the_clips_are_asked_for_once(workspace, monkeypatch):
    committed(workspace)
    asked = []
    real = Openings.committed

    def counted(self, coder, keys):
        asked.append(coder)
        return real(self, coder, keys)

    monkeypatch.setattr(Openings, "committed", counted)
    assert disclose(workspace, [CLIP], "database", "flow") == {CLIP}
    assert asked == [workspace.coder]


def test_nothing_is_shown_that_cannot_be_put_on_record(workspace, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(Openings, "record", full)
    with pytest.raises(OSError, match="no space"):
        disclose(workspace, [CLIP], "database", "flow")


def test_many_clips_are_asked_for_at_once(workspace):
    frames = workspace.store.clip(CLIP).frames
    keys = [ClipKey("lab", f"s{i % 50}", f"clip{i}") for i in range(500)]
    workspace.store.put_database(
        ImportedDatabase(
            name="lab",
            title="Lab",
            layout="folder",
            root=workspace.path,
            synthetic=False,
            emotions=(),
            clips=[Clip(key, None, frames) for key in keys],
            codings=[Coding(key, "database", onset=10, apex=11) for key in keys],
            report=ImportReport("lab", "Lab", str(workspace.path)),
        )
    )
    statements = []
    event.listen(
        workspace.store._engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    assert disclose(workspace, keys, "database", "flow") == set(keys)
    assert len(opened_before_commit(workspace, "ada", "lab")) == 500
    draft(workspace)
    before = len(statements)
    assert may_see_each(workspace, keys, "database", "flow") == set()
    # Far from one for each clip, with what each transaction begins with.
    assert before < 30
    assert len(statements) - before < 30
