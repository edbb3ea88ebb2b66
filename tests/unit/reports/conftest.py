"""A workspace of two small databases, and runs in their folders, written without any training."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.frames.frames import index_images
from mexlab.data.reports import ImportReport
from mexlab.evaluation.metrics import metrics_by_database
from mexlab.evaluation.seed_spread import seed_spread
from mexlab.runs import files as run_files
from mexlab.runs.files import CurvePoint, Prediction
from mexlab.runs.run import FINISHED, RUNNING, create_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

CLASSES = ("negative", "positive", "surprise")

#: database, subject, clip, emotion, class, and what each of two seeds is sure of (its class and
#: how sure).
CLIPS = (
    ("casme2", "sub01", "EP01", "disgust", "negative", ("negative", 0.9), ("negative", 0.8)),
    ("casme2", "sub01", "EP02", "happiness", "positive", ("negative", 0.8), ("negative", 0.6)),
    ("casme2", "sub02", "EP03", "surprise", "surprise", ("surprise", 0.7), ("surprise", 0.9)),
    ("casme2", "sub02", "EP04", "happiness", "positive", ("positive", 0.6), ("positive", 0.6)),
    ("smic", "s01", "s01_ne_01", "negative", "negative", ("negative", 0.5), ("positive", 0.9)),
    ("smic", "s01", "s01_po_01", "positive", "positive", ("negative", 0.9), ("negative", 0.9)),
    ("smic", "s02", "s02_sur_01", "surprise", "surprise", ("surprise", 0.8), ("surprise", 0.8)),
)


@pytest.fixture
def workspace(tmp_path):
    """CASME II with frames (one clip more, of an emotion without a class), SMIC as features."""
    made = Workspace.create(tmp_path / "ws", name="ws")
    grey = np.full((8, 8, 3), 90, dtype=np.uint8)
    for database, title in (("casme2", "CASME II (small)"), ("smic", "SMIC")):
        root = tmp_path / database
        clips, codings = [], []
        rows = [row[:4] for row in CLIPS if row[0] == database]
        if database == "casme2":
            rows.append(("casme2", "sub02", "EP05", "others"))
        for _, subject, name, emotion in rows:
            key = ClipKey(database, subject, name)
            if database == "casme2":
                folder = root / subject / name
                folder.mkdir(parents=True)
                for number in (10, 11, 12):
                    cv2.imwrite(str(folder / f"img{number}.jpg"), grey)
                clips.append(Clip(key, 200.0, index_images(folder)))
                codings.append(
                    Coding(key, "database", onset=10, apex=11, offset=12, emotion=emotion)
                )
            else:
                clips.append(Clip(key, None, None, Path(subject) / f"{name}.png"))
                codings.append(Coding(key, "database", emotion=emotion))
        made.store.put_database(
            ImportedDatabase(
                name=database,
                title=title,
                layout=database,
                root=root,
                synthetic=False,
                emotions=tuple(sorted({row[3] for row in rows})),
                clips=clips,
                codings=codings,
                report=ImportReport(database, title, str(root)),
            )
        )
    return made


def shares(called: str, sure: float) -> dict[str, float]:
    rest = (1.0 - sure) / 2
    return {name: sure if name == called else rest for name in CLASSES}


def seed_rows(clips, seed: int, which: int) -> list[Prediction]:
    return [
        Prediction(
            ClipKey(*row[:3]),
            row[4],
            row[which][0],
            shares(*row[which]),
            seed,
            f"{row[0]}/{row[1]}",
        )
        for row in clips
    ]


def write_finished(
    workspace: Workspace,
    *,
    synthetic: bool = False,
    only: str | None = None,
    seeds: tuple[int, ...] = (1, 2),
    **training,
):
    """A finished run of two seeds, or of the first, in the shape that training writes."""
    clips = [row for row in CLIPS if only in (None, row[0])]
    settings = TrainingSettings(epochs=2, seeds=seeds, **training)
    run = create_run(workspace.runs_dir, TrainRequest(training=settings).to_record())
    rows = [row for seed in seeds for row in seed_rows(clips, seed, seed + 4)]
    databases = [row[0] for row in clips]
    run_files.write_predictions(run.folder / run_files.PREDICTIONS, rows, CLASSES)
    run_files.write_curves(
        run.folder / run_files.CURVES,
        [CurvePoint(s, "casme2/sub01", e, 1.0 / e, 0.5) for s in seeds for e in (1, 2)],
    )

    def score(predicted):
        truth = [CLASSES.index(row[4]) for row in clips]
        return metrics_by_database(truth, predicted, databases, CLASSES)

    def named(own):
        return [CLASSES.index(row.predicted) for row in own]

    mean = []
    for row in clips:
        sure = [shares(*row[seed + 4]) for seed in seeds]
        mean.append(max(range(3), key=lambda i: sum(one[CLASSES[i]] for one in sure)))
    per_seed = [score(named(seed_rows(clips, s, s + 4))) for s in seeds]
    metrics = {
        name: {
            **one.to_record(),
            "seeds": seed_spread(seeds, [own[name] for own in per_seed]),
        }
        for name, one in score(mean).items()
    }
    names = list(dict.fromkeys(databases))
    run.write_status(RUNNING, settings=settings.to_record())
    run.write_status(
        FINISHED,
        seconds=75.0,
        metrics=metrics,
        data={
            "classes": list(CLASSES),
            "clips": len(clips),
            "subjects": len({row[:2] for row in clips}),
            "databases": [{"name": name, "synthetic": synthetic} for name in names],
            "synthetic": synthetic,
        },
    )
    return run


@pytest.fixture
def finished(workspace):
    return write_finished(workspace)


@pytest.fixture
def write_run(workspace):
    """``write_run(synthetic=…, only=…, protocol=…)`` writes one more finished run."""
    return lambda **options: write_finished(workspace, **options)


@pytest.fixture
def running(workspace):
    """A run of this very process, so that it counts as alive."""
    settings = TrainingSettings(epochs=4)
    run = create_run(workspace.runs_dir, TrainRequest(training=settings).to_record())
    run.record_process(os.getpid())
    run.write_status(RUNNING, settings=settings.to_record())
    return run


@pytest.fixture
def unchecked(monkeypatch):
    """Lets trainings be queued that the small workspace has too few people for."""
    for module in ("trainings.check", "queue.places", "queue.detached"):
        monkeypatch.setattr(f"mexlab.workspace.{module}.check_request", lambda *_: None)
