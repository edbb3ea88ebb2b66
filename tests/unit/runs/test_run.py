import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from mexlab.errors import InputError, RunError
from mexlab.runs import files as run_files
from mexlab.runs.files import append_event, read_events
from mexlab.runs.labels import label_run
from mexlab.runs.run import create_run, delete_run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.runs.summary import end_words

REQUEST = {"training": TrainingSettings().to_record(), "databases": ["alpha"]}


def test_a_new_run_is_queued_and_counts_up(tmp_path):
    first, second = create_run(tmp_path, REQUEST), create_run(tmp_path, REQUEST, name="with mask")
    assert (first.id, second.id) == ("laenet-001", "laenet-002")
    assert first.status == "queued"
    assert second.name == "with mask"
    assert second.record["request"] == REQUEST
    assert create_run(tmp_path, {"training": {"model": "ststnet"}}).id == "ststnet-001"
    assert [run.id for run in list_runs(tmp_path)][-1] == "laenet-001"


def _create(folder):
    return create_run(folder, REQUEST).id


def test_ids_are_unique_when_processes_ask_at_once(tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        ids = pool.map(_create, [tmp_path] * 12)
    assert len(set(ids)) == 12


def test_a_deleted_runs_number_above_others_is_not_confused(tmp_path):
    for _ in range(3):
        create_run(tmp_path, REQUEST)
    delete_run(open_run(tmp_path, "laenet-002"))
    assert create_run(tmp_path, REQUEST).id == "laenet-004"


@pytest.mark.parametrize("name", ["laenet-009", "../elsewhere", ".."])
def test_opening_what_is_not_there_names_what_is(tmp_path, name):
    create_run(tmp_path, REQUEST)
    with pytest.raises(RunError, match="There are laenet-001"):
        open_run(tmp_path, name)


def test_no_folder_no_runs(tmp_path):
    assert list_runs(tmp_path / "none") == []
    with pytest.raises(RunError, match="none yet"):
        open_run(tmp_path / "none", "laenet-001")


DAMAGES = {
    "no record": lambda run: (run.folder / "run.json").unlink(),
    "no JSON": lambda run: (run.folder / "run.json").write_text("{'oops"),
    "not text": lambda run: (run.folder / "run.json").write_bytes(b"\xff\xfe\x00"),
    "a list": lambda run: (run.folder / "run.json").write_text("[]"),
    "no status": lambda run: (run.folder / "run.json").write_text('{"format": 1}'),
    "newer": lambda run: (run.folder / "run.json").write_text('{"format": 2}'),
    "finished without metrics": lambda run: _edit(run, status="finished"),
    "odd metrics": lambda run: _edit(run, status="finished", metrics=[1]),
    "odd settings": lambda run: _edit(run, settings={"epochs": "many"}),
}


def _edit(run, **changes):
    record = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**record, **changes}))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_is_listed_as_unreadable_and_the_others_as_they_are(tmp_path, damage):
    runs = [create_run(tmp_path, REQUEST) for _ in range(3)]
    DAMAGES[damage](runs[1])
    listed = {run.id: run for run in list_runs(tmp_path)}
    assert listed["laenet-001"].status == listed["laenet-003"].status == "queued"
    assert listed["laenet-002"].status == "unreadable"
    assert listed["laenet-002"].reason
    assert listed["laenet-002"].summary()["id"] == "laenet-002"
    with pytest.raises(RunError, match=r"laenet-002: cannot be read: .*Delete its folder"):
        open_run(tmp_path, "laenet-002")
    delete_run(listed["laenet-002"])
    assert len(list_runs(tmp_path)) == 2


def test_a_name_and_a_note_also_while_it_trains(tmp_path):
    run = create_run(tmp_path, REQUEST, name="first")
    label_run(run.folder, name="with mask", note="eyes\nclosed")
    run.record_process()
    run.write_status("running", started="now")
    label_run(run.folder, note="changed")
    listed = list_runs(tmp_path)[0].summary()
    assert (listed["name"], listed["note"], listed["status"]) == ("with mask", "changed", "running")
    label_run(run.folder, name="")
    assert list_runs(tmp_path)[0].name == run.id
    for wrong in ({"name": "x" * 201}, {"name": "two\nlines"}, {"note": "x" * 10_001}):
        with pytest.raises(InputError, match="expected"):
            label_run(run.folder, **wrong)


@pytest.mark.parametrize("content", ["{", "[]", '{"name": 3}'])
def test_damaged_labels_do_not_hide_a_run(tmp_path, content):
    run = create_run(tmp_path, REQUEST)
    (run.folder / "labels.json").write_text(content)
    assert run.refresh().status == "queued"
    assert "labels.json" in run.reason
    label_run(run.folder, note="again")
    assert (run.refresh().reason, run.summary()["note"]) == ("", "again")


def test_a_run_that_a_process_works_on_is_not_deleted(tmp_path):
    run = create_run(tmp_path, REQUEST)
    run.record_process()
    with pytest.raises(RunError, match=r"is queued.*Cancel it first"):
        delete_run(run)
    assert run.folder.is_dir()


def test_an_interrupted_deletion_leaves_no_half_of_a_run(tmp_path, monkeypatch):
    runs = [create_run(tmp_path, REQUEST) for _ in range(2)]
    real = shutil.rmtree

    def cut(folder, ignore_errors=False):
        if Path(folder).is_dir():
            (Path(folder) / "run.json").unlink()
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "rmtree", cut)
    with pytest.raises(RunError, match="cannot be deleted"):
        delete_run(runs[0])
    monkeypatch.setattr(shutil, "rmtree", real)
    assert [run.id for run in list_runs(tmp_path)] == ["laenet-002"]


def test_stray_files_are_no_runs(tmp_path):
    create_run(tmp_path, REQUEST)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".hidden").mkdir()
    assert [run.id for run in list_runs(tmp_path)] == ["laenet-001"]


def test_a_killed_process_leaves_an_interrupted_run(tmp_path):
    run = create_run(tmp_path, REQUEST)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mexlab.runs.run import open_run\n"
        "run = open_run(Path(sys.argv[1]), 'laenet-001')\n"
        "run.record_process()\n"
        "run.write_status('running')\n"
        "print('running', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "running\n"
        assert run.refresh().status == "running"
        os.kill(process.pid, signal.SIGKILL)
        # Not yet waited for, as a page's kernel would leave it: a zombie is dead, too.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert run.refresh().status == "interrupted"
        process.wait()
    assert run.refresh().status == "interrupted"
    assert "ended without finishing" in run.reason
    with pytest.raises(RunError, match="it is interrupted"):
        run.request_cancel()


def test_a_queued_run_whose_process_died_is_interrupted(tmp_path):
    run = create_run(tmp_path, REQUEST)
    process = subprocess.Popen([sys.executable, "-c", ""])
    run.record_process(process.pid)
    process.wait()
    assert run.refresh().status == "interrupted"


def test_another_process_under_the_same_number_does_not_count(tmp_path):
    run = create_run(tmp_path, REQUEST)
    run.record_process()
    run.write_status("running")
    record = json.loads((run.folder / "process.json").read_text())
    (run.folder / "process.json").write_text(json.dumps({**record, "started": 1.0}))
    assert run.refresh().status == "interrupted"


def test_a_run_of_another_machine_is_judged_by_its_last_word(tmp_path):
    run = create_run(tmp_path, REQUEST)
    run.record_process()
    run.write_status("running")
    record = json.loads((run.folder / "process.json").read_text())
    (run.folder / "process.json").write_text(json.dumps({**record, "machine": "other"}))
    run.append_event({"event": "epoch"})
    assert run.refresh().status == "running"
    for name in ("process.json", "progress.jsonl"):
        os.utime(run.folder / name, (1, 1))
    assert run.refresh().status == "interrupted"


def test_cancelling(tmp_path):
    unheard = create_run(tmp_path, REQUEST)
    unheard.request_cancel()
    assert unheard.status == "cancelled"
    with pytest.raises(RunError, match="it is cancelled"):
        unheard.request_cancel()
    running = create_run(tmp_path, REQUEST)
    running.record_process()
    running.write_status("running")
    assert not running.cancel_requested
    running.request_cancel()
    assert running.cancel_requested
    assert running.status == "running"
    with pytest.raises(RunError, match="Cancel it first"):
        delete_run(running)


def test_a_run_that_is_not_finished_has_no_results(tmp_path):
    run = create_run(tmp_path, REQUEST)
    for ask in (run.predictions, run.curves, run.seed_predictions):
        with pytest.raises(RunError, match="is queued, not finished"):
            ask()
    assert run.metrics == {}


def test_events_are_followed_from_where_one_left_off(tmp_path):
    path = tmp_path / "progress.jsonl"
    assert read_events(path) == ([], 0)
    append_event(path, {"event": "started"})
    events, offset = read_events(path)
    assert [event["event"] for event in events] == ["started"]
    assert read_events(path, offset) == ([], offset)
    # A line that is still being written is not there yet.
    with path.open("a") as file:
        file.write('{"event": "ep')
    assert read_events(path, offset) == ([], offset)
    with path.open("a") as file:
        file.write('och"}\n')
    events, offset = read_events(path, offset)
    assert [event["event"] for event in events] == ["epoch"]
    with path.open("a") as file:
        file.write('not json\n{"event": "done"}\n')
    assert [event["event"] for event in read_events(path, offset)[0]] == ["done"]


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    run_files.write_json(path, {"old": True})

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"No space left on device.*Free some disk space"):
        run_files.write_json(path, {"new": True})
    assert run_files.read_json(path) == {"old": True}
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "runs").write_text("a file in the way")
    with pytest.raises(RunError, match="no run can be made"):
        create_run(tmp_path / "runs", REQUEST)


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        ("cancelled", "cancelled by the user", "cancelled by the user"),
        ("failed", "the disk is full", "failed: the disk is full"),
        ("finished", "", "finished"),
    ],
)
def test_how_a_run_ended_is_said_once(status, reason, said):
    assert end_words(SimpleNamespace(status=status, reason=reason)) == said
