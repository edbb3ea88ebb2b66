"""The sides of square inputs that the stream networks can take. Imports no torch.

A network is built for one side: its fully connected layer has a weight for each pooled cell.
"""

from __future__ import annotations

from mexlab.errors import InputError

#: Side of the papers' inputs, of the feature release, and of runs from before there was a choice.
SIDE = 28

#: The smallest side that leaves a cell to the fully connected layer.
SMALLEST_SIDE = 4


def pooled_side(side: int) -> int:
    """Side of a map after max-pooling 3 x 3 with stride 3 and one pixel of padding: 10 of 28."""
    return (side - 1) // 3 + 1


def averaged_side(side: int) -> int:
    """Side of a map after average-pooling 2 x 2, too: 5 of 28."""
    return pooled_side(side) // 2


def unpooled_edge(side: int) -> int:
    """Rows at the lower and columns at the right edge that fill no cell, and are not looked at.

    None for 28 and 29 and every six pixels more or less: 4, 5, 10, 11, 16, 17, 22, 23, 34, ...

    Examples
    --------
    >>> [unpooled_edge(side) for side in (20, 22, 28, 32)]
    [3, 0, 0, 3]
    """
    return max(0, side + 1 - 6 * averaged_side(side))


def whole_sides(side: int) -> tuple[int, int]:
    """The next smaller and the next larger side of which no edge is left over.

    Examples
    --------
    >>> whole_sides(20), whole_sides(32)
    ((17, 22), (29, 34))
    """
    smaller = next(one for one in range(side, 0, -1) if not unpooled_edge(one))
    return smaller, next(one for one in range(side, side + 7) if not unpooled_edge(one))


def fault_of_side(side: int, smallest: int = SMALLEST_SIDE) -> str:
    """Why a network cannot take inputs of a side, its name standing before it; "" where it can."""
    if side >= smallest:
        return ""
    return (
        f"takes inputs of {smallest} x {smallest} px or larger, got {side} x {side}: pooling "
        "leaves nothing of them"
    )


def pixels_as_of(clips: int, side: int) -> int:
    """How many clips of a side have the pixels of so many of 28 x 28; at least one."""
    return max(1, clips * SIDE * SIDE // (side * side))


def side_of(maps: tuple[int, ...], where: str) -> int:
    """The side of maps of a shape (..., rows, columns).

    Raises
    ------
    InputError
        Where they are not square.
    """
    rows, columns = maps[-2:]
    if rows != columns:
        raise InputError(f"expected square maps, got {rows} x {columns}", where=where)
    return rows
