"""How many expressions' flow maps are in the cache; computes none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey, noun_of
from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import MexlabError
from mexlab.workspace.feature_sets.samples import select_samples
from mexlab.workspace.workspace import Workspace

if TYPE_CHECKING:
    from mexlab.features.settings import FlowSettings


@dataclass(frozen=True, slots=True)
class CachedFeatures:
    """Of the expressions of a database that can have flow maps, how many have them.

    Attributes
    ----------
    ready : int
    clips : int
        With frames, an onset and an apex.
    noun : {"clip", "expression"}
        What is counted: expressions where a clip holds several.
    """

    ready: int
    clips: int
    noun: str = "clip"

    def to_record(self) -> dict[str, Any]:
        return asdict(self)


def count_cached(
    workspace: Workspace, coder: str = GROUND_TRUTH, settings: FlowSettings | None = None
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
    from mexlab.data.frames.frames import frames_from_record
    from mexlab.features.cache import FlowCache

    cache = FlowCache(workspace.cache_dir)
    counts: dict[str, list[int]] = {row.name: [0, 0] for row in workspace.store.databases()}
    keys: dict[str, list[ClipKey]] = {name: [] for name in counts}
    if not counts or coder not in workspace.store.coders():
        return {name: CachedFeatures(0, 0) for name in counts}
    for sample in select_samples(workspace, None, coder).samples:
        source, coding = sample.source, sample.coding
        if source.frames is None or coding.onset is None or coding.apex is None:
            continue
        count = counts[source.key.database]
        count[1] += 1
        keys[source.key.database].append(sample.key)
        try:
            frames = frames_from_record(source.frames, source.root)
            count[0] += cache.holds(frames, coding.onset, coding.apex, settings)
        except MexlabError:
            # A frame that is missing or damaged is told of where its clip is worked on.
            continue
    return {
        name: CachedFeatures(ready, clips, noun_of(keys[name]))
        for name, (ready, clips) in counts.items()
    }
