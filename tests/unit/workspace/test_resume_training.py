"""`mexlab train --resume`: goes on with what ended unfinished, refuses the rest in one line."""

from __future__ import annotations

import pytest

from mexlab.cli import main
from mexlab.errors import InputError
from mexlab.runs.parts import PARTS
from mexlab.runs.resume import kept_folds
from mexlab.runs.run import create_run, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.trainings.jobs import train
from mexlab.workspace.trainings.request import TrainRequest

Capture = pytest.CaptureFixture[str]

REQUEST = TrainRequest(training=TrainingSettings(epochs=3, batch_size=4, seeds=(1, 2)))


@pytest.fixture(autouse=True)
def _found(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEXLAB_WORKSPACE", str(workspace.path))


def test_a_run_that_was_interrupted_from_the_keyboard(
    workspace: Workspace, capsys: Capture
) -> None:
    run = create_run(workspace.runs_dir, REQUEST.to_record())

    def interrupt(event: dict[str, object]) -> None:
        if any((run.folder / PARTS).glob("*.safetensors")):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(workspace, REQUEST, run, on_event=interrupt)
    kept = kept_folds(run)
    assert kept >= 1
    assert main(["train", "--run", run.id]) == 1
    assert f"mexlab train --resume {run.id}" in capsys.readouterr().err
    assert main(["train", "--resume", run.id]) == 0
    assert f"{run.id}: finished folds kept: {kept}" in capsys.readouterr().err
    whole = train(workspace, REQUEST)
    resumed = open_run(workspace.runs_dir, run.id)
    assert resumed.seed_predictions() == whole.seed_predictions()
    assert main(["train", "--resume", run.id]) == 1
    assert "is finished, only a run that is" in capsys.readouterr().err


def test_one_run_at_a_time(workspace: Workspace, capsys: Capture) -> None:
    assert main(["train", "--resume", "laenet-007"]) == 1
    assert "no run 'laenet-007'" in capsys.readouterr().err
    assert main(["train", "--resume", "a", "--run", "b"]) == 1
    assert "not both" in capsys.readouterr().err


def test_a_run_whose_database_is_gone(workspace: Workspace, capsys: Capture) -> None:
    request = TrainRequest(databases=("gone",))
    run = create_run(workspace.runs_dir, request.to_record())
    with pytest.raises(InputError):
        train(workspace, request, run)
    assert main(["train", "--resume", run.id]) == 1
    assert "no database 'gone'" in capsys.readouterr().err
    assert open_run(workspace.runs_dir, run.id).status == "failed"
