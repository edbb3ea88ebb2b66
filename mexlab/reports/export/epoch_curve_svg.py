"""Held-out accuracy and UF1 by epoch as one SVG picture, marked as chosen by nobody.

Colours are the page's own variables where there are any, and a printed page's where there are none,
so that page and report share the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape

import numpy as np
from numpy.typing import NDArray

from mexlab.evaluation.leak import LeakGap

WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, ABOVE, BELOW = 44, 12, 26, 38

_INK, _DIM, _LINE = "var(--mx-text,#1b1f26)", "var(--mx-dim,#4d5664)", "var(--mx-line,#cfd3da)"
_ACCURACY, _UF1 = "var(--mx-focus,#2f63d0)", "var(--mx-warn,#946200)"
_BAD = "var(--mx-bad,#c0352d)"

_Scale = Callable[[float], float]


def epoch_curve_svg(gap: LeakGap) -> str:
    """Draw both curves, their spread over seeds, the strict last epoch and the best by hindsight.

    Returns
    -------
    str
        A whole ``svg`` element: no reference to another file, no text that a user wrote.
    """
    epochs = gap.epochs.astype(float)
    accuracy, uf1 = gap.curves["accuracy"], gap.curves["uf1"]
    low, high = _span(np.concatenate([accuracy, uf1]))
    first, last = epochs[0], epochs[-1]

    def x(epoch: float) -> float:
        share = (epoch - first) / (last - first) if last > first else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return ABOVE + (high - value) / (high - low) * (HEIGHT - ABOVE - BELOW)

    across = [x(one) for one in epochs]
    parts = [*_frame(low, high, first, last, x, y)]
    for values, colour, dash in ((accuracy, _ACCURACY, ""), (uf1, _UF1, "5 3")):
        parts += _curve(across, values, colour, dash, y)
    mean = accuracy.mean(axis=0)
    best = int(len(mean) - 1 - mean[::-1].argmax())
    strict = float(mean[-1])
    if best < len(mean) - 1:
        parts.append(
            f'<circle cx="{across[best]:.1f}" cy="{y(mean[best]):.1f}" r="4.5" '
            f'style="fill:none;stroke:{_BAD};stroke-width:1.6"/>'
        )
    parts.append(
        f'<line x1="{x(last):.1f}" x2="{x(last):.1f}" y1="{ABOVE}" y2="{HEIGHT - BELOW}" '
        f'style="stroke:{_INK};stroke-width:1;stroke-dasharray:2 3"/>'
        f'<circle cx="{x(last):.1f}" cy="{y(strict):.1f}" r="4" style="fill:{_ACCURACY}"/>'
    )
    parts += _legend(best < len(mean) - 1)
    said = (
        f"Accuracy and UF1 of the held-out clips after each of {len(epochs)} epochs, for show: "
        f"nothing was chosen by it. The last epoch, which alone counts, has accuracy {strict:.3f}; "
        f"the highest mean by hindsight is {float(mean[best]):.3f}, after epoch {epochs[best]:.0f}."
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-size="11" '
        f'font-family="Inter, Segoe UI, system-ui, sans-serif">'
        f"<title>{escape(said)}</title>{''.join(parts)}</svg>"
    )


def _span(values: NDArray[np.float64]) -> tuple[float, float]:
    """Round ends of the axis, at least a fifth apart."""
    low, high = float(np.floor(10 * values.min()) / 10), float(np.ceil(10 * values.max()) / 10)
    if high - low < 0.2:
        low = max(0.0, high - 0.2)
    return low, max(high, low + 0.2)


def _frame(
    low: float, high: float, first: float, last: float, x: _Scale, y: _Scale
) -> Iterator[str]:
    step = 0.1 if high - low <= 0.5 else 0.2
    for tick in np.arange(low, high + 1e-9, step):
        yield (
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" '
            f'style="stroke:{_LINE};stroke-width:1"/>'
        )
        yield _text(LEFT - 8, y(tick) + 4, f"{tick:.1f}", "end")
    yield _text(x(first), HEIGHT - BELOW + 15, f"{first:.0f}", "middle")
    if last > first:
        yield _text(x(last), HEIGHT - BELOW + 15, f"{last:.0f}", "end")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BELOW + 15, "epoch", "middle")


def _curve(
    across: list[float], values: NDArray[np.float64], colour: str, dash: str, y: _Scale
) -> Iterator[str]:
    """A figure's mean over seeds, and behind it the band that the seeds span; (S, E)."""
    if len(values) > 1:
        edges = [
            *zip(across, values.max(axis=0), strict=True),
            *reversed(list(zip(across, values.min(axis=0), strict=True))),
        ]
        yield f'<polygon points="{_points(edges, y)}" style="fill:{colour};opacity:.16"/>'
    line = _points(zip(across, values.mean(axis=0), strict=True), y)
    pattern = f";stroke-dasharray:{dash}" if dash else ""
    yield (
        f'<polyline points="{line}" style="fill:none;stroke:{colour};stroke-width:1.6{pattern}"/>'
    )


def _legend(hindsight: bool) -> Iterator[str]:
    left, middle = LEFT, 12
    for name, colour, dash in (("accuracy", _ACCURACY, ""), ("UF1", _UF1, "5 3")):
        yield (
            f'<line x1="{left}" x2="{left + 20}" y1="{middle}" y2="{middle}" '
            f'style="stroke:{colour};stroke-width:1.6;stroke-dasharray:{dash or "none"}"/>'
        )
        yield _text(left + 25, middle + 4, name)
        left += 82 if name == "accuracy" else 58
    yield f'<circle cx="{left + 4}" cy="{middle}" r="4" style="fill:{_ACCURACY}"/>'
    yield _text(left + 13, middle + 4, "last epoch: counts")
    if hindsight:
        left += 124
        yield (
            f'<circle cx="{left + 4}" cy="{middle}" r="4.5" '
            f'style="fill:none;stroke:{_BAD};stroke-width:1.6"/>'
        )
        yield _text(left + 13, middle + 4, "highest: invalid")


def _points(pairs: Iterable[tuple[float, float]], y: _Scale) -> str:
    return " ".join(f"{left:.1f},{y(value):.1f}" for left, value in pairs)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{_DIM}">{text}</text>'
