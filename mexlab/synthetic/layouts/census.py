"""Whole releases: who has how many clips of what, so that the counts are the published ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from mexlab.data.databases.official import official_of

Holder = TypeVar("Holder", bound=Hashable)

#: Clips of a holder that has only one label.
_ALONE = 2


def emotion_counts(layout: str, title: str) -> dict[str, int]:
    """The published number of clips of each emotion.

    Raises
    ------
    LookupError
        Where no such numbers are known: an error of the writer that asks.
    """
    official = official_of(layout, title)
    if official is None or not official.emotions:
        raise LookupError(f"no published emotions of {layout}, {title}")
    return dict(official.emotions)


def published(layout: str, title: str, number: str = "clips") -> int:
    """One of the published numbers of a release: ``clips``, ``subjects``, ``micro``, ``macro``.

    Raises
    ------
    LookupError
        Where it is not known: an error of the writer that asks.
    """
    found = getattr(official_of(layout, title), number, None)
    if not isinstance(found, int):
        raise LookupError(f"no published number of {number} of {layout}, {title}")
    return found


def evenly(total: int, labels: Sequence[str]) -> dict[str, int]:
    """As many of each label, to one, where only their sum is published."""
    share, rest = divmod(total, len(labels))
    return {label: share + (at < rest) for at, label in enumerate(labels)}


def deal(
    counts: Mapping[str, int],
    holders: Sequence[Holder],
    *,
    alone: Mapping[Holder, str] | None = None,
) -> dict[Holder, list[str]]:
    """Deal labels out to subjects (or expressions to videos), as evenly as can be.

    Parameters
    ----------
    counts : mapping of str to int
        How often each label is dealt.
    holders : sequence
        Who gets them, in turn.
    alone : mapping, optional
        Holders that have but the one label: the composite leaves them out altogether.

    Returns
    -------
    dict of list of str
        By holder, in the order of `holders`; the same for the same arguments.
    """
    left = dict(counts)
    hands: dict[Holder, list[str]] = {holder: [] for holder in holders}
    for holder, label in (alone or {}).items():
        hands[holder] = [label] * _ALONE
        left[label] -= _ALONE
    mixed = [holder for holder in holders if holder not in (alone or {})]
    # Label by label, going on where the last one ended: nobody has two more of any than another.
    deck = [label for label, count in left.items() for _ in range(count)]
    for at, label in enumerate(deck):
        hands[mixed[at % len(mixed)]].append(label)
    return {holder: _spread(hand) for holder, hand in hands.items()}


def _spread(hand: list[str]) -> list[str]:
    """The same labels in an order in which every one of them comes up early and late."""
    places = [
        ((turn + 0.5) / hand.count(label), label)
        for label in dict.fromkeys(hand)
        for turn in range(hand.count(label))
    ]
    return [label for _, label in sorted(places)]
