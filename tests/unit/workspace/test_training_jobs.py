"""Training from a workspace: in this process, in one of its own, cancelled, failed."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mexlab.errors import InputError, RunError
from mexlab.features.settings import FlowSettings
from mexlab.runs.resume import can_resume
from mexlab.runs.run import create_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.inputs import INPUTS, codings_digest
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.importing import import_into
from mexlab.workspace.queue import detached as detached_module
from mexlab.workspace.queue.detached import start_detached
from mexlab.workspace.trainings.jobs import train
from mexlab.workspace.trainings.request import TrainRequest, build_request

QUICK = TrainRequest(training=TrainingSettings(epochs=2))
ENDLESS = TrainRequest(training=TrainingSettings(epochs=100_000))


def test_a_request_goes_through_json() -> None:
    request = TrainRequest(
        databases=("casme2", "smic"),
        coder="ada",
        labels="native",
        features="computed",
        flow=FlowSettings(eye_mask=False, flow="dis"),
        training=TrainingSettings(epochs=7, seeds=(3, 4)),
        pretrain=("ckplus",),
    )
    assert TrainRequest.from_record(request.to_record()) == request
    assert TrainRequest.from_record({}) == TrainRequest()
    with pytest.raises(InputError, match="unknown field colour"):
        TrainRequest.from_record({"colour": "red"})


def test_what_a_user_leaves_open_takes_its_default() -> None:
    request = build_request(training={"epochs": None, "seeds": (2,)}, flow=FlowSettings())
    assert request == TrainRequest(training=TrainingSettings(seeds=(2,)))


def test_train_leaves_a_finished_run(workspace: Workspace) -> None:
    events: list[dict[str, Any]] = []
    run = train(workspace, QUICK, name="mine", on_event=events.append)
    assert (run.status, run.name, run.id) == ("finished", "mine", "laenet-001")
    assert set(run.metrics) == {"full", "casme2"}
    assert run.record["request"] == QUICK.to_record()
    assert run.summary()["synthetic"] is True
    assert events[0]["event"] == "features"
    assert run.events()[0][0]["event"] == "features"
    assert {row.fold for row in run.predictions()} == {f"casme2/sub{n:02d}" for n in (1, 2, 3)}


def test_a_run_keeps_what_went_into_it(workspace: Workspace) -> None:
    first, again = train(workspace, QUICK), train(workspace, QUICK)
    rows = list(csv.DictReader((first.folder / INPUTS).open()))
    assert len(rows) == first.record["data"]["clips"] == 18
    assert {row["label"] for row in rows} == {"negative", "positive", "surprise"}
    assert len({row["input_sha256"] for row in rows}) == 18
    assert (again.folder / INPUTS).read_text() == (first.folder / INPUTS).read_text()
    sources = [run.record["data"]["features"]["codings_sha256"] for run in (first, again)]
    assert sources[0] == sources[1]
    assert first.record["data"]["coder"] == "database"


def test_the_codings_digest_tells_a_label_from_another(workspace: Workspace) -> None:
    plan = plan_training(workspace)
    samples, labels = zip(*plan.labelled, strict=True)
    digest = codings_digest(samples, labels)
    assert codings_digest(samples[::-1], labels[::-1]) == digest
    assert codings_digest(samples, [*labels[1:], labels[0]]) != digest
    assert codings_digest(samples[1:], labels[1:]) != digest


def test_pre_training_on_one_database_and_testing_on_the_others(
    workspace: Workspace, tmp_path: Path, make_release: Callable[..., Path]
) -> None:
    before = TrainRequest(pretrain=("macro-casme2",), training=TrainingSettings(epochs=1))
    with pytest.raises(InputError, match="no database 'macro-casme2'"):
        train(workspace, before)
    import_into(workspace, "ststnet", make_release(tmp_path / "more", seed=1), name="macro")
    # Of the same release as what is tested on, its people are taken for the same.
    with pytest.raises(InputError, match="3 subjects to be tested on"):
        train(workspace, before)
    table = "database,subject,person\nmacro-casme2,*,others\ntwin-casme2,*,yet others\n"
    (workspace.path / "people.csv").write_text(table)
    run = train(workspace, before)
    assert set(run.metrics) == {"full", "casme2"}
    assert run.record["pretraining"]["databases"] == ["macro-casme2"]
    # The same release under another name: every clip gives its person away.
    import_into(workspace, "ststnet", make_release(tmp_path / "same"), name="twin")
    request = TrainRequest(databases=("casme2",), pretrain=("twin-casme2",))
    with pytest.raises(InputError, match="3 people to be tested on"):
        train(workspace, request)
    with pytest.raises(InputError, match="both pre-trained and tested on"):
        TrainRequest(databases=("casme2",), pretrain=("casme2",))
    with pytest.raises(InputError, match="no database is left"):
        train(workspace, TrainRequest(pretrain=("casme2", "macro-casme2", "twin-casme2")))


def test_cancelling_while_features_are_built(workspace: Workspace) -> None:
    run = create_run(workspace.runs_dir, ENDLESS.to_record())

    def cancel(event: dict[str, Any]) -> None:
        if event["event"] == "features":
            (run.folder / "cancel").touch()

    assert train(workspace, ENDLESS, run, on_event=cancel).status == "cancelled"


def test_cancelling_while_it_trains(workspace: Workspace) -> None:
    run = create_run(workspace.runs_dir, ENDLESS.to_record())

    def cancel(event: dict[str, Any]) -> None:
        if event["event"] == "epoch":
            open_run(workspace.runs_dir, run.id).request_cancel()

    assert train(workspace, ENDLESS, run, on_event=cancel).status == "cancelled"
    with pytest.raises(RunError, match="only a queued run"):
        train(workspace, ENDLESS, run)


@pytest.mark.parametrize("moment", ["features", "epoch"])
def test_ctrl_c_is_a_cancelled_run(workspace: Workspace, moment: str) -> None:
    def interrupt(event: dict[str, Any]) -> None:
        if event["event"] == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(workspace, ENDLESS, on_event=interrupt)
    (run,) = list_runs(workspace.runs_dir)
    assert run.status == "cancelled"


def test_a_failure_stands_in_the_run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **named: Any) -> None:
        raise RunError("cannot be written (No space left on device)", where="cache")

    monkeypatch.setattr("mexlab.workspace.trainings.jobs.build_feature_set", fail)
    with pytest.raises(RunError):
        train(workspace, QUICK)
    (run,) = list_runs(workspace.runs_dir)
    assert run.status == "failed"
    assert "No space left" in run.reason
    assert can_resume(run), "nothing is wrong with what was asked for"


def test_a_choice_that_there_is_not_makes_no_run(workspace: Workspace) -> None:
    for start in (train, start_detached):
        with pytest.raises(InputError, match="samm"):
            start(workspace, TrainRequest(databases=("samm",)))
    assert list_runs(workspace.runs_dir) == []


@pytest.fixture
def detached() -> Iterator[list[Any]]:
    """The processes that a test starts; none outlives it."""
    before = len(detached_module._children)
    started: list[Any] = detached_module._children
    yield started
    for process in started[before:]:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_detached_run_needs_nobody(workspace: Workspace, detached: list[Any]) -> None:
    run_id = start_detached(workspace, QUICK, name="alone")
    process = detached[-1]
    assert os.getsid(process.pid) == process.pid != os.getsid(0), "a session of its own"
    assert process.wait(timeout=120) == 0, (workspace.runs_dir / run_id / "log.txt").read_text()
    run = open_run(workspace.runs_dir, run_id)
    assert (run.status, run.name) == ("finished", "alone")
    assert run.record["request"] == QUICK.to_record()


def test_a_detached_run_that_is_killed_is_seen_as_interrupted(
    workspace: Workspace, detached: list[Any]
) -> None:
    run_id = start_detached(workspace, ENDLESS)
    process = detached[-1]
    assert open_run(workspace.runs_dir, run_id).status in ("queued", "running")
    process.kill()
    process.wait()
    assert open_run(workspace.runs_dir, run_id).status == "interrupted"


def test_a_process_that_cannot_start_fails_the_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))
    with pytest.raises(RunError, match="could not be started"):
        start_detached(workspace, QUICK)
    (run,) = list_runs(workspace.runs_dir)
    assert run.status == "failed"
