"""What cannot be trained is refused before it is a run, wherever a training is asked for."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mexlab.cli import main
from mexlab.errors import InputError
from mexlab.pages.train.page import TrainPage
from mexlab.reports.words import explain
from mexlab.runs.resume import can_resume, queue_again
from mexlab.runs.run import CANCELLED, create_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.importing import import_into
from mexlab.workspace.queue.detached import start_detached
from mexlab.workspace.queue.places import enqueue, enqueue_again
from mexlab.workspace.queue.runner import drain
from mexlab.workspace.trainings.command import train_command
from mexlab.workspace.trainings.jobs import train
from mexlab.workspace.trainings.request import TrainRequest

QUICK = TrainingSettings(epochs=1)


def _settings(**chosen: Any) -> TrainRequest:
    return TrainRequest(databases=("casme2",), training=TrainingSettings(epochs=1, **chosen))


def _of(*databases: str, **chosen: Any) -> TrainRequest:
    return TrainRequest(databases=databases, training=QUICK, **chosen)


#: What is asked for, and what the refusal says.
REFUSED = {
    "database": (_of("samm"), "no database 'samm'"),
    "coder": (_of("casme2", coder="ada"), "no coder 'ada'"),
    "scheme": (_of("casme2", labels="fantasy"), "no label scheme 'fantasy'"),
    "list": (_of("casme2", labels="/nowhere/official.csv"), "official.csv"),
    "kind": (_of("casme2", features="computed"), "no clip is left.*ready features"),
    "units": (_of("casme2", labels="au12"), "no clip is left"),
    "one subject": (_of("alone-casme2"), "all clips are of one subject"),
    "one class": (_of("dull-casme2"), "all clips are negative"),
    "one has it": (_of("rare-casme2"), "surprise occurs only in rare-casme2/sub01"),
    "parts": (_settings(protocol="k-fold", k=9), "expected 2 to 3 parts"),
    "one database": (_settings(protocol="leave-one-database-out"), "at least two databases"),
    "device": (_settings(device="cuda"), "no CUDA device"),
    "source": (_of("casme2", pretrain=("samm",)), "no database 'samm'"),
    "source of one class": (_of("casme2", pretrain=("dull-casme2",)), "at least two classes"),
    "nothing to test": (
        TrainRequest(
            pretrain=("casme2", "alone-casme2", "dull-casme2", "rare-casme2"), training=QUICK
        ),
        "no database is left",
    ),
}


@pytest.fixture
def odd(
    workspace: Workspace,
    tmp_path: Path,
    make_release: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    """Beside a plain database one of one person, one of one class, one with a class of one's."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    roots = {name: tmp_path / name for name in ("alone", "dull", "rare")}
    for seed, (name, root) in enumerate(roots.items(), start=1):
        make_release(root, subjects=1 if name == "alone" else 3, seed=seed)
    for subject in (1, 2, 3):
        folder = Path("three_norm_u_v_os") / f"sub{subject:02d}" / "u_test"
        for label in (1, 2):
            shutil.rmtree(roots["dull"] / folder / str(label))
        if subject > 1:
            shutil.rmtree(roots["rare"] / folder / "2")
    for name, root in roots.items():
        import_into(workspace, "ststnet", root, name=name)
    return workspace


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_training_leaves_no_run(
    odd: Workspace, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    request, says = REFUSED[name]
    for start in (train, enqueue, start_detached):
        with pytest.raises(InputError, match=says):
            start(odd, request)
    words = shlex.split(train_command(request))[1:]
    for more in ([], ["--queue"]):
        assert main(["-w", str(odd.path), *words, *more]) == 1
        assert "mexlab: " in capsys.readouterr().err
    assert not odd.runs_dir.exists() or list(odd.runs_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"databases": ["dull-casme2"]}, "All clips are negative"),
        ({"pretrain": "dull-casme2"}, "at least two classes"),
        ({"protocol": "k-fold", "k": "9"}, "Expected 2 to 3 parts"),
        ({"device": "cuda"}, "no CUDA device"),
    ],
)
def test_the_page_refuses_the_same(odd: Workspace, chosen: dict[str, Any], says: str) -> None:
    page = TrainPage(odd)
    choice = {**page.form.choice, "databases": ["casme2"], **chosen}
    page.form.choice = choice
    if "device" not in chosen:
        # That one is looked for when it is needed: the page loads no torch.
        assert not page.form.plan["ready"]
        assert says in page.form.plan["sentence"]
    assert page.start(choice) is None
    assert says.lower() in page.form.plan["sentence"].lower()
    assert list_runs(odd.runs_dir) == []


def test_what_only_the_motion_shows_is_refused_without_a_run_too(
    workspace: Workspace, release: Path
) -> None:
    import_into(workspace, "ststnet", release, name="twin")
    request = TrainRequest(training=QUICK)
    with pytest.raises(InputError, match="two views of one moment"):
        train(workspace, request)
    # A table that has it wrong: the motion shows it all the same.
    table = "database,subject,person\ntwin-casme2,*,others\n"
    (workspace.path / "people.csv").write_text(table)
    with pytest.raises(InputError, match="under two names"):
        train(workspace, request)
    assert list_runs(workspace.runs_dir) == []
    # In the queue nobody sits before it: the run says why, and offers nothing that cannot be.
    run_id = enqueue(workspace, request)
    assert drain(workspace) == 1
    run = open_run(workspace.runs_dir, run_id)
    assert run.status == "failed"
    assert not can_resume(run)
    problem, remedy = explain(run)
    assert "refused before its first fold" in problem
    assert "nothing to resume" in remedy
    assert TrainPage(workspace, run_id).monitor.run["actions"] == []
    for again in (
        lambda: queue_again(run),
        lambda: enqueue_again(workspace, run_id),
    ):
        with pytest.raises(InputError, match="nothing to resume"):
            again()
    assert run.refresh().status == "failed"


def test_a_database_that_is_gone_when_its_turn_comes(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = TrainRequest(databases=("gone",), training=QUICK)
    with monkeypatch.context() as then:
        then.setattr("mexlab.workspace.queue.places.check_request", lambda *_: None)
        waiting = enqueue(workspace, request)
    cancelled = create_run(workspace.runs_dir, request.to_record())
    cancelled.write_status(CANCELLED)
    with pytest.raises(InputError, match="no database"):
        enqueue_again(workspace, cancelled.id)
    assert main(["-w", str(workspace.path), "train", "--resume", cancelled.id]) == 1
    assert cancelled.refresh().status == "cancelled", "it stays as it was"
    assert drain(workspace) == 1
    run = open_run(workspace.runs_dir, waiting)
    assert (run.status, can_resume(run)) == ("failed", False)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--resume", "ID", "--epochs", "3"], "--epochs would not count"),
        (["--run", "ID", "--no-mask", "--name", "x"], "--mask, --name would not count"),
        (["--resume", "ID", "--queue"], "the queue takes new trainings only"),
        (["--queue", "--jobs", "2"], "the queue takes new trainings only"),
        (["--resume", "ID", "--run", "ID"], "not both"),
        (["--pretrain-epochs", "3"], "there is none"),
        (["--k", "3"], "only k-fold does"),
    ],
)
def test_options_that_would_not_count_are_refused(
    workspace: Workspace, given: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = create_run(workspace.runs_dir, TrainRequest(training=QUICK).to_record())
    run.write_status(CANCELLED)
    words = [run.id if word == "ID" else word for word in given]
    assert main(["-w", str(workspace.path), "train", *words]) == 1
    assert says in " ".join(capsys.readouterr().err.split())
    assert [(one.id, one.status) for one in list_runs(workspace.runs_dir)] == [
        (run.id, "cancelled")
    ]
