"""Two trainings at once share the cores, both finish, and neither predicts otherwise for it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from mexlab.runs.settings import TrainingSettings
from mexlab.training.backends.recipe import Watch
from mexlab.training.cross_validation import cross_validate
from mexlab.training.workers import core_share
from mexlab.training.workers.threads import train_chunks

SILENT = Watch(lambda *told: None, lambda units: None, lambda: False)

#: Says when it takes part, then waits for its end.
OTHER = """
import sys
from pathlib import Path
from mexlab.training.workers import core_share
core_share._folder = lambda: Path(sys.argv[1])
with core_share.taking_part():
    print("here", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    own = tmp_path / "trainings"
    monkeypatch.setattr(core_share, "_folder", lambda: own)
    return own


@pytest.fixture
def another(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "here\n"
    yield process
    process.kill()
    process.communicate()


def test_alone_it_takes_all(monkeypatch):
    monkeypatch.setattr(core_share, "_cores", lambda: 8)
    with core_share.taking_part() as share:
        assert core_share.trainings_alive() == 1
        assert (share.limit(8), share.limit(2), share.limit(20)) == (8, 2, 20)
    assert core_share.trainings_alive() == 0


def test_two_share_at_least_one_core_each(another, monkeypatch):
    with core_share.taking_part() as share:
        assert core_share.trainings_alive() == 2
        for cores, wanted, allowed in ((8, 8, 4), (8, 2, 2), (2, 2, 1), (1, 1, 1)):
            monkeypatch.setattr(core_share, "_cores", lambda count=cores: count)
            assert share.limit(wanted) == allowed


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_was_killed_counts_no_more(another, folder, how):
    with core_share.taking_part():
        another.send_signal(how)
        another.wait()
        assert core_share.trainings_alive() == 1
        assert len(list(folder.iterdir())) == 1


def test_it_looks_again_after_each_chunk():
    """Of three cores it uses two at first, then one: never more threads than that at work."""
    shares = iter([2, 2, 1, 1, 1, 1])
    asked, busy, seen, lock = [], [], [], threading.Lock()

    def limit(cores):
        asked.append(cores)
        return next(shares)

    def train(jobs, watch):
        with lock:
            busy.append(jobs)
            seen.append((len(asked), len(busy)))
        with lock:
            busy.remove(jobs)
        return jobs

    chunks = train_chunks(
        train, list(range(5)), 1, SILENT, threads=3, side_by_side=True, limit=limit
    )
    assert sorted(done for _, chunk in chunks for done in chunk) == [0, 1, 2, 3, 4]
    assert set(asked) == {3}
    assert max(count for _, count in seen) <= 2


def test_two_at_once_predict_as_each_alone(feature_set):
    settings = TrainingSettings(epochs=10, batch_size=16, threads=2)
    alone = cross_validate(feature_set, settings)
    found, both = {}, threading.Barrier(2)

    def together(name):
        both.wait()
        found[name] = cross_validate(feature_set, settings)

    threads = [threading.Thread(target=together, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found.values():
        assert np.array_equal(result.probabilities, alone.probabilities)
    assert len(found) == 2
    assert core_share.trainings_alive() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_its_threads_let_others_go_first():
    before = psutil.Process().nice()

    def train(jobs, watch):
        return [os.getpriority(os.PRIO_PROCESS, threading.get_native_id())]

    chunks = train_chunks(train, [1, 2], 1, SILENT, threads=2, side_by_side=True)
    assert all(nice >= max(before, 5) for _, found in chunks for nice in found)
    assert psutil.Process().nice() == before


def test_a_folder_of_somebody_else_is_left_alone(folder, tmp_path):
    precious = tmp_path / "precious" / "kept"
    precious.mkdir(parents=True)
    (precious / "process.json").write_text("{}")
    folder.symlink_to(Path(tmp_path / "precious"))
    with core_share.taking_part() as share:
        assert core_share.trainings_alive() == 0
        assert share.limit(3) == 3
    assert precious.is_dir()
