"""What went into a run, clip by clip: ``inputs.csv`` in its folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mexlab.runs.files import write_whole
from mexlab.runs.run import Run
from mexlab.workspace.feature_sets.samples import Sample

if TYPE_CHECKING:
    from mexlab.features.feature_set import FeatureSet

INPUTS = "inputs.csv"

_COLUMNS = (
    "database",
    "subject",
    "clip",
    "expression",
    "label",
    "onset",
    "apex",
    "emotion",
    "input_sha256",
)


def codings_digest(samples: Sequence[Sample], labels: Sequence[str]) -> str:
    """Digest of what a training takes of the codings: onset, apex and label of each clip.

    Equal for equal codings, in whatever order the clips come.
    """
    rows = sorted(
        [str(one.key), one.coding.onset, one.coding.apex, label]
        for one, label in zip(samples, labels, strict=True)
    )
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def write_inputs(run: Run, feature_set: FeatureSet, samples: Sequence[Sample]) -> None:
    """Write each clip with its label, the marks it was computed from, and its input's digest.

    Two runs' tables, held against each other, name the clips that differ: coded otherwise, or
    with other motion.

    Parameters
    ----------
    run : Run
    feature_set : FeatureSet
    samples : sequence of Sample
        In the order of the set.

    Raises
    ------
    RunError
        Where the file cannot be written.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for position, sample in enumerate(samples):
        key, coding = sample.key, sample.coding
        table.writerow(
            [
                key.database,
                key.subject,
                key.name,
                key.expression,
                feature_set.classes[feature_set.labels[position]],
                coding.onset,
                coding.apex,
                coding.emotion,
                hashlib.sha256(feature_set.inputs[position].astype("<f4").tobytes()).hexdigest(),
            ]
        )
    write_whole(run.folder / INPUTS, text.getvalue())
