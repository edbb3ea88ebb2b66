"""Damaged folders, full disks: said in one sentence that names the file; other runs untouched."""

import errno
import os
import shutil
import stat
import sys

import pytest

from mexlab.errors import InputError, RunError
from mexlab.runs.resume import can_resume, queue_again
from mexlab.runs.run import create_run, delete_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.execute import execute_run
from mexlab.training.results import load_run_network

SETTINGS = TrainingSettings(epochs=2, batch_size=16, threads=1)
OTHER = TrainingSettings(model="ststnet", epochs=1, batch_size=16, threads=1)

FILES = (
    "run.json",
    "predictions.csv",
    "curves.csv",
    "epochs.npz",
    "progress.jsonl",
    "weights/seed-1.safetensors",
)

DAMAGES = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "other bytes": lambda content: os.urandom(300),
    "not text": lambda content: content[:40] + b"\xff\xfe\x00" + content[43:],
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory, feature_set):
    runs_dir = tmp_path_factory.mktemp("runs")
    for settings in (SETTINGS, OTHER):
        run = create_run(runs_dir, {"training": settings.to_record()})
        execute_run(run, feature_set, settings)
    return runs_dir


@pytest.fixture
def runs_dir(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "runs")


READERS = {
    "predictions.csv": lambda run: run.predictions(),
    "curves.csv": lambda run: run.curves(),
    "epochs.npz": lambda run: run.epoch_predictions(),
    "progress.jsonl": lambda run: run.events(),
    "weights/seed-1.safetensors": lambda run: load_run_network(run, "alpha/01"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_one_file_damaged(runs_dir, name, damage):
    whole = {name: reader(open_run(runs_dir, "laenet-001")) for name, reader in READERS.items()}
    path = runs_dir / "laenet-001" / name
    content = path.read_bytes()
    if (name, damage) == ("epochs.npz", "not text"):
        # In what is compressed: not every byte of its head is looked at.
        path.write_bytes(content[:-400] + DAMAGES[damage](content[-400:]))
        assert path.read_bytes() != content
    else:
        path.write_bytes(DAMAGES[damage](content))
    listed = {run.id: run for run in list_runs(runs_dir)}
    assert listed["ststnet-001"].status == "finished"
    assert listed["ststnet-001"].predictions()
    if name == "run.json":
        assert listed["laenet-001"].status == "unreadable"
        assert "run.json" in listed["laenet-001"].reason
        with pytest.raises(RunError, match=r"laenet-001: cannot be read: run\.json.*Delete"):
            open_run(runs_dir, "laenet-001")
    else:
        run = open_run(runs_dir, "laenet-001")
        if name == "progress.jsonl":
            # Lines that are no event are passed over: it is a log, nothing is computed from it.
            assert len(run.events()[0]) <= len(whole[name][0])
        else:
            with pytest.raises(InputError, match=path.name):
                READERS[name](run)
        if name != "predictions.csv":
            assert [row.predicted for row in run.predictions()] == [
                row.predicted for row in whole["predictions.csv"]
            ]
    delete_run(listed["laenet-001"])
    assert [run.id for run in list_runs(runs_dir)] == ["ststnet-001"]


@pytest.mark.parametrize("name", FILES)
def test_one_file_missing(runs_dir, name):
    (runs_dir / "laenet-001" / name).unlink()
    listed = {run.id: run for run in list_runs(runs_dir)}
    assert listed["ststnet-001"].predictions()
    run = listed["laenet-001"]
    if name == "run.json":
        assert (run.status, run.reason) == ("unreadable", "run.json: is missing")
    elif name == "epochs.npz":
        assert run.epoch_predictions() is None
    elif name == "progress.jsonl":
        assert run.events() == ([], 0)
    else:
        with pytest.raises(InputError, match=name.rpartition("/")[2]):
            READERS[name](run)


def test_weights_of_another_network_in_its_place(runs_dir):
    shutil.copy(
        runs_dir / "ststnet-001" / "weights" / "seed-1.safetensors",
        runs_dir / "laenet-001" / "weights" / "seed-1.safetensors",
    )
    with pytest.raises(RunError, match=r"laenet-001: expected .*'laenet'.*got .*'ststnet'"):
        load_run_network(open_run(runs_dir, "laenet-001"), "alpha/01")


def test_a_disk_that_fills_up_at_any_write(runs_dir, feature_set, monkeypatch):
    """Each write of a run in turn is the first that no longer fits; then there is room again."""
    whole = open_run(runs_dir, "laenet-001").seed_predictions()
    real, writes, full_from = os.fsync, 0, 0

    def fsync(handle):
        nonlocal writes
        # A folder is flushed, too, after the file in it: that is no write of its own.
        writes += stat.S_ISREG(os.fstat(handle).st_mode)
        if writes >= full_from:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    finished = False
    while not finished:
        full_from += 1
        writes, room = -10_000, full_from
        run = create_run(runs_dir, {"training": SETTINGS.to_record()})
        writes = 0
        try:
            execute_run(run, feature_set, SETTINGS)
            finished = True
        except RunError as error:
            said = str(error)
        else:
            said = ""
        writes = -10_000
        run.refresh()
        if not finished:
            assert "No space left on device" in said
            assert "Free some disk space" in said
            assert run.status in ("queued", "running", "failed")
            assert not list(run.folder.rglob("*.part")), "no half of a file"
        assert open_run(runs_dir, "ststnet-001").status == "finished"
        if run.status in ("queued", "running"):
            # Its process would be gone by now; this one's number is still in its folder.
            (run.folder / "process.json").unlink(missing_ok=True)
            run.refresh()
        if can_resume(run):
            execute_run(queue_again(run), feature_set, SETTINGS)
        elif run.status == "queued":
            execute_run(run, feature_set, SETTINGS)
        assert run.refresh().seed_predictions() == whole
        assert room == full_from
    # Process, status, folds, four tables, end: each of them was the one that did not fit.
    assert full_from > 7


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_disk_that_fills_up_under_the_events(runs_dir, feature_set):
    run = create_run(runs_dir, {"training": SETTINGS.to_record()})
    (run.folder / "progress.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunError, match=r"progress.jsonl: cannot be written \(No space left"):
        execute_run(run, feature_set, SETTINGS)
    assert run.refresh().status == "failed"
    assert "No space left" in run.reason
    assert open_run(runs_dir, "laenet-001").status == "finished"
