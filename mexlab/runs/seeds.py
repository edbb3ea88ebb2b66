"""Seeds as people write them, on the command line and on the train page."""

from __future__ import annotations

import re

from mexlab.errors import InputError

#: Most seeds that a range may stand for: beyond it, it is a slip of the finger.
MOST_SEEDS = 100


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds as a person writes them: ``1``, ``1, 2, 5`` or ``1-8``.

    Raises
    ------
    InputError
        Saying what was expected.
    """
    seeds: list[int] = []
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip()))):
        span = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part)
        if span is None:
            raise InputError(f"expected 1, or 1,2,3, or 1-5, got {text!r}", where="seeds")
        first, last = int(span[1]), int(span[2] or span[1])
        if last < first or last - first >= MOST_SEEDS:
            raise InputError(f"expected at most {MOST_SEEDS} seeds, upwards", where="seeds")
        seeds.extend(range(first, last + 1))
    if not seeds:
        raise InputError("expected at least one seed", where="seeds")
    return tuple(dict.fromkeys(seeds))
