"""The published results that a run is shown beside, and their audit.

The numbers are those of Lien & Chiang (2020), *Lightweight Apex-based Enhanced Network (LAENet)
for Micro-expression Recognition*, Tables 4 to 7, transcribed as printed into
``published/*.csv``. Tables 5 and 6 print per cent of each row; the counts behind them follow from
the composite's number of clips a class (``supports.csv``), and with the counts every figure of
Table 4 can be computed again: :func:`audit_published`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import InputError
from mexlab.evaluation.metrics import METRIC_NAMES, Metrics, metrics_from_confusion

#: The composite's classes, in the order of its label codes 0, 1, 2.
PUBLISHED_CLASSES = ("negative", "positive", "surprise")


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """One method's row of Table 4 for one database, as printed.

    Attributes
    ----------
    number : int
        The row's number in Table 4.
    method, database : str
        ``database`` is ``full``, ``smic``, ``casme2`` or ``samm``.
    accuracy, f1_score, uf1, uar : float or None
        None where the table has no figure.
    note : str
        What is known to be wrong with the printed figures, else "".
    """

    number: int
    method: str
    database: str
    accuracy: float | None
    f1_score: float | None
    uf1: float | None
    uar: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AblationResult:
    """One row of Table 7: LAENet's accuracy with or without CK+ and the eye mask."""

    ck_plus: bool
    eye_mask: bool
    accuracy: float


@dataclass(frozen=True, slots=True)
class AuditedFigure:
    """One printed figure of Table 4 beside the same figure computed from the counts.

    Attributes
    ----------
    network, database, metric : str
    printed, recomputed : float
    agrees : bool
        To the four digits printed.
    is_really : str
        The metric that the printed figure turns out to be; ``metric`` itself where it agrees,
        "" where none fits.
    """

    network: str
    database: str
    metric: str
    printed: float
    recomputed: float
    agrees: bool
    is_really: str


def published_results(database: str | None = None) -> list[PublishedResult]:
    """Table 4 of the LAENet paper, all twelve methods.

    Parameters
    ----------
    database : str, optional
        Only ``full``, ``smic``, ``casme2`` or ``samm``.
    """
    return [row for row in _results() if database in (None, row.database)]


def published_ablation() -> list[AblationResult]:
    """Table 7 of the LAENet paper: CK+ and eye mask, on and off."""
    return [
        AblationResult(row["ck_plus"] == "yes", row["eye_mask"] == "yes", float(row["accuracy"]))
        for row in _rows("ablation.csv")
    ]


@dataclass(frozen=True, slots=True)
class ProtocolResult:
    """What one method's public code gives on the composite under one protocol.

    Attributes
    ----------
    method, protocol : str
    uf1 : float
    uar : float or None
    leaks : bool
        Whether the protocol looks at the clips that it is judged on.
    """

    method: str
    protocol: str
    uf1: float
    uar: float | None
    leaks: bool


def published_protocols() -> list[ProtocolResult]:
    """The same code under an honest protocol and under one that leaks.

    Keeping, for each held-out person, the epoch that scores best on that person is the field's
    best-known leak; run either way, public code shows its size.
    """
    return [
        ProtocolResult(
            row["method"],
            row["protocol"],
            float(row["uf1"]),
            float(row["uar"]) if row["uar"] else None,
            row["leaks"] == "yes",
        )
        for row in _rows("protocols.csv")
    ]


def published_supports() -> dict[str, dict[str, int]]:
    """Clips of each class, and ``subjects``, in the composite and each of its databases."""
    return {
        row["database"]: {name: int(row[name]) for name in (*PUBLISHED_CLASSES, "subjects")}
        for row in _rows("supports.csv")
    }


def published_confusion(network: str, database: str = "full") -> NDArray[np.int64]:
    """Counts behind a published confusion matrix (Table 5: STSTNet, Table 6: LAENet).

    Parameters
    ----------
    network : {"laenet", "ststnet"}
    database : {"full", "smic", "casme2", "samm"}

    Returns
    -------
    ndarray of int64, shape (3, 3)
        Rows are the truth in the order of :data:`PUBLISHED_CLASSES`, columns the prediction.

    Raises
    ------
    InputError
        Where the paper prints no such matrix.
    """
    rows = [
        row
        for row in _rows("confusion.csv")
        if row["network"] == network and row["database"] == database
    ]
    if not rows:
        raise InputError(
            f"no published confusion matrix of {network!r} on {database!r}",
            where="published tables",
            remedy="There are laenet and ststnet on full, smic, casme2 and samm",
        )
    support = published_supports()[database]
    percent = np.array([[float(row[name]) for name in PUBLISHED_CLASSES] for row in rows])
    clips = np.array([support[row["truth"]] for row in rows])
    counts = np.rint(percent * clips[:, None] / 100).astype(np.int64)
    # Two printed decimals pin a count down exactly below 10,000 clips a row; were a transcribed
    # digit wrong, the row would no longer sum to its number of clips.
    if not np.array_equal(counts.sum(axis=1), clips):
        raise InputError(
            f"the rows of {network} on {database} do not sum to their clips",
            where="published/confusion.csv",
        )
    return counts


def audit_published() -> list[AuditedFigure]:
    """Compute Table 4's rows of LAENet and STSTNet again from Tables 6 and 5.

    LAENet's row holds to every digit. What Table 4 prints as STSTNet's UAR is its
    macro-precision, in all four columns: the published comparison of UAR between the two is
    wrong, in LAENet's disfavour.
    """
    audited = []
    for row in published_results():
        network = row.method.lower()
        if network not in ("laenet", "ststnet"):
            continue
        computed = metrics_from_confusion(
            published_confusion(network, row.database), PUBLISHED_CLASSES
        )
        for metric in METRIC_NAMES:
            printed = getattr(row, metric)
            if printed is not None:
                audited.append(_audit(network, row.database, metric, printed, computed))
    return audited


def _audit(
    network: str, database: str, metric: str, printed: float, computed: Metrics
) -> AuditedFigure:
    def fits(name: str) -> bool:
        return abs(round(computed[name], 4) - printed) < 1e-9

    candidates = (metric, *METRIC_NAMES, "macro_precision")
    return AuditedFigure(
        network=network,
        database=database,
        metric=metric,
        printed=printed,
        recomputed=computed[metric],
        agrees=fits(metric),
        is_really=next((name for name in candidates if fits(name)), ""),
    )


@cache
def _results() -> tuple[PublishedResult, ...]:
    def figure(text: str) -> float | None:
        return float(text) if text else None

    return tuple(
        PublishedResult(
            number=int(row["number"]),
            method=row["method"],
            database=row["database"],
            accuracy=figure(row["accuracy"]),
            f1_score=figure(row["f1_score"]),
            uf1=figure(row["uf1"]),
            uar=figure(row["uar"]),
            note="the printed UAR is its macro-precision" if row["method"] == "STSTNet" else "",
        )
        for row in _rows("results.csv")
    )


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (files("mexlab.evaluation") / "published" / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
