"""How many clips' flow maps are in the cache; computes none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mexlab.data.codings import DATABASE_CODER
from mexlab.errors import MexlabError
from mexlab.workspace.samples import select_samples
from mexlab.workspace.workspace import Workspace

if TYPE_CHECKING:
    from mexlab.features.settings import FlowSettings


@dataclass(frozen=True, slots=True)
class CachedFeatures:
    """Of the clips of a database that can have flow maps, how many have them.

    Attributes
    ----------
    ready : int
    clips : int
        With frames, an onset and an apex.
    """

    ready: int
    clips: int


def count_cached(
    workspace: Workspace, coder: str = DATABASE_CODER, settings: FlowSettings | None = None
) -> dict[str, CachedFeatures]:
    """Count the flow maps in the cache, by database.

    Reads the onset and apex frames of every clip, since the cache goes by content: for the
    background, not for a callback.

    Parameters
    ----------
    workspace : Workspace
    coder : str
        Whose onset and apex.
    settings : FlowSettings, optional
    """
    from mexlab.data.frames import frames_from_record
    from mexlab.features.cache import FlowCache

    cache = FlowCache(workspace.cache_dir)
    counts: dict[str, list[int]] = {row.name: [0, 0] for row in workspace.store.databases()}
    if not counts or coder not in workspace.store.coders():
        return {name: CachedFeatures(0, 0) for name in counts}
    for sample in select_samples(workspace, None, coder, []):
        source, coding = sample.source, sample.coding
        if source.frames is None or coding.onset is None or coding.apex is None:
            continue
        count = counts[source.key.database]
        count[1] += 1
        try:
            frames = frames_from_record(source.frames, source.root)
            count[0] += cache.holds(frames, coding.onset, coding.apex, settings)
        except MexlabError:
            # A frame that is missing or damaged is told of where its clip is worked on.
            continue
    return {name: CachedFeatures(*pair) for name, pair in counts.items()}
