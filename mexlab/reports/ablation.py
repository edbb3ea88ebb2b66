"""Pre-training crossed with the eye mask: which of the workspace's runs fall into which cell.

Table 7 of the LAENet paper switches CK+ pre-training and the eye mask on and off and leaves all
else alone. The same is read off the runs' own records here: a run stands in a cell only if nothing
but these two differs from the run shown, down to its clips, labels and seeds. Every other run is
named with what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mexlab.errors import MexlabError, RunError
from mexlab.evaluation.metrics import FULL, METRIC_NAMES
from mexlab.runs.folding import dealt_by
from mexlab.runs.run import FINISHED, Run
from mexlab.workspace.trainings.command import train_command
from mexlab.workspace.trainings.request import TrainRequest

#: Settings that are no recipe: compared under a name of their own, or of speed alone.
_NOT_RECIPE = frozenset(
    {
        "model",
        "seeds",
        "threads",
        "backend",
        "device",
        "protocol",
        "k",
        "fold_seed",
        "pretrain_epochs",
        "masked_cells",
    }
)

_MASK = frozenset({"eye_mask", "eye_mask_margin"})


@dataclass(frozen=True, slots=True)
class AblationCell:
    """One of the four cells.

    Attributes
    ----------
    pretrained : bool
    mask : bool or None
        None for the features of a release, whose mask nobody can change.
    run : Run or None
        The newest that falls here; the run shown in its own cell.
    also : tuple of str
        Ids of further runs that fall here.
    command : str
        Trains what is missing; "" where there is a run, or no command can.
    missing : str
        What to choose on the train page for it, in words; "" where there is a run.
    """

    pretrained: bool
    mask: bool | None
    run: Run | None
    also: tuple[str, ...] = ()
    command: str = ""
    missing: str = ""

    def figures(self) -> dict[str, tuple[float, float | None]]:
        """Mean and standard deviation over seeds of each figure of Full; {} without a run."""
        if self.run is None:
            return {}
        full = self.run.metrics[FULL]
        seeds = full.get("seeds") or {}
        mean, sd = seeds.get("mean") or {}, seeds.get("sd") or {}
        return {name: (mean.get(name, full[name]), sd.get(name)) for name in METRIC_NAMES}


@dataclass(frozen=True, slots=True)
class Ablation:
    """The table, and what did not come into it.

    Attributes
    ----------
    cells : list of AblationCell
        Without pre-training first, within it without the mask first.
    pretrain : tuple of str
        Databases of the pre-trained row; those that a command proposes where no run has any.
    unlike : list of (Run, str)
        Other finished runs, newest first, each with what differs.
    """

    cells: list[AblationCell]
    pretrain: tuple[str, ...]
    unlike: list[tuple[Run, str]] = field(default_factory=list)

    def to_record(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "pretrain": list(self.pretrain),
            "cells": [
                {
                    "pretrained": cell.pretrained,
                    "eye_mask": cell.mask,
                    "run": None if cell.run is None else cell.run.id,
                    "also": list(cell.also),
                    "figures": {
                        name: {"mean": mean, "sd": sd}
                        for name, (mean, sd) in cell.figures().items()
                    },
                    "missing": cell.missing,
                    "command": cell.command,
                }
                for cell in self.cells
            ],
            "left_out": [{"run": run.id, "why": why} for run, why in self.unlike],
        }


def run_ablation(run: Run, every: Iterable[Run], layouts: Mapping[str, str]) -> Ablation:
    """Sort the workspace's runs into the cells around one of them.

    Parameters
    ----------
    run : Run
        Finished; decides what all else has to be equal to.
    every : iterable of Run
        All of the workspace, newest first.
    layouts : mapping
        Of the workspace's databases, by name: CK+ among them is what a command proposes.

    Returns
    -------
    Ablation
    """
    own = _conditions(run)
    clips = _labelled_clips(run)
    found: dict[tuple[bool, bool | None], list[Run]] = {(bool(own.pretrain), own.mask): [run]}
    unlike: list[tuple[Run, str]] = []
    pretrain = own.pretrain
    for other in every:
        if other.id == run.id or other.status != FINISHED:
            continue
        if other.imported:
            unlike.append((other, "imported: what it was trained with is not known"))
            continue
        try:
            one = _conditions(other)
            why = own.difference(one, pretrain)
            if not why and _labelled_clips(other) != clips:
                why = "other clips, or other labels of them"
        except MexlabError as error:
            why = f"cannot be read ({error})"
        if why:
            unlike.append((other, why))
            continue
        pretrain = pretrain or one.pretrain
        found.setdefault((bool(one.pretrain), one.mask), []).append(other)
    proposed = pretrain or _macro_database(run, layouts)
    masks: tuple[bool | None, ...] = (None,) if own.mask is None else (False, True)
    cells = [
        _cell(run, found.get((pretrained, mask), []), pretrained, mask, proposed)
        for pretrained in (False, True)
        for mask in masks
    ]
    return Ablation(cells, proposed, unlike)


def spell_choice(pretrained: bool, mask: bool | None, names: Iterable[str]) -> str:
    """What to choose on the train page for a cell; `names` are those of the pre-training."""
    words = [f"pre-train on {' and '.join(names)}" if pretrained else "pre-train on nothing"]
    if mask is not None:
        words.append(f"eye mask {'on' if mask else 'off'}")
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class _Conditions:
    """What two runs have to share to stand in one table, and the two that may differ."""

    pretrain: tuple[str, ...]
    mask: bool | None
    margin: float
    masked_cells: str
    pretrain_epochs: int
    same: dict[str, Any]

    def difference(self, other: _Conditions, pretrain: tuple[str, ...]) -> str:
        """What keeps another run out; "" where nothing does."""
        for name, mine in self.same.items():
            theirs = other.same[name]
            if mine != theirs:
                return _spell_difference(name, mine, theirs)
        if self.mask and other.mask and self.margin != other.margin:
            return f"eye mask of {other.margin:g} px around the eyes, not {self.margin:g}"
        if self.mask and other.mask and self.masked_cells != other.masked_cells:
            return f"masked cells {other.masked_cells}, not {self.masked_cells}"
        if pretrain and other.pretrain and pretrain != other.pretrain:
            return f"pre-trained on {', '.join(other.pretrain)}, not {', '.join(pretrain)}"
        if self.pretrain and other.pretrain and self.pretrain_epochs != other.pretrain_epochs:
            return f"pre-trained for {other.pretrain_epochs} epochs, not {self.pretrain_epochs}"
        return ""


def _conditions(run: Run) -> _Conditions:
    """Raises MexlabError where the run's record cannot be read, or it was imported."""
    if run.imported:
        raise RunError("was imported: what it was trained with is not known", where=run.id)
    request, data = _request(run), run.record.get("data") or {}
    settings = run.settings or request.training
    features = data.get("features") or {}
    source = features.get("source") or request.features or "computed"
    flow = {**request.flow.to_record(), **(features.get("flow") or {})}
    record = settings.to_record()
    folds = dealt_by(settings) or ()
    return _Conditions(
        pretrain=tuple(sorted(request.pretrain)),
        mask=None if source == "release" else bool(flow["eye_mask"]),
        margin=float(flow["eye_mask_margin"]),
        masked_cells=settings.masked_cells,
        pretrain_epochs=settings.pretrain_epochs,
        same={
            "databases": sorted(str(one.get("name")) for one in data.get("databases", [])),
            "classes": list(run.classes),
            "network": settings.model,
            "features": source,
            "flow settings": {}
            if source == "release"
            else {name: value for name, value in flow.items() if name not in _MASK},
            "coder": request.coder,
            "labels": features.get("labels_sha256") or request.labels,
            "protocol": [settings.protocol, *folds],
            "recipe": {name: one for name, one in record.items() if name not in _NOT_RECIPE},
            "seeds": record["seeds"],
        },
    )


def _request(run: Run) -> TrainRequest:
    return TrainRequest.from_record(run.record.get("request") or {})


def _labelled_clips(run: Run) -> frozenset[tuple[Any, str]]:
    return frozenset((row.key, row.true) for row in run.seed_predictions())


def _spell_difference(name: str, mine: Any, theirs: Any) -> str:
    if isinstance(mine, dict):
        parts = [
            f"{key.replace('_', ' ')} {_plain(theirs.get(key))}, not {_plain(one)}"
            for key, one in mine.items()
            if theirs.get(key) != one
        ]
        return f"other {name}: {'; '.join(parts)}"
    return f"other {name}: {_plain(theirs)}, not {_plain(mine)}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _macro_database(run: Run, layouts: Mapping[str, str]) -> tuple[str, ...]:
    """CK+ where the workspace has it and the run does not test on it; else nothing."""
    tested = {str(one.get("name")) for one in (run.record.get("data") or {}).get("databases", [])}
    known = [name for name, layout in layouts.items() if layout == "ckplus" and name not in tested]
    return tuple(sorted(known)[:1])


def _cell(
    run: Run, found: list[Run], pretrained: bool, mask: bool | None, pretrain: tuple[str, ...]
) -> AblationCell:
    if found:
        return AblationCell(pretrained, mask, found[0], also=tuple(one.id for one in found[1:]))
    if pretrained and not pretrain:
        text = (
            "No database to pre-train on: import CK+, or another one of macro-expressions of other "
            "people"
        )
        return AblationCell(pretrained, mask, None, missing=text)
    asked = _request(run)
    wanted = replace(
        asked,
        # By name: what is imported later is not to join them.
        databases=tuple(_conditions(run).same["databases"]) or asked.databases,
        training=run.settings or asked.training,
        flow=asked.flow if mask is None else replace(asked.flow, eye_mask=mask),
        pretrain=pretrain if pretrained else (),
    )
    return AblationCell(
        pretrained,
        mask,
        None,
        command=train_command(wanted),
        missing=spell_choice(pretrained, mask, pretrain),
    )
