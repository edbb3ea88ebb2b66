"""Flow maps of many clips, in parallel, resumable: what is finished lies in the cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2

from mexlab.data.clips import ClipKey
from mexlab.data.frames.frames import frames_from_record
from mexlab.errors import InputError, MexlabError
from mexlab.features.cache import FlowCache
from mexlab.features.flow_maps import FlowMaps, compute_flow_maps
from mexlab.features.plausibility import look_at
from mexlab.features.settings import FlowSettings


@dataclass(frozen=True, slots=True)
class FlowItem:
    """One clip to compute: its frames as a record, as open videos do not travel to workers.

    Attributes
    ----------
    key : ClipKey
    frames : dict
        ``FrameSource.to_record(root)``.
    root : Path
        The folder that the record's paths are relative to.
    onset, apex : int
        Native frame numbers.
    """

    key: ClipKey
    frames: dict[str, Any]
    root: Path
    onset: int
    apex: int


@dataclass(frozen=True, slots=True)
class FlowFailure:
    """A clip without flow maps, and why; reported, never dropped.

    Attributes
    ----------
    key : ClipKey
    reason : str
        The error's sentence, with its remedy.
    kind : str
        Name of the error, ``FaceNotFoundError`` among them.
    """

    key: ClipKey
    reason: str
    kind: str


FlowResult = FlowMaps | FlowFailure


def compute_many(
    items: Iterable[FlowItem],
    settings: FlowSettings | None = None,
    cache_folder: str | Path | None = None,
    *,
    jobs: int | None = None,
    on_result: Callable[[ClipKey, FlowResult], None] | None = None,
    look: bool = False,
) -> Iterator[tuple[ClipKey, FlowResult]]:
    """Compute the flow maps of many clips; results come in the order of the items.

    Parameters
    ----------
    items : iterable of FlowItem
    settings : FlowSettings, optional
    cache_folder : path, optional
        Of a :class:`mexlab.features.cache.FlowCache`. Each result is stored by the process that
        computed it, at once: after an interruption the same call resumes. Without a folder
        nothing is kept.
    jobs : int, optional
        Processes; all cores by default, 1 computes in this process.
    on_result : callable, optional
        Told of each result as it comes (a progress bar).
    look : bool
        Also say in each result's ``doubts`` what cannot be of an expression
        (:mod:`mexlab.features.plausibility`).

    Yields
    ------
    key, FlowMaps or FlowFailure

    Raises
    ------
    InputError
        Where ``jobs`` is not 1 or more, before anything is computed.
    """
    work = list(items)
    chosen = settings or FlowSettings()
    if jobs is not None and jobs < 1:
        raise InputError(f"expected 1 or more, got {jobs}", where="jobs")
    processes = max(1, min(jobs or os.cpu_count() or 1, len(work) or 1))
    folder = None if cache_folder is None else Path(cache_folder)
    return _results(work, _How(chosen, folder, look), processes, on_result)


@dataclass(frozen=True, slots=True)
class _How:
    """What is the same for all clips."""

    settings: FlowSettings
    folder: Path | None
    look: bool


def _results(
    work: list[FlowItem],
    how: _How,
    processes: int,
    on_result: Callable[[ClipKey, FlowResult], None] | None,
) -> Iterator[tuple[ClipKey, FlowResult]]:
    # Workers take seconds to start: what is only to be read from disk is read here.
    here = [processes == 1 or _is_kept(item, how) for item in work]
    missing = [item for item, own in zip(work, here, strict=True) if not own]
    elsewhere = _from_workers(missing, how, processes)
    for item, own in zip(work, here, strict=True):
        result = _compute(item, how) if own else next(elsewhere)
        if on_result is not None:
            on_result(item.key, result)
        yield item.key, result


def _is_kept(item: FlowItem, how: _How) -> bool:
    if how.folder is None:
        return False
    try:
        frames = frames_from_record(item.frames, item.root)
        cache, asked = FlowCache(how.folder), (frames, item.onset, item.apex, how.settings)
        return cache.holds(*asked) and (not how.look or cache.holds_plausibility(*asked))
    except MexlabError:
        # Whoever computes it says what is wrong.
        return False


def _from_workers(missing: list[FlowItem], how: _How, processes: int) -> Iterator[FlowResult]:
    if not missing:
        return iter(())
    # Imported here: joblib costs a page that computes one clip 0.1 s.
    from joblib import Parallel, delayed

    results: Iterator[FlowResult] = Parallel(
        n_jobs=min(processes, len(missing)), return_as="generator", batch_size=1
    )(delayed(_compute_in_worker)(item, how) for item in missing)
    return results


def _compute_in_worker(item: FlowItem, how: _How) -> FlowResult:
    # One process a core already: OpenCV's own threads would fight over them.
    cv2.setNumThreads(1)
    return _compute(item, how)


def _compute(item: FlowItem, how: _How) -> FlowResult:
    try:
        frames = frames_from_record(item.frames, item.root)
        if how.folder is None:
            maps = compute_flow_maps(frames, item.onset, item.apex, how.settings)
            if not how.look:
                return maps
            seen = look_at(frames.read(item.onset), frames.read(item.apex), maps)
        else:
            cache = FlowCache(how.folder)
            maps = cache.get_or_compute(frames, item.onset, item.apex, how.settings)
            if not how.look:
                return maps
            seen = cache.plausibility(frames, maps)
        return replace(maps, doubts=tuple(seen.doubts()))
    except MexlabError as error:
        return FlowFailure(item.key, str(error), type(error).__name__)
