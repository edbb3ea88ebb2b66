"""The held-out prediction beside the maps: whose run, whose labels, of which apex."""

from __future__ import annotations

import json
import threading

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.errors import InputError
from mexlab.pages.flow.page import FlowPage
from mexlab.runs import files as run_files
from mexlab.runs.files import Prediction
from mexlab.runs.metrics import metrics_of_predictions
from mexlab.runs.run import FINISHED, create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.training import held_out as asked_networks
from mexlab.workspace.feature_sets.inputs import INPUTS
from mexlab.workspace.feature_sets.run_samples import same_expression
from mexlab.workspace.trainings.request import TrainRequest

FACE = ClipKey("lab", "s1", "face")
CLASSES = ("negative", "positive", "surprise")
OTHER = ClipKey("lab", "s3", "maps")


def write_run(
    workspace, called="positive", labels="megc2019", key=FACE, apex=12, seeds=(1,), **training
):
    """A finished run that called one clip, from frame 10 to `apex`, by the fold of its person."""
    settings = TrainingSettings(epochs=1, seeds=seeds, **training)
    request = TrainRequest(training=settings, labels=labels)
    run = create_run(workspace.runs_dir, request.to_record(), name=f"{labels} {called}")
    classes = CLASSES
    shares = {name: 0.8 if name == called else 0.1 for name in classes}
    rows = [Prediction(key, "positive", called, shares, one, "/".join(key.group)) for one in seeds]
    run_files.write_predictions(run.folder / run_files.PREDICTIONS, rows, classes)
    (run.folder / INPUTS).write_text(
        "database,subject,clip,expression,label,onset,apex,emotion,input_sha256\n"
        f"{key.database},{key.subject},{key.name},1,positive,10,{apex},happiness,0\n"
    )
    run.write_status(
        FINISHED,
        settings=settings.to_record(),
        metrics=metrics_of_predictions(rows, classes),
        data={
            "classes": list(classes),
            "labels": labels,
            "clips": 1,
            "subjects": 1,
            "databases": [{"name": "lab", "synthetic": False}],
            "synthetic": False,
        },
    )
    return run


@pytest.fixture
def networks(monkeypatch):
    """Networks that are sure of surprise; what they were asked is kept."""
    asked = []

    def call(run, fold, inputs, masked=None):
        asked.append((run.id, fold, inputs.shape, masked is not None))
        return {"negative": 0.1, "positive": 0.2, "surprise": 0.7}

    monkeypatch.setattr(asked_networks, "held_out_call", call)
    return asked


def told(page):
    assert page.held_out.wait(60)
    return next(message for message, _ in reversed(page.sent) if message["type"] == "held-out")


def test_the_recorded_call_is_named_with_run_labels_and_apex(open_page, workspace, networks):
    run = write_run(workspace)
    said = told(open_page())
    assert (said["run"], said["predicted"], said["truth"]) == (run.id, "positive", "positive")
    assert said["labels"] == "megc2019: negative, positive, surprise"
    assert said["said"] == "as recorded by the run, apex 12"
    assert networks == []


def test_the_nudged_apex_is_asked_of_the_fold_that_never_saw_the_person(
    open_page, workspace, networks
):
    run = write_run(workspace)
    page = open_page()
    page.nudge_apex(14)
    assert page.wait(60)
    said = told(page)
    assert networks == [(run.id, "lab/s1", (3, 28, 28), True)]
    assert (said["apex"], said["predicted"]) == (14, "surprise")
    assert said["said"] == ("computed now for apex 14; the run recorded positive 0.80 at apex 12")
    page.nudge_apex(None)
    assert page.wait(60)
    assert told(page)["predicted"] == "positive"


def test_a_coding_that_moved_since_the_run_is_asked_anew(open_page, workspace, networks):
    write_run(workspace, apex=13)
    said = told(open_page())
    assert (said["apex"], said["predicted"]) == (12, "surprise")
    assert said["said"].endswith("the run recorded positive 0.80 at apex 13")


def test_the_run_is_chosen_and_the_newest_comes_first(open_page, workspace, networks):
    old = write_run(workspace, called="negative")
    new = write_run(workspace, labels="five")
    write_run(workspace, key=OTHER)
    page = open_page()
    said = told(page)
    assert [one["value"] for one in said["runs"]] == [new.id, old.id]
    assert said["runs"][0]["title"].endswith("· five")
    assert said["run"] == new.id
    page._on_message(page.probe, {"type": "run", "id": old.id}, [])
    said = told(page)
    assert (said["run"], said["predicted"]) == (old.id, "negative")
    # The address names it, too; of a run without the clip that is said.
    assert told(open_page(FACE, run=old.id))["run"] == old.id
    assert told(open_page(OTHER, run=old.id))["lacks"] == f"Run {old.id} has not this clip."


def test_what_cannot_be_computed_is_said_in_its_place(open_page, workspace, monkeypatch):
    write_run(workspace)

    def damaged(*_args, **_kwargs):
        raise InputError("the weights cannot be read", where="seed-1.safetensors")

    monkeypatch.setattr(asked_networks, "held_out_call", damaged)
    page = open_page()
    page.nudge_apex(14)
    assert page.wait(60)
    said = told(page)
    assert "Not computed for apex 14" in said["problem"]
    assert "the weights cannot be read" in said["problem"]
    assert "classes" not in said
    assert page.content.message["apex"] == 14


def test_it_is_closed_where_the_clip_is(open_page, workspace, networks):
    write_run(workspace)
    workspace.store.change_coding(FACE, "anna", {"onset": 10, "apex": 13}, page="annotate")
    page = open_page(FACE, coder="anna")
    said = told(page)
    assert said["closed"] == "shown after your commit"
    assert not {"truth", "predicted", "classes", "said"} & set(said)
    assert networks == []
    workspace.store.change_coding(FACE, "anna", {"status": "committed"}, page="annotate")
    page.open_clip(FACE)
    assert page.wait(60)
    assert told(page)["said"].startswith("computed now for apex 13")


def write_run_of(workspace, coder, samples):
    """A run on a coder's coding of FACE: by its number, each sample's call, onset and apex."""
    run = write_run(workspace)
    rows = [
        Prediction(
            FACE.of_expression(number),
            called,
            called,
            {name: float(name == called) for name in CLASSES},
            1,
            "lab/s1",
        )
        for number, (called, _, _) in samples.items()
    ]
    run_files.write_predictions(run.folder / run_files.PREDICTIONS, rows, CLASSES)
    (run.folder / INPUTS).write_text(
        "database,subject,clip,expression,label,onset,apex,emotion,input_sha256\n"
        + "".join(
            f"lab,s1,face,{number},{called},{onset},{apex},,0\n"
            for number, (called, onset, apex) in samples.items()
        )
    )
    record = {
        **run.record,
        "request": {**run.record["request"], "coder": coder},
        "data": {**run.record["data"], "clips": len(rows)},
        "metrics": metrics_of_predictions(rows, CLASSES),
    }
    (run.folder / run_files.RECORD).write_text(json.dumps(record))
    return run


def code(workspace, coder, *spans):
    """A coder's expressions of FACE, committed; each its onset, apex and offset."""
    for number, span in enumerate(spans, start=1):
        changes = dict(zip(("onset", "apex", "offset"), span, strict=True))
        workspace.store.change_coding(
            FACE, coder, {**changes, "status": "committed"}, page="annotate", expression=number
        )


def test_the_sample_is_found_by_what_the_run_trained_on_not_by_its_number(
    open_page, workspace, networks
):
    # The database has one expression, from 10 to 14; for anna that is her second.
    code(workspace, "anna", (13, 14, 14), (10, 12, 12))
    run = write_run_of(workspace, "anna", {1: ("negative", 13, 14), 2: ("surprise", 10, 12)})
    page = open_page()
    assert page.coder == "database"
    said = told(page)
    assert (said["run"], said["predicted"]) == (run.id, "surprise")
    assert said["said"] == (
        "as recorded by the run, apex 12; trained on anna's coding, its expression 2"
    )
    # By her own coding numbers are hers.
    page.choose_coder("anna")
    assert page.wait(60)
    assert told(page)["predicted"] == "negative"
    assert told(page)["said"] == "as recorded by the run, apex 14"
    page.open_clip(FACE.of_expression(2))
    assert page.wait(60)
    assert told(page)["predicted"] == "surprise"
    assert networks == []


def test_an_expression_that_the_run_has_not_is_said_calmly(open_page, workspace, networks):
    code(workspace, "anna", (13, 14, 14))
    code(workspace, "bert", (10, 11, 12))
    run = write_run_of(workspace, "bert", {1: ("negative", 10, 11)})
    page = open_page(FACE, coder="anna")
    assert told(page)["runs"] == []
    assert told(page)["elsewhere"] == (
        "No run has this expression. Those that have the clip were trained on bert's coding, "
        "which has none at these frames."
    )
    # Beside one that has it, the run of the address is said to lack it, and why.
    newer = write_run_of(workspace, "anna", {1: ("surprise", 13, 14)})
    said = told(open_page(FACE, coder="anna", run=run.id))
    assert (said["run"], said["predicted"]) == (newer.id, "surprise")
    assert "bert's coding, which has none at these frames" in said["lacks"]
    assert networks == []


@pytest.mark.parametrize(
    ("shown", "sample"),
    [
        ((10, 12, 14), 2),
        # Two with as many frames in common: the nearer apex.
        ((18, 20, 26), 3),
        ((None, 21, None), 3),
        ((30, 31, 32), None),
        ((None, None, None), None),
    ],
)
def test_what_shows_the_same_frames_is_the_same_expression(workspace, shown, sample):
    used = {
        FACE.of_expression(number): marks
        for number, marks in {1: (24, 26), 2: (11, 13), 3: (20, 22)}.items()
    }
    coding = Coding(FACE, "anna", *shown)
    found = same_expression(workspace, coding, set(used), "database", used)
    assert found == (None if sample is None else FACE.of_expression(sample))


def test_a_clip_without_frames_has_the_only_sample_there_is(workspace):
    one, two = OTHER, OTHER.of_expression(2)
    coding = Coding(OTHER, "anna")
    assert same_expression(workspace, coding, {one}, "database", {}) == one
    assert same_expression(workspace, coding, {one, two}, "database", {}) is None
    assert same_expression(workspace, coding, {two}, "anna", {}) is None


def test_no_run_has_the_clip(open_page):
    assert told(open_page())["runs"] == []


def test_the_form_says_where_it_differs_from_what_the_run_trained_on(open_page, workspace):
    page = open_page()
    assert page.form.differences == []
    run = write_run(workspace, normalise="min-max")
    page.open_clip(FACE)
    assert page.wait(60)
    assert page.form.compared == run.name
    assert page.form.differences == ["input median-scale, not min-max"]
    page.form.options = {**page.form.options, "normalise": "min-max", "margin": 0}
    assert page.wait(60)
    assert page.form.differences == ["mask margin 0 px, not 5 px"]


def test_a_held_key_ends_at_the_last_apex(open_page, workspace, monkeypatch):
    write_run(workspace)
    gate = threading.Event()

    def slow(*_args, **_kwargs):
        assert gate.wait(30)
        return {"negative": 0.1, "positive": 0.2, "surprise": 0.7}

    monkeypatch.setattr(asked_networks, "held_out_call", slow)
    page = open_page()
    for number in (11, 13, 14):
        page.nudge_apex(number)
        assert page._maps.wait(60)
    gate.set()
    assert page.wait(60)
    assert told(page)["apex"] == 14


def test_an_unknown_run_is_refused(workspace):
    with pytest.raises(InputError, match="no run"):
        FlowPage(workspace, FACE, run="gone-001")


def imported(run):
    """The run as if it were imported: with neither settings nor networks."""
    told = {"file": "theirs.csv", "method": "imported", "protocol": "", "seeds": []}
    record = {**run.record, "settings": {}, "request": {}, "imported": told}
    (run.folder / run_files.RECORD).write_text(json.dumps(record))
    (run.folder / INPUTS).unlink()
    return run


def test_an_imported_run_has_no_networks_and_is_not_chosen_by_itself(
    open_page, workspace, networks
):
    own = write_run(workspace)
    theirs = imported(write_run(workspace, called="negative", labels="five"))
    page = open_page()
    said = told(page)
    assert [one["value"] for one in said["runs"]] == [theirs.id, own.id]
    assert said["run"] == own.id
    page._on_message(page.probe, {"type": "run", "id": theirs.id}, [])
    for apex in (None, 14):
        page.nudge_apex(apex)
        assert page.wait(60)
        said = told(page)
        assert (said["run"], said["predicted"], said["apex"]) == (theirs.id, "negative", None)
        assert said["said"] == "imported: mexlab has no networks of it"
    assert networks == []


def test_averaged_seeds_are_told(open_page, workspace, networks):
    write_run(workspace, seeds=(1, 2, 3))
    page = open_page()
    assert told(page)["said"] == "as recorded by the run, apex 12; 3 seeds averaged"
    page.nudge_apex(14)
    assert page.wait(60)
    assert told(page)["said"].endswith("at apex 12; 3 seeds averaged")
