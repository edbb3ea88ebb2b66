"""A long video's curve as it grows: told now and then, kept on disk, out of the player's way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mexlab.pages.annotate.machine.curve_record import curve_record

if TYPE_CHECKING:
    from mexlab.features.cache import FlowCache
    from mexlab.features.long_curve import LongCurve

#: Between two words about a curve that grows, seconds; and, as the whole curve is sent anew with
#: each, so many samples a second at most.
TELL_S = 0.4
SAMPLES_A_SECOND = 10_000
#: What has been measured is written to disk at most so often, seconds.
SAVE_S = 20.0
#: Once nothing is left to measure: how often to look whether the coder went elsewhere, seconds.
IDLE_S = 1.0


def sample_long_video(
    curve: LongCurve,
    cache: FlowCache,
    *,
    tell: Callable[[dict[str, Any]], None],
    playhead: Callable[[], int],
    rest: Callable[[float], None],
    should_stop: Callable[[], bool],
) -> None:
    """Measure what is wanted next, and tell of it, until told to stop.

    Parameters
    ----------
    curve : LongCurve
    cache : FlowCache
    tell : callable
        Gets what the timeline draws, see :func:`long_record`.
    playhead : callable
        Index of the frame that the coder looks at.
    rest : callable
        Waits so many seconds, or longer while the player needs the machine; 0 before each batch.
    should_stop : callable
    """
    curve.load(cache)
    told, saved = -1, int(curve.done.sum())
    overview = False
    told_at, saved_at = 0.0, time.monotonic()
    while not should_stop():
        batch = curve.next_batch(playhead())
        count, now = int(curve.done.sum()), time.monotonic()
        due = not batch or now - told_at >= TELL_S + count / SAMPLES_A_SECOND
        if (due and count != told) or curve.overview != overview:
            tell(long_record(curve))
            told, told_at, overview = count, now, curve.overview
        if count != saved and (not batch or now - saved_at >= SAVE_S):
            curve.save(cache)
            saved, saved_at = count, now
        rest(0.0 if batch else IDLE_S)
        curve.measure(batch, should_stop)
    if int(curve.done.sum()) != saved:
        curve.save(cache)


def long_record(curve: LongCurve) -> dict[str, Any]:
    """What the timeline draws of a long video so far.

    ``done`` and ``of`` count the samples of the overview until it is complete; ``span`` are the
    native numbers within which the curve lies.
    """
    numbers, values = curve.known()
    done, of = curve.coarse_progress()
    first, end = curve.span
    record = {
        "state": "ready" if curve.overview else "computing",
        "done": done,
        "of": of,
        "long": True,
        "span": [int(curve.numbers[first]), int(curve.numbers[end - 1])],
    }
    drawn = curve_record(
        numbers,
        values,
        reference=curve.onset,
        marked=curve.onset is not None,
        lag=None if curve.onset is not None else curve.lag,
    )
    if curve.overview and not len(numbers):
        return record | {"state": "failed", "message": "no motion curve: no face was found"}
    return record | drawn
