"""The demo says beforehand how long it will take on this machine."""

from types import SimpleNamespace

import pytest

from mexlab.cli.demo import _tell_time, _train
from mexlab.cli.demo_time import Pace, expected_seconds
from mexlab.errors import InputError
from mexlab.runs.settings import TrainingSettings
from mexlab.synthetic import Order
from mexlab.synthetic.layouts.casme2 import plan
from mexlab.workspace import Workspace


def test_what_was_timed_is_what_is_reckoned_with(monkeypatch):
    pace = Pace(person=0.8, frame=0.01, flow=0.2)
    monkeypatch.setattr("mexlab.cli.demo_time.time_pace", lambda clip, clock: pace)
    clips = plan(Order(2, 0))
    frames = sum(clip.script.count for clip in clips)
    alone = expected_seconds(clips, 1)
    assert abs(alone - (2 * 0.8 + 0.01 * frames + 0.2 * len(clips) + 14)) < 1e-9
    # Import and training are not done side by side.
    assert abs(expected_seconds(clips, 2) - (alone + 14) / 2) < 1e-9
    # The default demo, on the machine of README's figure: 58 s.
    whole = plan(Order(16, 0))
    assert 50 < Pace(0.8, 0.0103, 0.15).seconds(16, 6784, len(whole), 2) < 75


def test_epochs_of_a_run_that_is_used_again_are_not_passed_over(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path / "ws")
    run = SimpleNamespace(
        id="laenet-001", name="demo", status="finished", settings=TrainingSettings()
    )
    monkeypatch.setattr("mexlab.runs.run.list_runs", lambda _: [run])
    assert _train(workspace, None, 1) is run
    assert _train(workspace, 40, 1) is run
    with pytest.raises(InputError, match="--epochs: laenet-001 was trained for 40 epochs"):
        _train(workspace, 3, 1)


def test_it_is_timed_here_and_said(capsys):
    _tell_time(2, 0, 1)
    assert "This will take about" in capsys.readouterr().out
