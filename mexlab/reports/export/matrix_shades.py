"""How strongly a matrix's cell is coloured, and whether its text is black or white."""

from __future__ import annotations

from typing import TypeAlias

#: Red, green and blue, 0 to 255.
Colour: TypeAlias = tuple[int, int, int]

#: Share of the hue in an empty cell, and what is added up to a full one. The pages draw with the
#: same two numbers (``widgets/results/matrix_shades.mjs``).
LEAST, SPAN = 0.08, 0.84


def cell_ground(share: float, hue: Colour, ground: Colour = (255, 255, 255)) -> Colour:
    """The colour of a cell that `share` (0 to 1) of its row's clips are in.

    >>> cell_ground(0.0, (47, 99, 208))
    (238, 243, 251)
    """
    strength = LEAST + SPAN * share
    red, green, blue = (
        round(below + (top - below) * strength) for top, below in zip(hue, ground, strict=True)
    )
    return red, green, blue


def cell_ink(ground: Colour) -> str:
    """Black or white, whichever reads better on a colour; one of them has 4.5:1 on any (WCAG 2)."""
    white, black = 1.05 / (luminance(ground) + 0.05), (luminance(ground) + 0.05) / 0.05
    return "#000000" if black > white else "#ffffff"


def luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
