"""Confusion matrices as one SVG picture, on white, for papers and slides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from mexlab.reports.export.matrix_shades import cell_ground, cell_ink

#: Side of a cell, room between matrices, above and below a grid.
SIDE, GAP, ABOVE, BELOW = 84, 44, 64, 72

#: Room for the names of the classes at the left: as much as they need, within these.
LEAST_STUB, MOST_STUB = 84, 168

#: What the four figures below a matrix need, and the margin of the picture.
FIGURE, MARGIN = 72, 12

#: A picture for slides; a report shows fewer side by side, so that its text can be read.
WIDEST = 1700

#: Width of a letter, as a share of the font's size: above what Helvetica and Arial take on average,
#: for nobody knows which font draws the picture.
_LETTER, _SMALLEST = 0.6, 8

#: Hues of the cells on the diagonal and off it.
HIT, MISS = (47, 99, 208), (204, 90, 34)
_INK, _DIM = "#1b1f26", "#4d5664"


def matrices_svg(matrices: Sequence[dict[str, Any]], widest: int = WIDEST) -> str:
    """Draw matrices as :func:`mexlab.reports.figures.matrix_record` makes them.

    Parameters
    ----------
    matrices : sequence of dict
    widest : int
        Pixels; matrices that do not fit side by side stand below one another.

    Returns
    -------
    str
        A whole SVG document without any reference to another file: per cent of each row's clips
        large, counts below, the figures under each matrix. No name is cut off: one that is too
        long for its place is drawn smaller, and narrower at last.
    """
    most = max(len(matrix["classes"]) for matrix in matrices)
    names = [name for matrix in matrices for name in matrix["classes"]]
    stub = min(max(LEAST_STUB, *(round(_width(name, 12)) + 14 for name in names)), MOST_STUB)
    step_x = stub + max(most * SIDE, 4 * FIGURE) + GAP
    step_y = ABOVE + most * SIDE + BELOW + GAP // 2
    across = max(1, min(len(matrices), (widest - 2 * MARGIN + GAP) // step_x))
    rows = -(-len(matrices) // across)
    width, height = across * step_x - GAP + 2 * MARGIN, rows * step_y
    parts = [
        f'<g transform="translate({MARGIN + i % across * step_x} {i // across * step_y})">'
        f"{_matrix(matrix, stub)}</g>"
        for i, matrix in enumerate(matrices)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="12" fill="{_INK}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _matrix(matrix: dict[str, Any], stub: int) -> str:
    classes = matrix["classes"]
    room = max(SIDE * len(classes), 4 * FIGURE)
    drawn = [
        _text(stub, 18, matrix["title"], room, size=14, bold=True, anchor="start"),
        _text(stub, 35, matrix["detail"], room, colour=_DIM, anchor="start"),
        _text(
            stub - 8, ABOVE - 8, "true ↓ predicted →", stub - 8, colour=_DIM, size=9, anchor="end"
        ),
    ]
    for i, (name, row) in enumerate(zip(classes, matrix["counts"], strict=True)):
        middle = i * SIDE + SIDE / 2
        words = _lines(name, SIDE - 4)
        drawn += [
            _text(
                stub + middle, ABOVE - 8 - 12 * (len(words) - 1 - at), line, SIDE - 4, colour=_DIM
            )
            for at, line in enumerate(words)
        ]
        drawn.append(_text(stub - 8, ABOVE + middle + 4, name, stub - 8, colour=_DIM, anchor="end"))
        total = sum(row)
        drawn += [_cell(stub, i, j, count, total) for j, count in enumerate(row)]
    bottom = ABOVE + len(classes) * SIDE
    each = room / max(len(matrix["figures"]), 1)
    alone = matrix.get("alone") or []
    if any(interval for _, _, *interval in matrix["figures"] if any(interval)):
        drawn.append(_text(stub - 8, bottom + 34, "95 %", stub, size=9, colour=_DIM, anchor="end"))
    if alone:
        drawn.append(
            _text(stub - 8, bottom + 48, "each alone", stub, size=9, colour=_DIM, anchor="end")
        )
    for i, (name, value, *interval) in enumerate(matrix["figures"]):
        left = stub + i * each
        lines = [(f"{name} {value}", 20, 10, _INK), ("".join(interval), 34, 9, _DIM)]
        lines += [(alone[i], 48, 9, _DIM)] if alone else []
        drawn += [
            _text(left, bottom + below, text, each - 4, anchor="start", size=size, colour=colour)
            for text, below, size, colour in lines
            if text
        ]
    return "".join(drawn)


def _cell(stub: int, row: int, column: int, count: int, total: int) -> str:
    share = count / total if total else 0.0
    ground = cell_ground(share, HIT if row == column else MISS)
    fill, ink = "#" + "".join(f"{part:02x}" for part in ground), cell_ink(ground)
    x, y = stub + column * SIDE, ABOVE + row * SIDE
    written = f"{100 * share:.1f}" if total else "–"
    return (
        f'<rect x="{x + 1}" y="{y + 1}" width="{SIDE - 2}" height="{SIDE - 2}" rx="3" '
        f'fill="{fill}"/>'
        + _text(x + SIDE / 2, y + SIDE / 2, written, SIDE, size=14, bold=True, colour=ink)
        + _text(x + SIDE / 2, y + SIDE / 2 + 16, str(count), SIDE, size=11, colour=ink)
    )


def _lines(name: str, room: float) -> list[str]:
    """A class's name in two lines where it needs and allows it, as even as can be."""
    breaks = [at for at, sign in enumerate(name) if sign == " "]
    if _width(name, 12) <= room or not breaks:
        return [name]
    at = min(breaks, key=lambda at: max(at, len(name) - at - 1))
    return [name[:at], name[at + 1 :]]


def _width(text: str, size: float) -> float:
    """About how wide a text is drawn, East Asian signs as wide as they are high."""
    return size * sum(1.0 if ord(sign) >= 0x2E80 else _LETTER for sign in text)


def _text(
    x: float,
    y: float,
    text: str,
    room: float,
    *,
    size: float = 12,
    colour: str = _INK,
    bold: bool = False,
    anchor: str = "middle",
) -> str:
    """A line of text within `room` pixels."""
    needed = _width(text, size)
    if needed > room:
        size = max(_SMALLEST, round(size * room / needed, 1))
    fit = (
        f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"'
        if _width(text, size) > room
        else ""
    )
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}{fit}>{escape(text)}</text>'
    )
