"""What is asked of a training: data, labels, flow settings and training settings in one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.composite.official_list import is_list
from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.feature_sets.samples import check_kind

SOURCES = ("computed", "release")


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """A training as asked for; saved with its run, and enough to repeat it.

    Attributes
    ----------
    databases : tuple of str or None
        None for all of the workspace, but for those that are pre-trained on.
    pretrain : tuple of str
        Databases to pre-train on; none by default.
    coder : str
        Whose coding gives onset, apex and label.
    labels : str
        Name of the label scheme, or path of an official list of the composite.
    features : {"computed", "release"} or None
        None for whichever the chosen clips have.
    kind : {"micro", "macro", "both"} or None
        Which expressions are trained and tested on; None as
        :data:`mexlab.workspace.feature_sets.samples.ExpressionKind` says. Pre-training takes all.
    flow : FlowSettings
    training : TrainingSettings

    Raises
    ------
    InputError
        For a feature source that is none, or a database that is pre-trained and tested on.
    """

    databases: tuple[str, ...] | None = None
    coder: str = GROUND_TRUTH
    labels: str = "megc2019"
    features: str | None = None
    flow: FlowSettings = field(default_factory=FlowSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    pretrain: tuple[str, ...] = ()
    kind: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.databases, list):
            object.__setattr__(self, "databases", tuple(self.databases))
        if isinstance(self.pretrain, list):
            object.__setattr__(self, "pretrain", tuple(self.pretrain))
        both = sorted(set(self.pretrain) & set(self.databases or ()))
        if both:
            raise InputError(
                f"{', '.join(both)} cannot be both pre-trained and tested on",
                where="pretrain",
                remedy="Choose a database of other subjects",
            )
        check_kind(self.kind)
        if self.features not in (None, *SOURCES):
            raise InputError(
                f"expected one of {', '.join(SOURCES)}, got {self.features!r}", where="features"
            )

    def to_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "databases": None if self.databases is None else list(self.databases),
            "coder": self.coder,
            "labels": self.labels,
            "features": self.features,
            "kind": self.kind,
            "flow": self.flow.to_record(),
            "training": self.training.to_record(),
            "pretrain": list(self.pretrain),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> TrainRequest:
        """Read :meth:`to_record` back.

        Raises
        ------
        InputError
            For an unknown field or a value that does not hold.
        """
        known = tuple(field.name for field in fields(cls))
        unknown = sorted(set(record) - set(known))
        if unknown:
            raise InputError(
                f"unknown field {', '.join(unknown)}; known are {', '.join(known)}",
                where="training request",
            )
        values = dict(record)
        if values.get("databases") is not None:
            values["databases"] = tuple(values["databases"])
        if values.get("pretrain") is not None:
            values["pretrain"] = tuple(values["pretrain"])
        if "flow" in values:
            values["flow"] = FlowSettings.from_record(values["flow"])
        if "training" in values:
            values["training"] = TrainingSettings.from_record(values["training"])
        return cls(**values)


def build_request(
    *,
    training: Mapping[str, Any],
    flow: FlowSettings,
    databases: Sequence[str] | None = None,
    coder: str = GROUND_TRUTH,
    labels: str = "megc2019",
    features: str | None = None,
    pretrain: Sequence[str] | None = None,
    kind: str | None = None,
) -> TrainRequest:
    """A request from what a user chose; a setting that is None takes its default.

    Raises
    ------
    InputError
        Naming what does not hold.
    """
    chosen = TrainingSettings(**_given(training))
    return TrainRequest(
        databases=None if databases is None else tuple(databases),
        coder=coder,
        # A run is repeated from wherever one stands then.
        labels=str(Path(labels).expanduser().absolute()) if is_list(labels) else labels,
        features=features,
        pretrain=tuple(pretrain or ()),
        kind=kind,
        flow=flow,
        training=chosen,
    )


def _given(choices: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choices.items() if value is not None}
