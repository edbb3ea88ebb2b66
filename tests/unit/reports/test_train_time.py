from __future__ import annotations

import pytest

from mexlab.features.settings import FlowSettings
from mexlab.reports.queue_places import time_sentence
from mexlab.runs.run import delete_run, list_runs
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.queue.expected_time import expected_seconds
from mexlab.workspace.trainings.request import TrainRequest


@pytest.fixture
def expect(workspace, write_run):
    """What is expected of a training of SMIC, after a run of 7 clips of 4 people in 60 s."""
    run = write_run()
    run.write_status(run.status, seconds=60.0)
    plan = plan_training(workspace, ["smic"], source="release")

    def expect(**training):
        request = TrainRequest(databases=("smic",), training=TrainingSettings(**training))
        return expected_seconds(list_runs(workspace.runs_dir), plan, request)

    return expect


@pytest.fixture
def computed(workspace, write_run):
    """A run, and the seconds expected of a training on computed inputs of a side."""
    run = write_run()
    plan = plan_training(workspace, ["smic"], source="release")
    plan.source = "computed"

    def expect(side):
        request = TrainRequest(databases=("smic",), flow=FlowSettings(input_size=side))
        expected = expected_seconds(list_runs(workspace.runs_dir), plan, request)
        return None if expected is None else expected[0]

    return run, expect


def test_time_goes_with_folds_seeds_epochs_and_clips(expect):
    # The run: 4 folds x 2 seeds x 2 epochs x 7 clips. The plan: 2 folds of 3 clips.
    seconds, run = expect(seeds=(1,), epochs=40)
    # All clips but those of one fold are trained on.
    assert seconds == pytest.approx(60 * (1 * 1 * 40 * 3) / (3 * 2 * 2 * 7))
    assert expect(seeds=(1, 2, 3), epochs=80)[0] == pytest.approx(6 * seconds)
    assert run in time_sentence((seconds, run))


def test_a_run_of_another_protocol_tells_by_its_own_folds(workspace, write_run, expect):
    before, _ = expect(seeds=(1,))
    [other] = list_runs(workspace.runs_dir)
    delete_run(other)
    run = write_run(protocol="k-fold", k=2)
    run.write_status(run.status, seconds=60.0)
    # This run had two folds where the other had four: one of its folds took longer.
    seconds, name = expect(seeds=(1,))
    assert name == run.name
    assert seconds == pytest.approx(3 * before)


def test_another_network_or_backend_tells_nothing(expect):
    assert expect(model="ststnet") is None
    assert expect(backend="loop") is None


def test_time_goes_with_the_pixels_of_an_input(computed):
    """Of runs by the same backend: the compiled kernel knows 28 alone."""
    run, expect = computed
    run.write_status(run.status, seconds=60.0, backend="stacked")
    # No numba: torch trained the run, and will train anything else.
    assert expect(56) == pytest.approx(4 * expect(28))
    run.write_status(run.status, backend="fused")
    assert expect(56) is None
    assert expect(28) is not None
    run.write_status(run.status, backend="stacked", data={**run.record["data"], "side": 56})
    assert expect(28) is None
    assert expect(14) == pytest.approx(expect(56) / 16)


def test_a_run_of_inputs_as_large_tells_before_a_newer_one(computed, write_run):
    run, expect = computed
    run.write_status(run.status, seconds=60.0, backend="stacked")
    expected = expect(28)
    newer = write_run()
    data = {**newer.record["data"], "side": 5}
    newer.write_status(newer.status, seconds=90.0, backend="stacked", data=data)
    assert expect(28) == expected
    # One of less work is mostly its beginning and end.
    small = write_run(only="smic")
    small.write_status(small.status, seconds=90.0, backend="stacked")
    assert expect(28) == expected
    # The first one after an installation waits for the compiler; the next one of the kind tells.
    again = write_run()
    again.write_status(again.status, seconds=30.0, backend="stacked")
    assert expect(28) == pytest.approx(expected / 2)


def test_a_run_of_seconds_tells_nothing_of_one_of_many_times_its_work(computed):
    run, expect = computed
    run.write_status(run.status, seconds=3.0, backend="stacked")
    assert expect(14) is not None
    assert expect(112) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "About 1 s"), (600, "About 10 min"), (9000, "About 2.5 h")]
)
def test_words_fit_the_size(seconds, words):
    assert time_sentence((seconds, "first")).startswith(words)
