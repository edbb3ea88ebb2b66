"""The database's action units beside a coder's own, once they may be shown."""

from __future__ import annotations

from mexlab.data.labels.facs import parse_action_units


def units_beside(mine: str, theirs: str) -> str:
    """Another's line of action units, and in what it differs from one's own.

    Compared are the units' numbers; side and intensity stand in the line itself.

    Parameters
    ----------
    mine, theirs : str
        As written; "" where none were coded.

    Examples
    --------
    >>> units_beside("L12B+4", "4+7")
    '4+7 · only there: 7 · only yours: 12'
    >>> units_beside("4", "4C"), units_beside("4", "")
    ('4C · the same units as yours', 'no action units')
    """
    their = parse_action_units(theirs)
    line = str(their)
    if not line:
        return "no action units"
    own = parse_action_units(mine)
    if not mine.strip():
        return line
    there, here = their.numbers - own.numbers, own.numbers - their.numbers
    if not there and not here:
        return f"{line} · the same units as yours"
    parts = [line]
    for what, numbers in (("only there", there), ("only yours", here)):
        if numbers:
            parts.append(f"{what}: {', '.join(map(str, sorted(numbers)))}")
    return " · ".join(parts)
