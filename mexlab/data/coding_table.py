"""Codings as a data frame, one row an event: what other programs and notebooks compute with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding

if TYPE_CHECKING:
    import pandas as pd

_MARKS = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class ClipTiming:
    """What turns a clip's frame numbers into time.

    Attributes
    ----------
    first : int or None
        Native number of the first frame; None for a clip without frames.
    fps : float or None
        Frames a second.
    """

    first: int | None
    fps: float | None

    def milliseconds(self, number: int | None) -> float | None:
        """Time from the clip's first frame to a frame; None where either is not known."""
        if number is None or self.first is None or not self.fps:
            return None
        return (number - self.first) * 1000.0 / self.fps


def codings_to_pandas(
    codings: Iterable[Coding], timing: Mapping[ClipKey, ClipTiming] | None = None
) -> pd.DataFrame:
    """Lay codings out as a table.

    Parameters
    ----------
    codings : iterable of Coding
    timing : mapping of ClipKey to ClipTiming, optional
        Of the clips; without it the times in milliseconds are missing.

    Returns
    -------
    pandas.DataFrame
        One row for each event that a coder found in a clip. ``database``, ``subject``, ``clip``
        and ``event`` (from 1) say which, ``coder`` whose; ``onset``, ``apex`` and ``offset`` are
        native frame numbers (nullable integers), ``onset_ms``, ``apex_ms`` and ``offset_ms``
        milliseconds from the clip's first frame, ``duration_ms`` from onset to offset. ``emotion``
        and ``action_units`` are as written, "" where not coded; then ``kind``, ``status``,
        ``confidence``, ``note`` and the clip's ``fps``.

    Examples
    --------
    >>> clip = ClipKey("casme2", "sub01", "EP02_01f")
    >>> coding = Coding(clip, "database", onset=46, apex=59, offset=86, emotion="happiness")
    >>> table = codings_to_pandas([coding], {clip: ClipTiming(first=1, fps=200.0)})
    >>> print(table[["subject", "emotion", "apex", "apex_ms"]].to_csv(index=False), end="")
    subject,emotion,apex,apex_ms
    sub01,happiness,59,290.0
    """
    import pandas as pd

    known, rows = timing or {}, []
    for one in codings:
        clock = known.get(one.clip.clip, ClipTiming(None, None))
        times = {f"{name}_ms": clock.milliseconds(getattr(one, name)) for name in _MARKS}
        start, end = times["onset_ms"], times["offset_ms"]
        rows.append(
            {
                "database": one.clip.database,
                "subject": one.clip.subject,
                "clip": one.clip.name,
                "event": one.expression,
                "coder": one.coder,
                **{name: getattr(one, name) for name in _MARKS},
                **times,
                "duration_ms": None if start is None or end is None else end - start,
                "emotion": one.emotion,
                "action_units": one.action_units,
                "kind": one.kind,
                "status": one.status,
                "confidence": one.confidence,
                "note": one.note,
                "fps": clock.fps,
            }
        )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    numbers = dict.fromkeys((*_MARKS, "event"), "Int64")
    times_of = dict.fromkeys((*(f"{name}_ms" for name in _MARKS), "duration_ms", "fps"), "float64")
    return table.astype({**numbers, **times_of})


_COLUMNS = [
    *("database", "subject", "clip", "event", "coder"),
    *_MARKS,
    *("onset_ms", "apex_ms", "offset_ms", "duration_ms"),
    *("emotion", "action_units", "kind", "status", "confidence", "note", "fps"),
]
