"""Table 7 of the paper and the user's own runs in the same four cells, in words and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mexlab.evaluation.tables import PUBLISHED_CLASSES, published_ablation
from mexlab.reports.ablation import Ablation, AblationCell, spell_choice
from mexlab.reports.figures import score
from mexlab.runs.run import Run

CAPTION = "Pre-training and the eye mask"

COLUMNS = ["no eye mask", "eye mask"]

#: The column of runs on a feature release.
AS_RELEASED = "as released"

NO_RUN = "no run yet"


def published_ablation_rows() -> list[dict[str, Any]]:
    """Accuracy of LAENet with and without CK+ (rows) and the eye mask (columns), as printed."""
    found = {(one.ck_plus, one.eye_mask): one.accuracy for one in published_ablation()}
    return [
        {"label": label, "cells": [score(found[ck_plus, mask]) for mask in (False, True)]}
        for label, ck_plus in (("without CK+", False), ("pre-trained on CK+", True))
    ]


def own_ablation_rows(
    ablation: Ablation,
    run: Run,
    titles: Mapping[str, str],
    link: Callable[[Run], str] | None = None,
) -> list[dict[str, Any]]:
    """The user's own rows: ``{label, cells}``, a cell ``{text, small, run, name, also,
    url, own}``.

    ``text`` is accuracy with its spread over seeds, ``small`` UF1; ``run`` is "" where none falls
    into the cell, ``own`` marks the run shown. ``url`` is what `link` makes of the run.
    """
    named = " and ".join(titles.get(name, name) for name in ablation.pretrain)
    labels = {False: "not pre-trained", True: f"pre-trained on {named}" if named else "pre-trained"}
    return [
        {
            "label": label,
            "cells": [
                _cell(one, run, link) for one in ablation.cells if one.pretrained is pretrained
            ],
        }
        for pretrained, label in labels.items()
    ]


def ablation_columns(ablation: Ablation) -> list[str]:
    """Heads of the own columns."""
    return [AS_RELEASED] if ablation.cells[0].mask is None else COLUMNS


def ablation_steps(ablation: Ablation, run: Run, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """How to fill each empty cell: ``{text, command}``."""
    named = [titles.get(name, name) for name in ablation.pretrain]
    steps = []
    for cell in ablation.cells:
        if cell.run is None:
            what = cell.missing
            if cell.command:
                choice = spell_choice(cell.pretrained, cell.mask, named)
                what = f"{choice}; all else as {run.name}"
            steps.append({"text": f"{_cell_name(cell)}: {what}.", "command": cell.command})
    return steps


def ablation_sentence(ablation: Ablation) -> str:
    """What each switch changes, where both sides of it have a run."""
    said = []
    for on in ablation.cells:
        for what, off in (
            ("the eye mask", _partner(ablation, on, mask=True)),
            ("pre-training", _partner(ablation, on, mask=False)),
        ):
            if off is None or on.run is None or off.run is None:
                continue
            (mean, sd), (before, before_sd) = on.figures()["accuracy"], off.figures()["accuracy"]
            points = 100 * (mean - before)
            spread = max(sd or 0.0, before_sd or 0.0)
            within = ", no more than the seeds differ by" if abs(points) <= 100 * spread else ""
            verb = "adds" if points >= 0 else "takes"
            said.append(
                f"{what} {verb} {abs(points):.1f} points{_context(ablation, on, what)}{within}"
            )
    text = "; ".join(said)
    return f"Accuracy: {text}." if text else ""


def ablation_remark(ablation: Ablation, run: Run) -> str:
    """What the figures are, and how far the published can be held against them."""
    parts = [
        "Large: accuracy, mean of the seeds ± their standard deviation; small: UF1. "
        "Same clips, labels, network, recipe and seeds in all of your cells."
    ]
    if ablation.cells[0].mask is None:
        parts.append(
            "The features are a release, made elsewhere: mexlab cannot switch its eye mask."
        )
    if run.summary()["synthetic"]:
        parts.append("Your runs are on synthetic data: not comparable to the published.")
    elif compares(run):
        parts.append(
            "Published: 442 clips of three databases; compare what a switch changes, not how high "
            "the figures are."
        )
    return " ".join(parts)


def compares(run: Run) -> bool:
    """Whether the published table may stand beside a run at all."""
    return run.classes == PUBLISHED_CLASSES


def _cell(cell: AblationCell, run: Run, link: Callable[[Run], str] | None) -> dict[str, Any]:
    if cell.run is None:
        return {"text": NO_RUN, "small": "", "run": "", "url": "", "own": False}
    figures = cell.figures()
    return {
        "text": _spell(*figures["accuracy"]),
        "small": f"UF1 {_spell(*figures['uf1'])}",
        "run": cell.run.id,
        "name": cell.run.name,
        "also": f"the same again: {', '.join(cell.also)}" if cell.also else "",
        "url": link(cell.run) if link else "",
        "own": cell.run.id == run.id,
    }


def _spell(mean: float, sd: float | None) -> str:
    return score(mean) + ("" if sd is None else f" ± {score(sd)}")


def _cell_name(cell: AblationCell) -> str:
    mask = "" if cell.mask is None else f", {COLUMNS[cell.mask]}"
    return ("Pre-trained" if cell.pretrained else "Not pre-trained") + mask


def _partner(ablation: Ablation, on: AblationCell, *, mask: bool) -> AblationCell | None:
    """The cell that differs in one switch alone, which is on here and off there."""
    if not (on.mask if mask else on.pretrained):
        return None
    wanted = (on.pretrained, False) if mask else (False, on.mask)
    return next((one for one in ablation.cells if (one.pretrained, one.mask) == wanted), None)


def _context(ablation: Ablation, on: AblationCell, what: str) -> str:
    """Under which setting of the other switch, in words."""
    if ablation.cells[0].mask is None:
        return ""
    if what == "pre-training":
        return " with the mask" if on.mask else " without the mask"
    return " with pre-training" if on.pretrained else " without pre-training"
