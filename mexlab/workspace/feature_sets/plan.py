"""What a training would use, counted without computing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.clips import noun_of
from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.composite.official_list import is_list
from mexlab.data.labels.schemes import THREE_CLASSES, label_scheme
from mexlab.data.people import name_people
from mexlab.data.reports import ReportEntry
from mexlab.workspace.feature_sets.composite import compose_megc2019
from mexlab.workspace.feature_sets.samples import (
    Sample,
    Source,
    check_kind,
    only_source,
    select_samples,
    why_unusable,
)
from mexlab.workspace.feature_sets.two_views import refuse_two_views
from mexlab.workspace.workspace import Workspace


@dataclass(slots=True)
class TrainingPlan:
    """The expressions that a training would take, with their classes, and those it would not.

    Attributes
    ----------
    labelled : list of (Sample, str)
    source : {"computed", "release"}
    classes : tuple of str
    left_out : list of ReportEntry
        Each with its reason. A clip whose flow turns out not to be computable (no face found)
        joins them when the training computes it.
    coded : int
        Expressions that the coder has coded, usable or not.
    fixed : bool
        Whether the classes are the scheme's own, not those that happen to be met.
    """

    labelled: list[tuple[Sample, str]]
    source: Source
    classes: tuple[str, ...]
    left_out: list[ReportEntry] = field(default_factory=list)
    coded: int = 0
    fixed: bool = True

    @property
    def clips(self) -> int:
        """Samples, which are expressions: of most databases one a clip."""
        return len(self.labelled)

    @property
    def noun(self) -> str:
        """What is counted: expressions where a clip holds several, else clips."""
        return noun_of(sample.key for sample, _ in self.labelled)

    @property
    def subjects(self) -> int:
        """People, each once, in however many databases."""
        return len({sample.person for sample, _ in self.labelled})

    @property
    def groups(self) -> list[str]:
        """What each sample's person is called where folds are cut."""
        samples = [sample for sample, _ in self.labelled]
        return name_people([one.key for one in samples], [one.person for one in samples])

    @property
    def database_of(self) -> list[str]:
        """The database of each sample."""
        return [sample.source.key.database for sample, _ in self.labelled]

    @property
    def databases(self) -> int:
        return len({sample.source.key.database for sample, _ in self.labelled})

    @property
    def class_counts(self) -> dict[str, int]:
        """Clips a class, in the order of the classes, those without clips too."""
        counts = Counter(label for _, label in self.labelled)
        return {name: counts[name] for name in self.classes}


def plan_training(
    workspace: Workspace,
    databases: Sequence[str] | None = None,
    coder: str = GROUND_TRUTH,
    labels: str = "megc2019",
    source: Source | None = None,
    kind: str | None = None,
) -> TrainingPlan:
    """Choose and label the clips of a training; its feature set is built from these.

    Parameters
    ----------
    workspace : Workspace
    databases : sequence of str, optional
        All by default.
    coder : str
        Whose coding gives onset, apex and label.
    labels : str
        A scheme of :func:`mexlab.data.labels.schemes.label_scheme`; or the path of an official
        list of the MEGC2019 composite (``.csv``), which then gives clips and labels.
    source : {"computed", "release"}, optional
        From the frames, or the pictures of a feature release. By default whichever the chosen
        clips have; the two are never mixed, for a release has lost amplitude and sign.
    kind : {"micro", "macro", "both"}, optional
        Which expressions; see :data:`mexlab.workspace.feature_sets.samples.ExpressionKind`. An
        official list says itself which clips are meant.

    Raises
    ------
    InputError
        For unknown databases, coders, schemes or kinds, a list that cannot be read, mixed
        sources, and two views of one expression.
    """
    check_kind(kind)
    if is_list(labels):
        return _plan_composite(workspace, databases, coder, Path(labels), source)
    scheme = label_scheme(labels)
    chosen = select_samples(workspace, databases, coder, marks=False, kind=kind)
    samples, left_out = chosen.samples, list(chosen.left_out)
    source = source or only_source(samples)
    labelled: list[tuple[Sample, str]] = []
    for sample in samples:
        key, emotion = sample.key, sample.coding.emotion
        layout, units = sample.source.layout, sample.coding.action_units
        reason = why_unusable(sample, source) or scheme.reason_left_out(
            layout, emotion, key.subject, key.name, units
        )
        label = scheme.classify(layout, emotion, units)
        if reason is not None or label is None:
            left_out.append(ReportEntry("skipped", str(key), reason or "no class"))
        else:
            labelled.append((sample, label))
    refuse_two_views(workspace, [sample for sample, _ in labelled])
    classes = tuple(scheme.classes) or tuple(sorted({label for _, label in labelled}))
    return TrainingPlan(labelled, source, classes, left_out, len(samples), bool(scheme.classes))


def _plan_composite(
    workspace: Workspace,
    databases: Sequence[str] | None,
    coder: str,
    official: Path,
    source: Source | None,
) -> TrainingPlan:
    """The clips of the MEGC2019 composite with the labels of its official list."""
    composite = compose_megc2019(workspace, databases=databases, coder=coder, official=official)
    label_of = {one.key: one.label for one in composite.clips}
    parts = sorted({key.database for key in label_of})
    left_out = [
        ReportEntry("skipped", one.clip, one.reason)
        for one in (*composite.missing, *composite.extra, *composite.left_out)
    ]
    samples: list[Sample] = []
    if parts:  # none would mean all databases
        chosen = select_samples(workspace, parts, coder, marks=False, kind="both")
        for sample in chosen.samples:
            if sample.key in label_of:
                samples.append(sample)
            elif sample.source.key in label_of:
                later = "the composite has one expression of each clip, the first"
                left_out.append(ReportEntry("skipped", str(sample.key), later))
        wanted = set(map(str, label_of))
        left_out += [entry for entry in chosen.left_out if entry.where in wanted]
    source = source or only_source(samples)
    labelled: list[tuple[Sample, str]] = []
    for sample in samples:
        reason = why_unusable(sample, source)
        if reason is None:
            labelled.append((sample, label_of[sample.key]))
        else:
            left_out.append(ReportEntry("skipped", str(sample.key), reason))
    refuse_two_views(workspace, [sample for sample, _ in labelled])
    return TrainingPlan(labelled, source, THREE_CLASSES, left_out, len(samples))


def commonest_reasons(left_out: Sequence[ReportEntry]) -> str:
    """The reasons that most of the clips were left out for, to be told with an error."""
    counts = Counter(entry.reason for entry in left_out).most_common(3)
    if not counts:
        return "Import a database first"
    return "Left out: " + "; ".join(f"{count} because {reason}" for reason, count in counts)
