"""Confusion matrices as one SVG picture, on white, for papers and slides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

#: Side of a cell, room for the names of the classes, between matrices, above and below a grid.
SIDE, STUB, GAP, ABOVE, BELOW = 84, 74, 44, 46, 58

#: Matrices of one row; with three databases, Full and they stand in one.
ACROSS = 4

_HIT, _MISS = (47, 99, 208), (204, 90, 34)
_INK, _DIM = "#1b1f26", "#4d5664"


def matrices_svg(matrices: Sequence[dict[str, Any]]) -> str:
    """Draw matrices as :func:`mexlab.pages.run_figures.matrix_record` makes them.

    Parameters
    ----------
    matrices : sequence of dict

    Returns
    -------
    str
        A whole SVG document without any reference to another file: per cent of each row's clips
        large, counts below, the figures under each matrix.
    """
    widest = max(len(matrix["classes"]) for matrix in matrices)
    across = min(len(matrices), ACROSS)
    step_x = STUB + widest * SIDE + GAP
    step_y = ABOVE + widest * SIDE + BELOW + GAP // 2
    rows = -(-len(matrices) // across)
    width, height = across * step_x - GAP + 20, rows * step_y
    parts = [
        f'<g transform="translate({10 + i % across * step_x} {i // across * step_y})">'
        f"{_matrix(matrix)}</g>"
        for i, matrix in enumerate(matrices)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="12" fill="{_INK}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _matrix(matrix: dict[str, Any]) -> str:
    classes = matrix["classes"]
    end = STUB + len(classes) * SIDE
    drawn = [
        _text(STUB, 16, matrix["title"], size=14, bold=True, anchor="start"),
        _text(end, 16, matrix["detail"], colour=_DIM, anchor="end"),
        _text(STUB - 8, ABOVE - 8, "coded ↓ called →", colour=_DIM, size=9, anchor="end"),
    ]
    for i, (name, row) in enumerate(zip(classes, matrix["counts"], strict=True)):
        middle = i * SIDE + SIDE / 2
        drawn.append(_text(STUB + middle, ABOVE - 8, name, colour=_DIM))
        drawn.append(_text(STUB - 8, ABOVE + middle + 4, name, colour=_DIM, anchor="end"))
        total = sum(row)
        drawn += [_cell(i, j, count, total) for j, count in enumerate(row)]
    bottom = ABOVE + len(classes) * SIDE
    room = max(SIDE * len(classes) / max(len(matrix["figures"]), 1), 1)
    for i, (name, value, *interval) in enumerate(matrix["figures"]):
        left = STUB + i * room
        drawn.append(_text(left, bottom + 20, f"{name} {value}", anchor="start", size=10))
        if interval and interval[0]:
            text = interval[0]
            drawn.append(_text(left, bottom + 34, text, anchor="start", size=9, colour=_DIM))
    return "".join(drawn)


def _cell(row: int, column: int, count: int, total: int) -> str:
    share = count / total if total else 0.0
    strength = 0.06 + 0.86 * share
    hue = _HIT if row == column else _MISS
    fill = "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in hue)
    ink = "#ffffff" if strength > (0.6 if row == column else 0.75) else _INK
    x, y = STUB + column * SIDE, ABOVE + row * SIDE
    written = f"{100 * share:.1f}" if total else "–"
    return (
        f'<rect x="{x + 1}" y="{y + 1}" width="{SIDE - 2}" height="{SIDE - 2}" rx="3" '
        f'fill="{fill}"/>'
        + _text(x + SIDE / 2, y + SIDE / 2, written, size=14, bold=True, colour=ink)
        + _text(x + SIDE / 2, y + SIDE / 2 + 16, str(count), size=11, colour=ink)
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 12,
    colour: str = _INK,
    bold: bool = False,
    anchor: str = "middle",
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )
