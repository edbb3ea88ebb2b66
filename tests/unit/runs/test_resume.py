"""A run that ended before its time is taken on, and predicts as if it had never ended."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mexlab.errors import InputError, RunError
from mexlab.runs import files as run_files
from mexlab.runs import provenance
from mexlab.runs.parts import PARTS, parts_of
from mexlab.runs.resume import can_resume, queue_again
from mexlab.runs.resume import kept_folds as count_of
from mexlab.runs.run import create_run, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training import cross_validation as folds
from mexlab.training.backends.choice import choose_backend
from mexlab.training.execute import execute_run
from mexlab.training.folds import kept as kept_folds
from mexlab.training.folds.weights import load_weights

SETTINGS = TrainingSettings(epochs=4, batch_size=16, seeds=(1, 2), threads=1)


@pytest.fixture(autouse=True)
def _each_fold_a_file(monkeypatch):
    monkeypatch.setattr(kept_folds, "_EVERY_S", 0.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, feature_set):
    return trained(tmp_path_factory.mktemp("runs"), feature_set)


def trained(runs_dir, feature_set, settings=SETTINGS, **more):
    run = create_run(runs_dir, {"training": settings.to_record()})
    return execute_run(run, feature_set, settings, **more)


def stopped_after(folds, runs_dir, feature_set, settings=SETTINGS, **more):
    """A run that was cancelled once so many folds lay in its folder."""
    run = create_run(runs_dir, {"training": settings.to_record()})
    execute_run(run, feature_set, settings, should_stop=lambda: count_of(run) >= folds, **more)
    assert run.status == "cancelled"
    assert folds <= count_of(run) < 6 * len(settings.seeds)
    return run


def assert_same(run, other):
    assert run.status == other.status == "finished"
    names = {path.relative_to(run.folder) for path in run.folder.rglob("*") if path.is_file()}
    for name in ("predictions.csv", "curves.csv", "epochs.npz"):
        assert Path(name) in names
    for name in names - {Path("run.json"), Path("progress.jsonl")}:
        if name.suffix == ".safetensors":
            # The order of its head is not ours.
            states, other_states = (load_weights(one.folder / name)[0] for one in (run, other))
            assert list(states) == list(other_states)
            for fold, state in states.items():
                for key, value in state.items():
                    assert torch.equal(value, other_states[fold][key])
            continue
        assert (run.folder / name).read_bytes() == (other.folder / name).read_bytes(), name
    assert run.metrics == other.metrics


def test_killed_at_any_moment_it_goes_on_to_the_same_predictions(tmp_path, whole, feature_set):
    run = create_run(tmp_path, {"training": SETTINGS.to_record()})
    code = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import build_feature_set
from mexlab.training.folds import kept as kept_folds
from mexlab.training.execute import execute_run
from mexlab.runs.resume import kept_folds as count_of
from mexlab.runs.run import open_run
from mexlab.runs.settings import TrainingSettings
kept_folds._EVERY_S = 0.0
run = open_run(Path(sys.argv[1]), "laenet-001")
def kill():
    if count_of(run) >= 4:
        os.kill(os.getpid(), signal.SIGKILL)
settings = TrainingSettings.from_record(run.record["request"]["training"])
execute_run(run, build_feature_set(), settings, should_stop=kill)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parents[1])], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert run.refresh().status == "interrupted"
    assert can_resume(run)
    assert count_of(run) == 4
    events = []
    execute_run(queue_again(run), feature_set, SETTINGS, on_event=events.append)
    assert_same(run, whole)
    assert events[0]["folds_kept"] == 4
    (sitting,) = run.record["resumed"]
    assert (sitting["was"], sitting["folds_kept"]) == ("interrupted", 4)
    assert not (run.folder / PARTS).exists()


@pytest.mark.parametrize(("backend", "threads"), [("fused", 2), ("stacked", 1), ("loop", 1)])
def test_cancelled_twice_and_taken_on_twice(tmp_path, feature_set, backend, threads):
    # Large batches: the stacked backend then takes eight folds at once, and not all.
    settings = dataclasses.replace(
        SETTINGS, backend=backend, threads=threads, seeds=(1, 2, 3, 4), batch_size=30
    )
    run = stopped_after(2, tmp_path, feature_set, settings)
    first = count_of(run)
    execute_run(queue_again(run), feature_set, settings, should_stop=lambda: count_of(run) > first)
    assert run.status == "cancelled"
    execute_run(queue_again(run), feature_set, settings)
    assert_same(run, trained(tmp_path, feature_set, settings))
    assert len(run.record["resumed"]) == 2


def test_the_time_of_all_sittings_is_told(tmp_path, feature_set, monkeypatch):
    run = stopped_after(2, tmp_path, feature_set)
    path = parts_of(run.folder / PARTS)[-1]
    _, what = kept_folds._read(path)
    before = what["seconds"]
    assert before > 0
    seconds = []
    execute_run(
        queue_again(run),
        feature_set,
        SETTINGS,
        on_event=lambda event: seconds.append(event.get("seconds")),
    )
    # Told in hundredths.
    assert all(one >= round(before, 2) for one in seconds if one is not None)
    assert run.record["seconds"] >= round(before, 2)


def test_a_page_is_told_again_what_was_kept(tmp_path, feature_set):
    run = stopped_after(3, tmp_path, feature_set)
    events = []
    execute_run(queue_again(run), feature_set, SETTINGS, on_event=events.append)
    points = {tuple(point[:3]) for event in events for point in event.get("points", ())}
    assert len(points) == 2 * 6 * 4
    told = [event for event in events if event["event"] == "fold"]
    folds = [(fold["seed"], fold["fold"]) for event in told for fold in event["folds"]]
    assert len(folds) == len(set(folds)) == 12
    assert (told[-1]["folds_done"], told[-1]["progress"]) == (12, 1.0)
    assert np.sum(told[-1]["confusion"]) == 36


def test_a_torn_file_costs_its_folds_alone(tmp_path, whole, feature_set):
    run = stopped_after(4, tmp_path, feature_set)
    first, second, *_ = parts_of(run.folder / PARTS)
    first.write_bytes(first.read_bytes()[:-20])
    flipped = bytearray(second.read_bytes())
    flipped[-5] ^= 1
    second.write_bytes(flipped)
    kept = count_of(run)
    events = []
    execute_run(queue_again(run), feature_set, SETTINGS, on_event=events.append)
    assert (events[0]["folds_kept"], events[0]["files_damaged"]) == (kept - 2, 2)
    assert_same(run, whole)


def test_all_folds_done_and_only_the_tables_missing(tmp_path, whole, feature_set, monkeypatch):
    run = create_run(tmp_path, {"training": SETTINGS.to_record()})

    def full(*args):
        raise RunError("cannot be written (No space left on device)", where="predictions.csv")

    monkeypatch.setattr(run_files, "write_predictions", full)
    with pytest.raises(RunError, match="No space left"):
        execute_run(run, feature_set, SETTINGS)
    assert (run.refresh().status, count_of(run)) == ("failed", 12)
    monkeypatch.undo()
    execute_run(queue_again(run), feature_set, SETTINGS)
    assert_same(run, whole)


def test_after_a_pre_training(tmp_path, feature_set, make_feature_set):
    macro = make_feature_set(seed=9, databases=("macro",))
    settings = dataclasses.replace(SETTINGS, pretrain_epochs=2)
    run = stopped_after(3, tmp_path, feature_set, settings, source=macro)
    with pytest.raises(RunError, match="clips of the pre-training"):
        execute_run(queue_again(run), feature_set, settings)
    execute_run(queue_again(run), feature_set, settings, source=macro)
    assert_same(run, trained(tmp_path, feature_set, settings, source=macro))


class TestWhatHasChangedSince:
    @pytest.fixture
    def run(self, tmp_path, feature_set):
        return stopped_after(2, tmp_path, feature_set)

    def refused(self, run, feature_set, settings=SETTINGS):
        kept = count_of(run)
        with pytest.raises(RunError, match=r"laenet-001: cannot be taken on") as caught:
            execute_run(queue_again(run), feature_set, settings)
        assert run.refresh().status == "failed"
        assert "cannot be taken on" in run.reason
        assert count_of(run) == kept, "nothing of it is lost"
        return str(caught.value)

    def test_settings(self, run, feature_set):
        other = dataclasses.replace(SETTINGS, epochs=5, learning_rate=0.01)
        said = self.refused(run, feature_set, other)
        assert "epochs 4 before, 5 now" in said
        assert "learning_rate 0.003 before, 0.01 now" in said

    def test_clips(self, run, feature_set, whole):
        said = self.refused(run, feature_set.subset(np.arange(36) != 7))
        assert "clips 36 before, 35 now" in said
        # Changed back, it goes on.
        execute_run(queue_again(run), feature_set, SETTINGS)
        assert_same(run, whole)

    def test_features(self, run, make_feature_set):
        assert "others in content" in self.refused(run, make_feature_set(noise=0.6))

    def test_versions(self, run, feature_set, monkeypatch):
        monkeypatch.setattr(provenance, "__version__", "9.9")
        assert "9.9 now" in self.refused(run, feature_set)

    def test_device(self, run, feature_set, monkeypatch):
        here = choose_backend(SETTINGS)
        there = dataclasses.replace(here, device="cuda (another)")
        monkeypatch.setattr(folds, "choose_backend", lambda *args: there)
        assert "cuda (another) now" in self.refused(run, feature_set)


def test_only_what_ended_unfinished_is_taken_on(tmp_path, feature_set, whole):
    with pytest.raises(RunError, match="is finished, only"):
        queue_again(whole)
    run = stopped_after(2, tmp_path, feature_set)
    queue_again(run)
    with pytest.raises(RunError, match="is queued, only"):
        queue_again(open_run(tmp_path, run.id))


def test_a_disk_that_is_full_when_a_fold_is_kept(tmp_path, feature_set, whole, monkeypatch):
    real = os.fsync
    run = create_run(tmp_path, {"training": SETTINGS.to_record()})

    def fsync(handle):
        if count_of(run) >= 2:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(InputError, match="No space left on device"):
        execute_run(run, feature_set, SETTINGS)
    monkeypatch.setattr(os, "fsync", real)
    assert run.refresh().status in ("failed", "interrupted", "running")
    assert count_of(run) == 2
    if run.status == "running":
        # Not even its end could be written; the death of its process shows it.
        (run.folder / "process.json").unlink()
    run.refresh()
    assert can_resume(run)
    execute_run(queue_again(run), feature_set, SETTINGS)
    assert_same(run, whole)
