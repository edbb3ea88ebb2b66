"""A span of time in words: milliseconds while it is short, minutes and seconds once it is long.

>>> time_text(180)
'180 ms'
>>> time_text(90395)
'1:30.395'
"""

from __future__ import annotations

#: From here on nobody reads milliseconds: ten seconds.
LONG_MS = 10_000


def frames_text(frames: int, fps: float | None) -> str:
    """A number of frames, with the time that they take where it is known.

    >>> frames_text(3, 200)
    '3 frames (15 ms)'
    >>> frames_text(-1, None)
    '1 frame'
    """
    count = abs(frames)
    time = f" ({time_text(count * 1000 / fps)})" if fps else ""
    return f"{count} frame{'' if count == 1 else 's'}{time}"


def time_text(milliseconds: float) -> str:
    """A span of time as it is told everywhere; the pages' scripts have the same rule.

    Parameters
    ----------
    milliseconds : float

    Returns
    -------
    str
        ``180 ms``, or from ten seconds on ``1:30.395`` and ``1:02:03`` (hours), without the
        fraction where there is none.
    """
    whole = round(abs(milliseconds))
    sign = "−" if milliseconds < 0 and whole else ""
    if whole < LONG_MS:
        return f"{sign}{whole} ms"
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, fraction = divmod(rest, 1000)
    head = f"{hours}:{minutes:02d}" if hours else str(minutes)
    tail = f".{fraction:03d}" if fraction else ""
    return f"{sign}{head}:{seconds:02d}{tail}"
