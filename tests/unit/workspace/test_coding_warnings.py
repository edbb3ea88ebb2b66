from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from mexlab.cli.app import app
from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.frames.frames import index_images
from mexlab.data.reports import ImportReport
from mexlab.pages.annotate.desk import CodingDesk
from mexlab.workspace.coding_warnings import CodingWarnings
from mexlab.workspace.workspace import Workspace

KEY = ClipKey("lab", "s1", "clip1")
OTHER = ClipKey("lab", "s1", "clip2")
WHOLE = {"onset": 2, "apex": 5, "offset": 8, "emotion": "happiness", "action_units": "12"}


def make_lab(tmp_path: Path, units: str = "12") -> Workspace:
    """Two clips of ten frames at 100 fps, which their database has coded with these units."""
    folder = tmp_path / "lab" / "frames"
    folder.mkdir(parents=True)
    for number in range(1, 11):
        cv2.imwrite(str(folder / f"img{number}.png"), np.zeros((8, 8, 3), dtype=np.uint8))
    frames = index_images(folder)
    truth = [Coding(key, "database", **{**WHOLE, "action_units": units}) for key in (KEY, OTHER)]
    workspace = Workspace.create(tmp_path / "workspace")
    workspace.store.put_database(
        ImportedDatabase(
            name="lab",
            title="Lab",
            layout="folder",
            root=tmp_path / "lab",
            synthetic=False,
            emotions=("happiness",),
            clips=[Clip(key, 100.0, frames) for key in (KEY, OTHER)],
            codings=truth,
            report=ImportReport("lab", "Lab", str(tmp_path)),
        )
    )
    return workspace


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("MEXLAB_CODER", "anna")
    return make_lab(tmp_path)


def commit(workspace: Workspace, key: ClipKey, expression: int = 1, **fields: object) -> None:
    state = workspace.store.coding(key, "anna", expression)
    workspace.store.change_coding(
        key,
        "anna",
        {**fields, "status": "committed"},
        page="test",
        expected_revision=state.revision,
        expression=expression,
    )


def listed(workspace: Workspace) -> dict[str, list[str]]:
    return {row["key"]: row["warnings"] for row in CodingDesk(workspace).list_rows()}


def given_out(workspace: Workspace, coder: str = "anna") -> list[dict[str, object]]:
    result = CliRunner().invoke(
        app, ["-w", str(workspace.path), "clips", "--coder", coder, "--json"]
    )
    assert result.exit_code == 0, result.output
    return list(json.loads(result.output))


def test_the_form_the_list_and_what_is_given_out_agree(lab: Workspace) -> None:
    commit(lab, KEY, onset=2, offset=8, emotion="happiness")
    commit(lab, OTHER, **WHOLE)
    said = ["no apex yet: it will be kept as incomplete", "no action units yet"]
    desk = CodingDesk(lab)
    assert listed(lab) == {str(KEY): said, str(OTHER): []}
    state = desk.state(KEY)
    assert state["warnings"] == said
    assert [one["message"] for one in state["findings"] if one["level"] == "warning"] == said
    assert [record["warnings"] for record in given_out(lab)] == [said, []]


def test_a_coding_under_work_has_no_sign_in_the_list(lab: Workspace) -> None:
    lab.store.change_coding(KEY, "anna", {"onset": 9}, page="test", expected_revision=0)
    assert listed(lab)[str(KEY)] == []
    assert CodingDesk(lab).state(KEY)["findings"]
    # What is given out says what it lacks, whatever its status.
    assert given_out(lab)[0]["warnings"]


def test_a_clip_answers_for_all_that_is_committed_in_it(lab: Workspace) -> None:
    commit(lab, KEY, **WHOLE)
    commit(lab, KEY, 2, onset=3, kind="blink")
    assert listed(lab)[str(KEY)] == ["blink: no offset of this blink yet"]
    assert CodingDesk(lab).state(KEY)["warnings"] == listed(lab)[str(KEY)]
    by_expression = {record["expression"]: record["warnings"] for record in given_out(lab)}
    assert by_expression == {1: [], 2: ["no offset of this blink yet"], None: []}


def test_an_empty_first_expression_beside_a_blink_lacks_nothing(lab: Workspace) -> None:
    blink = {"kind": "blink", "onset": 3, "offset": 5}
    lab.store.change_coding(KEY, "anna", blink, page="test", expression=2)
    lab.store.commit_clip(KEY, "anna")
    state = CodingDesk(lab).state(KEY)
    assert (state["findings"], state["warnings"], listed(lab)[str(KEY)]) == ([], [], [])
    own = [one for one in given_out(lab) if one["name"] == KEY.name]
    assert [(one["expression"], one["warnings"]) for one in own] == [(2, [])]
    assert own[0]["first_commit"]["coded"]  # type: ignore[index]


def test_the_answer_to_a_commit_carries_the_clips_warnings(lab: Workspace) -> None:
    desk = CodingDesk(lab)
    changes = {**WHOLE, "apex": None, "status": "committed"}
    answer = desk.perform(
        {"kind": "edit", "id": "1", "clip": str(KEY), "changes": changes, "revision": 0}
    )
    assert answer["state"]["warnings"] == ["no apex yet: it will be kept as incomplete"]


def test_where_the_database_codes_no_units_their_lack_is_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEXLAB_CODER", "anna")
    lab = make_lab(tmp_path, units=" ")
    commit(lab, KEY, **{**WHOLE, "action_units": ""})
    assert CodingWarnings(lab).of_listing("anna") == {}
