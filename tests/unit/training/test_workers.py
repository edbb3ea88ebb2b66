"""Folds on other processes and machines: the same predictions; a dead worker costs its folds."""

import dataclasses
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import psutil
import pytest

from mexlab.errors import InputError, RunError, TrainingStopped
from mexlab.runs.run import create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.cross_validation import cross_validate
from mexlab.training.execute import execute_run
from mexlab.training.workers import choice as workers_module
from mexlab.training.workers import remote_task
from mexlab.training.workers.choice import Workers
from mexlab.training.workers.remote_chunks import train_remotely

SETTINGS = TrainingSettings(epochs=4, batch_size=16, seeds=(1, 2), threads=1)
ENDLESS = dataclasses.replace(SETTINGS, epochs=100_000)

#: Of a busy machine; what is waited for comes at once on an idle one.
PATIENCE_S = 60


@pytest.fixture(scope="module")
def on_threads(feature_set):
    return cross_validate(feature_set, SETTINGS, record_epochs=True)


def assert_same(found, expected):
    assert np.array_equal(found.probabilities, expected.probabilities)
    assert np.array_equal(found.epochs.predicted, expected.epochs.predicted)
    assert found.curves == expected.curves
    for own, other in zip(found.states, expected.states, strict=True):
        assert list(own) == list(other)
        for fold, state in own.items():
            assert all((state[name] == value).all() for name, value in other[fold].items())


#: Of other tests in this process, which computed flow maps with joblib.
_others = set()


@pytest.fixture(autouse=True)
def _not_ours():
    _others.clear()
    _others.update(loky_workers())


def loky_workers(process=None):
    found = (process or psutil.Process()).children(recursive=True)
    return [one for one in found if one not in _others and _is_worker(one)]


def _is_worker(process):
    try:
        return any("loky.backend.popen" in part for part in process.cmdline())
    except psutil.Error:
        return False


def await_(condition):
    """Until something holds; a generous end, so that what never comes fails."""
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end, "it never came"
    return found


class TestProcesses:
    def test_same_predictions_as_on_threads(self, feature_set, on_threads, tmp_path):
        events = []
        run = create_run(tmp_path, {"training": SETTINGS.to_record()})
        execute_run(
            run, feature_set, SETTINGS, on_event=events.append, workers=Workers(processes=2)
        )
        assert run.record["workers"] == "2 processes"
        predicted = [row.predicted for row in run.predictions(1)]
        own = on_threads.probabilities[0].argmax(axis=1)
        assert predicted == [feature_set.classes[i] for i in own]
        told = [event for event in events if event["event"] == "fold"]
        assert (told[-1]["folds_done"], told[-1]["progress"]) == (12, 1.0)
        assert sum(len(event["points"]) for event in events if "points" in event) == 12 * 4
        assert not loky_workers()

    def test_a_killed_worker_costs_its_folds_only(self, feature_set, on_threads):
        events, killed = [], []

        def kill():
            if not killed and (found := loky_workers()):
                killed.append(found[0])
                found[0].kill()
            return False

        found = cross_validate(
            feature_set,
            SETTINGS,
            on_event=events.append,
            should_stop=kill,
            record_epochs=True,
            workers=Workers(processes=2),
        )
        assert_same(found, on_threads)
        assert [event for event in events if event["event"] == "workers"]

    def test_cancelled_it_leaves_no_process(self, feature_set):
        with pytest.raises(TrainingStopped):
            cross_validate(
                feature_set,
                ENDLESS,
                workers=Workers(processes=2),
                should_stop=lambda: len(loky_workers()) == 2,
            )
        assert not loky_workers()

    def test_killed_it_leaves_no_process(self):
        code = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import build_feature_set
from mexlab.runs import TrainingSettings
from mexlab.training import cross_validate
from mexlab.training.workers.choice import Workers
settings = TrainingSettings(epochs=100_000, batch_size=16)
cross_validate(build_feature_set(), settings, workers=Workers(processes=2))
"""
        training = subprocess.Popen([sys.executable, "-c", code, str(Path(__file__).parents[1])])
        process = psutil.Process(training.pid)
        workers = await_(lambda: loky_workers(process))
        training.kill()
        training.wait()
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert not alive


class FakePool:
    """One worker that does what it is told: die, fail, or hand back."""

    lost = (ConnectionError,)

    def __init__(self, outcomes):
        self.outcomes, self.recovered, self.closed, self.given = outcomes, 0, 0, []

    def slots(self):
        return 2

    def submit(self, tasks):
        self.given.append(tasks)
        future = Future()
        outcome = self.outcomes(tasks, self.given.count(tasks))
        if isinstance(outcome, Exception):
            # As it comes back from another process.
            future.set_exception(pickle.loads(pickle.dumps(outcome)))
        else:
            future.set_result(outcome)
        return future

    def recover(self):
        self.recovered += 1

    def close(self):
        self.closed += 1


def train_with(pool, tasks=("a", "b", "c"), told=None):
    told = [] if told is None else told
    done = train_remotely(pool, tasks, 1, should_stop=lambda: False, on_lost=told.append)
    return [result for results in done for result in results]


class TestGivingOut:
    def test_what_was_lost_is_given_again_and_nothing_else(self):
        dies = ConnectionError("gone")
        pool = FakePool(lambda tasks, time: dies if tasks == ("b",) and time < 3 else list(tasks))
        told = []
        assert sorted(train_with(pool, told=told)) == ["a", "b", "c"]
        assert sorted(pool.given) == [("a",), ("b",), ("b",), ("b",), ("c",)]
        assert (sum(told), pool.recovered, pool.closed) == (2, 2, 1)

    def test_a_fold_whose_workers_always_die_is_given_up(self):
        pool = FakePool(lambda tasks, time: ConnectionError("gone"))
        with pytest.raises(RunError, match=r"4 workers died .*fewer at once"):
            train_with(pool)
        assert pool.closed == 1

    def test_an_error_of_a_fold_is_told_as_it_is(self):
        error = InputError("the loss is not a number", where="training", remedy="Lower the rate")
        pool = FakePool(lambda tasks, time: error)
        with pytest.raises(InputError) as caught:
            train_with(pool)
        assert str(caught.value) == "training: the loss is not a number. Lower the rate"
        assert (caught.value.where, caught.value.remedy) == ("training", "Lower the rate")
        assert pool.closed == 1


class TestDask:
    @pytest.fixture(scope="class")
    def cluster(self):
        distributed = pytest.importorskip("distributed")
        with distributed.LocalCluster(
            processes=True, n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster:
            yield cluster

    @pytest.mark.parametrize("all_of_them", [False, True])
    def test_a_killed_worker_costs_its_folds_only(
        self, cluster, feature_set, on_threads, all_of_them
    ):
        """All of them: the inputs, which they had in memory, are sent again."""
        from distributed import Client

        killed = []
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE_S)
            pids = client.run(os.getpid)

            def kill():
                busy = [address for address, tasks in client.processing().items() if tasks]
                if busy and not killed:
                    killed.extend(pids.values() if all_of_them else [pids[busy[0]]])
                    for pid in killed:
                        os.kill(pid, signal.SIGKILL)
                return False

            found = cross_validate(
                feature_set,
                SETTINGS,
                should_stop=kill,
                record_epochs=True,
                workers=Workers(dask=cluster.scheduler_address),
            )
        assert len(killed) == (2 if all_of_them else 1)
        assert_same(found, on_threads)

    def test_cancelled_its_workers_are_free(self, cluster, feature_set):
        from distributed import Client

        with Client(cluster.scheduler_address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE_S)
            with pytest.raises(TrainingStopped):
                cross_validate(
                    feature_set,
                    ENDLESS,
                    workers=Workers(dask=cluster.scheduler_address),
                    should_stop=lambda: any(client.processing().values()),
                )
            await_(lambda: not any(client.run(executing).values()))

    def test_a_worker_with_another_mexlab(self, cluster, feature_set, monkeypatch):
        from mexlab.training.workers import dask_pool

        monkeypatch.setattr(dask_pool, "__version__", "9.9")
        with pytest.raises(InputError, match=r"2 of 2 workers have mexlab .*here it is 9\.9"):
            dask_pool.check_cluster(cluster.scheduler_address)

    @pytest.mark.parametrize("listens", [False, True])
    def test_nobody_answers(self, feature_set, listens):
        pytest.importorskip("distributed")
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            if not listens:
                server.close()
            begun = time.monotonic()
            with pytest.raises(InputError, match=rf"no Dask scheduler answers at {address}.*Start"):
                cross_validate(feature_set, SETTINGS, workers=Workers(dask=address))
            assert time.monotonic() - begun < 10

    def test_a_scheduler_without_workers(self, feature_set):
        distributed = pytest.importorskip("distributed")
        with (
            distributed.LocalCluster(
                processes=False, n_workers=0, dashboard_address=None
            ) as cluster,
            pytest.raises(InputError, match=r"has no worker.*`dask worker inproc://"),
        ):
            cross_validate(feature_set, SETTINGS, workers=Workers(dask=cluster.scheduler_address))


def executing(dask_worker):
    return len(dask_worker.state.executing)


class TestChoice:
    def test_both(self):
        with pytest.raises(InputError, match="not both"):
            Workers(processes=2, dask="tcp://here:8786")

    @pytest.mark.parametrize("count", [0, -1, 5000])
    def test_how_many(self, count):
        with pytest.raises(InputError, match="expected 1 to 1024"):
            Workers(processes=count)

    @pytest.mark.parametrize("address", ["", "here", "not an address", "tcp://"])
    def test_no_address(self, address):
        with pytest.raises(InputError, match=r"expected the address of a scheduler"):
            Workers(dask=address)

    def test_dask_that_is_not_installed(self, monkeypatch):
        monkeypatch.setattr(workers_module.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(InputError, match=r"pip install 'mexlab\[dask\]'"):
            Workers(dask="tcp://here:8786")

    def test_another_version_that_came_later(self):
        with pytest.raises(RunError, match=r"but 9\.9 asks"):
            remote_task.check_version("9.9")
