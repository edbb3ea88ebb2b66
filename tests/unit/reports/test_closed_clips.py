"""Nothing that is shown of closed clips depends on what is coded of them; nor on how one signs."""

from __future__ import annotations

import json

import pytest

from mexlab.cli import main
from mexlab.cli.show import full_record
from mexlab.cli.train import _remark_left_out
from mexlab.data.clips import ClipKey
from mexlab.data.composite.megc2019 import Composite, Remark
from mexlab.features.settings import FlowSettings
from mexlab.pages.annotate.desk import CodingDesk
from mexlab.pages.flow.clips import list_row, listed_rows
from mexlab.pages.flow.content import FlowRequest
from mexlab.pages.flow.held_out import HeldOutPredictions
from mexlab.pages.train.choices import TrainChoices
from mexlab.reports.details import what_went_in
from mexlab.workspace.blindness import (
    HIDDEN,
    HIDDEN_CLIPS,
    codings_read,
    count_clips,
    hidden_sentence,
    may_see,
    namesake_sentence,
    reasons_shown,
)
from mexlab.workspace.workspace import Workspace

CLIP = ClipKey("casme2", "sub01", "EP02")
OPEN = ClipKey("casme2", "sub02", "EP03")
OTHER = ClipKey("casme2", "sub01", "EP01")
#: Why it is left out says what the database holds; no run has it.
NO_CLASS = ClipKey("casme2", "sub02", "EP05")


@pytest.fixture
def blank(workspace, monkeypatch):
    """Ada is at work, and has coded nothing yet."""
    monkeypatch.setenv("MEXLAB_CODER", "ada")
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(workspace.path))
    return workspace


@pytest.fixture
def coding(blank):
    """Ada codes here, and has committed one clip of five."""
    codes_here(blank)
    return blank


def codes_here(workspace):
    workspace.store.change_coding(OPEN, "ada", {"status": "committed"}, page="annotate")


FILTERS = [
    [],
    ["--emotion", "happiness"],
    ["--emotion", "fear"],
    ["--text", "happiness"],
    ["--text", "ep02"],
    ["--text", "ep02 happiness"],
    ["--text", "fear"],
    ["--status", "untouched"],
    ["--status", "draft"],
    ["--status", "committed"],
    ["--emotion", "happiness", "--text", "ep02", "--subject", "sub01"],
    ["--subject", "sub01"],
]


def said(capsys, arguments):
    capsys.readouterr()
    assert main(arguments) == 0
    told = capsys.readouterr()
    return told.out, told.err


def all_that_is_told(workspace, capsys):
    told = [said(capsys, ["clips", *one, *form]) for one in FILTERS for form in ([], ["--json"])]
    rows, hidden = listed_rows(workspace, "database")
    held_out = HeldOutPredictions(workspace)
    return (
        *told,
        [list_row(row, "casme2", hidden=row.key in hidden) for row in rows],
        CodingDesk(workspace).state(CLIP),
        *(held_out.record(FlowRequest(1, key, "ada", FlowSettings())) for key in (CLIP, NO_CLASS)),
    )


def test_another_coding_of_a_closed_clip_changes_nothing_that_is_told(coding, finished, capsys):
    before = all_that_is_told(coding, capsys)
    for changes in (
        {"emotion": "fear", "note": "happiness", "onset": None, "apex": 12},
        {"status": "committed"},
    ):
        coding.store.change_coding(CLIP, "database", changes, page="import", reserved=True)
        assert all_that_is_told(coding, capsys) == before
    more = {"emotion": "fear", "onset": 10}
    coding.store.change_coding(CLIP, "database", more, page="import", expression=2, reserved=True)
    assert all_that_is_told(coding, capsys) == before


def test_closed_clips_are_counted_by_what_is_open_of_them(coding, capsys):
    for arguments, count in (
        (["--emotion", "fear"], 4),
        (["--text", "fear"], 4),
        (["--subject", "sub01"], 2),
    ):
        out, err = said(capsys, ["clips", *arguments])
        assert f"{count} clips are not shown: ada codes here" in err
    out, err = said(capsys, ["clips", "--emotion", "surprise", "--json"])
    # Smic's came as features: nobody can code them.
    assert {row["name"] for row in json.loads(out)} == {"EP03", "s02_sur_01"}
    assert "4 clips are not shown" in err


def test_that_a_run_has_a_clip_is_not_told_of_a_closed_one(coding, finished):
    held_out = HeldOutPredictions(coding, run_id=finished.id)
    told = [held_out.record(FlowRequest(1, key, "ada", FlowSettings())) for key in (CLIP, NO_CLASS)]
    assert told == [{"runs": [], "closed": "shown after your commit"}] * 2
    [run] = held_out.record(FlowRequest(1, OPEN, "ada", FlowSettings()))["runs"]
    assert run["value"] == finished.id


def test_a_composite_of_clips_without_a_class_names_none(coding, monkeypatch, capsys):
    built = Composite(("casme2",))
    built.left_out.append(Remark(str(NO_CLASS), "casme2", "others has no class"))
    monkeypatch.setattr(
        "mexlab.workspace.feature_sets.composite.compose_megc2019", lambda *_, **__: built
    )
    out, _ = said(capsys, ["composite", "megc2019"])
    assert "EP05" not in out
    assert "No clip is named: 4 clips are not shown" in out


# ---- what was left out -----------------------------------------------------------------------


def test_a_clip_that_is_left_out_and_closed_is_counted_and_not_named(blank):
    def told():
        choices = TrainChoices(blank)
        return choices.plan(choices.default_choice())[0]["left_out"]

    [[reason, named, count]] = told()
    assert "others" in reason
    assert (named, count) == ([str(NO_CLASS)], 1)
    codes_here(blank)
    assert told() == [[HIDDEN, [], 1]]


def test_reasons_of_what_is_no_clip_stay(blank):
    codes_here(blank)
    entries = [
        {"where": "sheet.xlsx, row 3", "reason": "no name"},
        {"where": str(CLIP), "reason": "no face in frame 11"},
        {"where": f"{CLIP}#2", "reason": "no apex"},
        {"where": str(OTHER), "reason": "no apex"},
    ]
    told = reasons_shown(blank, entries, ("database",), "train")
    assert [one["reason"] for one in told] == ["no name", HIDDEN_CLIPS]
    assert (told[1]["where"], told[1]["clips"]) == ("2 clips", 2)
    assert count_clips(told) == 3


def test_marks_of_one_s_own_open_no_classes_of_a_list(blank):
    codes_here(blank)
    entries = [{"where": str(NO_CLASS), "reason": "others: no class"}]
    own = reasons_shown(blank, entries, codings_read("ada", "megc2019"), "train")
    assert own == entries
    listed = reasons_shown(blank, entries, codings_read("ada", "combined_3class_gt.csv"), "x")
    assert [one["where"] for one in listed] == ["1 clip"]


def test_a_run_tells_reasons_by_the_same_rule(blank, finished, capsys):
    finished.record["data"]["left_out"] = [{"where": str(NO_CLASS), "reason": "others: no class"}]

    def told():
        rows = what_went_in(
            finished, lambda found, whose: reasons_shown(blank, found, whose, "train")
        )
        _remark_left_out(
            reasons_shown(blank, finished.record["data"]["left_out"], ("database",), "train")
        )
        record = full_record(blank, finished)["data"]["left_out"]
        return dict(rows)["left out"], capsys.readouterr().err.strip(), record[0]["where"]

    assert told() == (
        f"1, others: no class: {NO_CLASS}",
        f"left out 1: others: no class ({NO_CLASS})",
        str(NO_CLASS),
    )
    codes_here(blank)
    assert told() == (f"1, {HIDDEN}", f"left out 1: {HIDDEN}", "1 clip")


# ---- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ADA", "Ada", "\uff41\uff44\uff41", "a d a", "ad\u200ba"])
def test_who_reads_as_somebody_who_codes_is_as_blind(coding, monkeypatch, name):
    assert namesake_sentence(coding) == ""
    monkeypatch.setenv("MEXLAB_CODER", name)
    other = Workspace.open(coding.path)
    assert not may_see(other, CLIP, "database", "flow")
    assert not may_see(other, CLIP, "machine", "flow")
    assert "(the name reads as 'ada')" in hidden_sentence(2, other)
    assert "there is a coder 'ada' here" in namesake_sentence(other)


def test_another_name_codes_only_once_it_does(coding, monkeypatch):
    monkeypatch.setenv("MEXLAB_CODER", "adam")
    other = Workspace.open(coding.path)
    assert may_see(other, CLIP, "database", "flow")
    assert namesake_sentence(other) == ""
