"""From the workspace's clips and codings to what a network is trained on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.reports import ReportEntry
from mexlab.deprecation import deprecated
from mexlab.errors import InputError, MexlabError
from mexlab.features.settings import FlowSettings
from mexlab.workspace.feature_sets.plan import commonest_reasons, plan_training
from mexlab.workspace.feature_sets.samples import Sample, Source, select_samples
from mexlab.workspace.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mexlab.features.feature_set import FeatureSet
    from mexlab.features.flow_maps import FlowMaps

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class FeatureSummary:
    """What :func:`compute_features` did.

    Attributes
    ----------
    ready : int
        Expressions whose flow maps are in the cache now.
    clips : int
        Clips that these are in; fewer where a clip holds several.
    left_out : list of ReportEntry
        Clips and expressions without, each with its reason.
    warnings : list of ReportEntry
        Those with maps that cannot be an expression's, each with what makes one doubt it
        (:mod:`mexlab.features.plausibility`).
    seconds : float
    """

    ready: int = 0
    clips: int = 0
    left_out: list[ReportEntry] = field(default_factory=list)
    warnings: list[ReportEntry] = field(default_factory=list)
    seconds: float = 0.0

    def to_record(self) -> dict[str, Any]:
        return {
            "ready": self.ready,
            "clips": self.clips,
            "left_out": [entry.to_record() for entry in self.left_out],
            "warnings": [entry.to_record() for entry in self.warnings],
            "seconds": round(self.seconds, 2),
        }


def compute_features(
    workspace: Workspace,
    databases: Sequence[str] | None = None,
    coder: str = GROUND_TRUTH,
    settings: FlowSettings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    kind: str | None = None,
) -> FeatureSummary:
    """Compute the flow maps of every expression that has an onset and an apex, and keep them.

    Parameters
    ----------
    workspace : Workspace
    databases : sequence of str, optional
        All by default.
    coder : str
        Whose onset and apex.
    settings : FlowSettings, optional
    jobs : int, optional
        Processes; all cores by default.
    progress : callable, optional
        Called as ``progress(done, total)``.
    kind : {"micro", "macro", "both"}, optional
        As of :func:`mexlab.workspace.feature_sets.plan.plan_training`.

    Raises
    ------
    InputError
        For a database that the workspace does not have, a kind that is none, or landmarks that
        cannot be found.
    """
    from mexlab.vision.landmarks import check_landmarks

    begun = time.monotonic()
    settings = settings or FlowSettings()
    # A name that is none would else be told once a clip, each after its frames were read.
    check_landmarks(settings.landmarks)
    selected = select_samples(workspace, databases, coder, kind=kind)
    summary = FeatureSummary(left_out=list(selected.left_out))
    chosen = []
    clips = set()
    for sample in selected.samples:
        if sample.source.frames is None:
            reason = "it came as ready features, there are no frames to compute from"
            summary.left_out.append(ReportEntry("note", str(sample.key), reason))
        else:
            chosen.append(sample)
    results = _flow_maps(workspace, chosen, settings, jobs, progress, look=True)
    for sample, maps in zip(chosen, results, strict=True):
        if isinstance(maps, ReportEntry):
            summary.left_out.append(maps)
            continue
        summary.warnings += [
            ReportEntry("warning", str(sample.key), doubt) for doubt in maps.doubts
        ]
        summary.ready += 1
        clips.add(sample.source.key)
    summary.clips = len(clips)
    summary.seconds = time.monotonic() - begun
    return summary


def _remember_faces(workspace: Workspace, samples: Mapping[str, Sample]) -> None:
    """Find one face of each database of which none is known: Annotate begins on it."""
    from mexlab.data.frames.frames import frames_from_record
    from mexlab.workspace.feature_sets.face_places import FacePlaces, find_face

    places = FacePlaces(workspace.cache_dir)
    for name, sample in samples.items():
        source, onset = sample.source, sample.coding.onset
        if places.knows(name) or source.frames is None or onset is None:
            continue
        try:
            frames = frames_from_record(source.frames, source.root)
            find_face(source.key, frames, onset, workspace.cache_dir)
        except MexlabError:
            # An aid: the page looks for it, too.
            continue


@dataclass(frozen=True, slots=True)
class BuiltSet:
    """What :func:`build_feature_set` made.

    Attributes
    ----------
    feature_set : FeatureSet
    samples : tuple of Sample
        The expressions of the set with their codings, in its order.
    left_out : tuple of ReportEntry
        Every clip that is not in it, with its reason.
    """

    feature_set: FeatureSet
    samples: tuple[Sample, ...]
    left_out: tuple[ReportEntry, ...]

    @deprecated(
        "the pair that build_feature_set returned",
        "the feature_set and left_out of its result",
        removal="0.3",
    )
    def __iter__(self) -> Iterator[Any]:
        yield from (self.feature_set, list(self.left_out))


def build_feature_set(
    workspace: Workspace,
    databases: Sequence[str] | None = None,
    *,
    coder: str = GROUND_TRUTH,
    labels: str = "megc2019",
    source: Source | None = None,
    settings: FlowSettings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    kind: str | None = None,
) -> BuiltSet:
    """Inputs, labels and subject groups of the chosen expressions.

    Parameters
    ----------
    workspace, databases, coder, labels, source, kind
        As of :func:`mexlab.workspace.feature_sets.plan.plan_training`, which chooses the clips.
    settings : FlowSettings, optional
        Of computed features.
    jobs, progress
        As of :func:`compute_features`.

    Returns
    -------
    BuiltSet

    Raises
    ------
    InputError
        For unknown databases or schemes, mixed sources, or where no clip is left.
    """
    import numpy as np

    from mexlab.data.composite.official_list import is_list, list_digest
    from mexlab.features.cache import FLOW_VERSION
    from mexlab.features.feature_set import FeatureSet
    from mexlab.workspace.feature_sets.inputs import codings_digest

    settings = settings or FlowSettings()
    # The same choice that the train page shows before it starts.
    plan = plan_training(workspace, databases, coder, labels, source, kind)
    source, left_out = plan.source, list(plan.left_out)
    chosen = [sample for sample, _ in plan.labelled]
    pictures = (
        _released_inputs(chosen, progress)
        if source == "release"
        else _computed_inputs(_flow_maps(workspace, chosen, settings, jobs, progress))
    )
    inputs, shares, names, taken = [], [], [], []
    for (sample, label), picture in zip(plan.labelled, pictures, strict=True):
        if isinstance(picture, ReportEntry):
            left_out.append(picture)
            continue
        inputs.append(picture.values)
        if picture.masked is not None:
            shares.append(picture.masked)
        names.append(label)
        taken.append(sample)
    if not inputs:
        raise InputError(
            f"no clip is left to train on (of {plan.coded or 'none'})",
            where="databases",
            remedy=commonest_reasons(left_out),
        )
    keys = [sample.key for sample in taken]
    persons = tuple(sample.person for sample in taken)
    # A native class whose every clip failed to be computed is no class of this set.
    classes = plan.classes if plan.fixed else tuple(sorted(set(names)))
    indices = np.array([classes.index(name) for name in names], dtype=np.int64)
    record: dict[str, Any] = {
        "source": source,
        "labels": labels,
        "coder": coder,
        "databases": sorted({key.database for key in keys}),
        "kind": kind or "default",
        "codings_sha256": codings_digest(taken, names),
    }
    if is_list(labels):
        record["labels_sha256"] = list_digest(Path(labels))
    if source == "release":
        record["scale"] = "min-max per channel and sample, 0..1"
        made = FeatureSet.from_release(np.stack(inputs), indices, classes, keys, record)
    else:
        record["flow"] = settings.to_record()
        record["flow_version"] = FLOW_VERSION
        masked = np.stack(shares) if settings.eye_mask else None
        made = FeatureSet(np.stack(inputs), indices, classes, keys, record, masked)
    return BuiltSet(replace(made, persons=persons), tuple(taken), tuple(left_out))


@dataclass(frozen=True, slots=True, eq=False)
class _Input:
    """One clip as a network takes it; ``masked`` is the share of each cell, of computed maps."""

    values: NDArray[Any]
    masked: NDArray[Any] | None = None


def _computed_inputs(results: Iterable[FlowMaps | ReportEntry]) -> Iterator[_Input | ReportEntry]:
    for maps in results:
        yield (
            maps
            if isinstance(maps, ReportEntry)
            else _Input(maps.network_input(), maps.masked_share())
        )


def _released_inputs(
    samples: Sequence[Sample], progress: Progress | None
) -> Iterator[_Input | ReportEntry]:
    from mexlab.data.databases.layouts.ststnet import read_feature_image

    for done, sample in enumerate(samples, start=1):
        source = sample.source
        try:
            yield _Input(read_feature_image(source.root, str(source.features_file)))
        except InputError as error:
            yield ReportEntry("skipped", str(source.key), str(error))
        if progress is not None:
            progress(done, len(samples))


def _flow_maps(
    workspace: Workspace,
    samples: Sequence[Sample],
    settings: FlowSettings,
    jobs: int | None,
    progress: Progress | None,
    *,
    look: bool = False,
) -> Iterator[FlowMaps | ReportEntry]:
    """The maps of each sample, in their order, or why it has none."""
    from mexlab.features.batch import FlowFailure, FlowItem, compute_many

    items = []
    firsts: dict[str, Sample] = {}
    for sample in samples:
        source, coding = sample.source, sample.coding
        if source.frames is None or coding.onset is None or coding.apex is None:
            raise ValueError(f"{sample.key} was not to be selected")
        items.append(FlowItem(sample.key, source.frames, source.root, coding.onset, coding.apex))
    if progress is not None:
        progress(0, len(items))
    results = compute_many(items, settings, workspace.cache_dir, jobs=jobs, look=look)
    for done, (sample, (_, result)) in enumerate(zip(samples, results, strict=True), start=1):
        if progress is not None:
            progress(done, len(items))
        if isinstance(result, FlowFailure):
            yield ReportEntry("skipped", str(sample.key), result.reason)
        else:
            firsts.setdefault(sample.source.key.database, sample)
            yield result
    _remember_faces(workspace, firsts)
