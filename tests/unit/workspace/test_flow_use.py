"""Flow settings on the command line: they reach the run, or are refused with the reason."""

from __future__ import annotations

import pytest

from mexlab.cli import main
from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings
from mexlab.runs.run import list_runs
from mexlab.synthetic import synthesise
from mexlab.workspace import Workspace
from mexlab.workspace.importing import import_into
from mexlab.workspace.trainings.jobs import train
from mexlab.workspace.trainings.request import TrainRequest

GIVEN = [
    ("--no-mask",),
    ("--mask-margin", "5"),
    ("--flow", "tvl1-micro"),
    ("--head-motion", "compensated"),
    ("--margins", "25,0,5,5"),
    ("--face-size", "140x170"),
    ("--preset", "paper"),
    ("--landmarks", "dlib"),
    ("--input-size", "20"),
]


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: given[0])
@pytest.mark.parametrize("command", ["train", "features"])
def test_of_a_feature_release_they_are_refused(workspace: Workspace, capsys, command, given):
    assert main([command, "-w", str(workspace.path), *given]) == 1
    said = capsys.readouterr().err
    assert f"{given[0]}: has no effect on a feature release" in said
    assert f"Leave out {given[0]}" in said
    assert not list_runs(workspace.runs_dir)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--masked-cells", "counted"), "--masked-cells: has no effect on a feature release"),
        (("--masked-cells", "apart", "--no-mask"), "--masked-cells: there are no masked cells"),
        (("--no-mask", "--mask-margin", "3"), "--mask-margin: there is no margin around a mask"),
        (("--input-size", "3"), "input_size: expected a side from 4 px up, got 3"),
        (("--input-size", "32"), "--input-size: has no effect on a feature release: its 28 x 28"),
        (("--margins", "1,2"), "margins: expected four whole numbers"),
        (("--preset", "payper"), "--preset: no preset 'payper'. Known are mexlab, paper"),
    ],
)
def test_what_cannot_be_is_named(workspace: Workspace, capsys, given, message):
    assert main(["train", "-w", str(workspace.path), *given]) == 1
    assert message in capsys.readouterr().err
    assert not list_runs(workspace.runs_dir)


TYPED = [
    ("--no-mask", {"eye_mask": False}),
    ("--mask-margin 0", {"eye_mask_margin": 0.0}),
    ("--flow dis", {"flow": "dis"}),
    ("--head-motion compensated", {"head_motion": "compensated"}),
    ("--margins 20,1,2,3", {"margins": (20, 1, 2, 3)}),
    ("--face-size 128x160", {"face_size": (128, 160)}),
    ("--landmarks lbf:x.yaml", {"landmarks": "lbf:x.yaml"}),
    ("--input-size 20", {"input_size": 20}),
    ("--preset paper --mask", {"flow": "tvl1", "eye_mask_margin": 0.0}),
]


@pytest.mark.parametrize(("typed", "changed"), TYPED, ids=[one.split()[0] for one, _ in TYPED])
def test_what_is_typed_is_in_the_request(workspace: Workspace, monkeypatch, typed, changed):
    asked = []

    def instead(_, request, **__):
        asked.append(request)
        raise InputError("enough")

    monkeypatch.setattr("mexlab.cli.train.train_with_bar", instead)
    # The workspace has no frames, which would refuse them.
    monkeypatch.setattr("mexlab.cli.train._check_flow", lambda *_: None)
    assert main(["train", "-w", str(workspace.path), *typed.split()]) == 1
    assert [one.flow for one in asked] == [FlowSettings(**changed)]


def test_what_is_in_the_request_is_computed_with(workspace: Workspace, monkeypatch):
    given = []

    def instead(*_arguments, settings, **_others):
        given.append(settings)
        raise InputError("enough")

    monkeypatch.setattr("mexlab.workspace.trainings.jobs.build_feature_set", instead)
    flow = FlowSettings(head_motion="compensated", eye_mask_margin=0.0)
    with pytest.raises(InputError, match="enough"):
        train(workspace, TrainRequest(flow=flow))
    assert given == [flow]


@pytest.mark.parametrize("command", ["train", "features"])
def test_landmarks_are_checked_before_anything_else_is_done(tmp_path, capsys, monkeypatch, command):
    """A folder of clips without a frame that could be read: nothing is read before."""
    monkeypatch.setattr(
        "mexlab.workspace.feature_sets.build._flow_maps",
        lambda *_, **__: pytest.fail("flow maps were computed"),
    )
    workspace = Workspace.create(tmp_path / "ws")
    synthesise("casme2", tmp_path / "db", subjects=2, clips=2, seconds=0.03, width=64, jobs=1)
    import_into(workspace, "casme2", tmp_path / "db")
    assert main([command, "-w", str(workspace.path), "--landmarks", "drmf"]) == 1
    said = capsys.readouterr().err
    assert "landmarks: expected one of dlib, lbf" in said
    assert said.count("drmf") == 1
    assert not list_runs(workspace.runs_dir)
