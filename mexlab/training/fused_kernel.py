"""The compiled arithmetic of the fused backend: one training step of one LAENet or STSTNet.

Past 400 lines, and in one file: numba keeps compiled code by the date of its own file, and would go
on with an old callee from another.

What makes it fast on a processor:

- Clips lie innermost in memory (channel, row, column, clip), so that convolution, batch norm and
  pooling are flat loops over a whole row of a map for all clips, which the compiler turns into
  vector instructions. It does so for slices, and not where it must add up an index itself.
- Winograd's F(4, 3) along the columns: four outputs from six products in place of twelve, forwards
  and for the weights' gradient, which takes the same transformed inputs. Columns are therefore laid
  out as (4, 7), column ``4 t + m`` at ``[m, t]``. After Lavin & Gray 2016, whose names of the
  matrices (A, B, G) the functions cite.
- Two output channels a loop: each input value is loaded once for both.
- Batch norm is a rising or falling line a channel: the maximum over a window is the line's value at
  the window's maximum (or minimum), and only the pooled values are normalised. Its gradient into
  the convolution is ``c0 + c1 a`` everywhere, plus pooling's at one pixel a window, added in place.
- No gradient goes into the input, and a row's gradient is used up before the next one is made.

All functions release Python's lock; several folds run on several threads, one core each. Needs
numba: imported by :mod:`mexlab.training.fused` alone, and only when something trains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

SIDE, PADDED, POOLED, AVERAGED = 28, 30, 10, 5

#: Columns are worked on in tiles of four outputs, which six inputs reach into.
_TILE, _TILES, _POINTS = 4, 7, 6

#: Rows that one loop takes: what lies between its steps then fits the cache.
_ROWS_FORWARD, _ROWS_BACKWARD = 2, 4

_MOMENTUM, _STAY, _EPSILON = np.float32(0.1), np.float32(0.9), np.float32(1e-5)

#: Sums may be reordered and multiplications fused; what is not a number stays visible.
_REORDER = {"reassoc", "contract", "nsz", "arcp"}

_OPTIONS: dict[str, Any] = {"nogil": True, "fastmath": _REORDER, "error_model": "numpy"}

_ZERO, _HALF_SCALE = np.float32(0), np.float32(0.5)
_TWO, _FOUR, _FIVE, _SIX = np.float32(2), np.float32(4), np.float32(5), np.float32(6)
_EIGHT, _TWELVE, _TWENTY_FOUR = np.float32(8), np.float32(12), np.float32(24)


def _inlined(function: Callable[..., Any]) -> Any:
    """A piece of a compiled function; it has no machine code of its own.

    With one, the process that compiled it would run that, and all others the copy that is kept on
    disk with its caller: optimised apart, they differ in the last bit.
    """
    return njit(forceinline=True, **_OPTIONS)(function)


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile on first use, and keep the machine code on disk where any place can be written to.

    numba keeps it beside the source, else in the user's cache folder; it gives up with an error
    where neither can be written to, and then every process compiles for itself.
    """
    try:
        return njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:
        return njit(**_OPTIONS)(function)


@_inlined
def _gather(inputs, rows, padded):  # type: ignore[no-untyped-def]
    """Bring a batch into the middle of the padded maps (3, 30, 4, 8, B), column 4 t + m."""
    # Unsigned: a signed index could count from the end, and asking costs a third of the time.
    places = rows.astype(np.uint64)
    for c in range(3):
        for r in range(SIDE):
            for q in range(SIDE):
                source = inputs[c, r, q]
                target = padded[c, r + 1, (q + 1) % _TILE, (q + 1) // _TILE]
                for b in range(places.shape[0]):
                    target[b] = source[places[b]]


@_inlined
def _transform_inputs(padded, points):  # type: ignore[no-untyped-def]
    """Six values a tile of each row, ``B^T d``: from (3, 30, 4, 8 B) to (6, 3, 30, 7 B)."""
    width = points.shape[3]
    lanes = width // _TILES
    for c in range(3):
        for r in range(1, PADDED - 1):
            row = padded[c, r]
            x0, x1, x2, x3 = row[0, :width], row[1, :width], row[2, :width], row[3, :width]
            x4, x5 = row[0, lanes : lanes + width], row[1, lanes : lanes + width]
            y0, y1, y2 = points[0, c, r], points[1, c, r], points[2, c, r]
            y3, y4, y5 = points[3, c, r], points[4, c, r], points[5, c, r]
            for i in range(width):
                a1, a2, a3, a4 = x1[i], x2[i], x3[i], x4[i]
                even, odd = a4 - _FOUR * a2, a3 - _FOUR * a1
                twin, half = a4 - a2, _TWO * (a3 - a1)
                y0[i] = _FOUR * x0[i] - _FIVE * a2 + a4
                y1[i] = even + odd
                y2[i] = even - odd
                y3[i] = twin + half
                y4[i] = twin - half
                y5[i] = _FOUR * a1 - _FIVE * a3 + x5[i]


@_inlined
def _transform_kernels(kernels, taps):  # type: ignore[no-untyped-def]
    """``G g`` of each row of three weights: from (C, 27) to (C, 6, 9)."""
    for o in range(kernels.shape[0]):
        for k in range(9):
            g0, g1, g2 = kernels[o, 3 * k], kernels[o, 3 * k + 1], kernels[o, 3 * k + 2]
            taps[o, 0, k] = g0 / _FOUR
            taps[o, 1, k] = -(g0 + g1 + g2) / _SIX
            taps[o, 2, k] = -(g0 - g1 + g2) / _SIX
            taps[o, 3, k] = (g0 + _TWO * g1 + _FOUR * g2) / _TWENTY_FOUR
            taps[o, 4, k] = (g0 - _TWO * g1 + _FOUR * g2) / _TWENTY_FOUR
            taps[o, 5, k] = g2


@_inlined
def _kernels_back(sums, d_kernels):  # type: ignore[no-untyped-def]
    """The weights' gradient from that of the taps, ``G^T s``: from (C, 6, 9) to (C, 27)."""
    for o in range(sums.shape[0]):
        for k in range(9):
            s = sums[o, :, k]
            minus, plus = s[1] + s[2], s[3] + s[4]
            d_kernels[o, 3 * k] = s[0] / _FOUR - minus / _SIX + plus / _TWENTY_FOUR
            d_kernels[o, 3 * k + 1] = (s[2] - s[1]) / _SIX + (s[3] - s[4]) / _TWELVE
            d_kernels[o, 3 * k + 2] = plus / _SIX - minus / _SIX + s[5]


@_inlined
def _multiply(points, start, w, v, out_w, out_v):  # type: ignore[no-untyped-def]
    """Of one of the six points: nine taps of two output channels, for some rows."""
    n, width = out_w.shape[0], points.shape[2]
    flat = points.reshape(3, PADDED * width)
    first, second, third = start * width, (start + 1) * width, (start + 2) * width
    e, f, g = flat[0], flat[1], flat[2]
    x0, x1, x2 = e[first : first + n], e[second : second + n], e[third : third + n]
    x3, x4, x5 = f[first : first + n], f[second : second + n], f[third : third + n]
    x6, x7, x8 = g[first : first + n], g[second : second + n], g[third : third + n]
    w0, w1, w2, w3, w4, w5, w6, w7, w8 = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]
    v0, v1, v2, v3, v4, v5, v6, v7, v8 = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]
    for i in range(n):
        a0, a1, a2, a3, a4 = x0[i], x1[i], x2[i], x3[i], x4[i]
        a5, a6, a7, a8 = x5[i], x6[i], x7[i], x8[i]
        out_w[i] = (
            w0 * a0 + w1 * a1 + w2 * a2 + w3 * a3 + w4 * a4 + w5 * a5 + w6 * a6 + w7 * a7 + w8 * a8
        )
        out_v[i] = (
            v0 * a0 + v1 * a1 + v2 * a2 + v3 * a3 + v4 * a4 + v5 * a5 + v6 * a6 + v7 * a7 + v8 * a8
        )


@_inlined
def _finish_row(products, start, bias, out):  # type: ignore[no-untyped-def]
    """``A^T m``, bias and ReLU: one row (4, 7 B) of one channel; its sum and sum of squares."""
    width = out.shape[1]
    end = start + width
    x0, x1, x2 = products[0, start:end], products[1, start:end], products[2, start:end]
    x3, x4, x5 = products[3, start:end], products[4, start:end], products[5, start:end]
    y0, y1, y2, y3 = out[0], out[1], out[2], out[3]
    total, squares = _ZERO, _ZERO
    for i in range(width):
        plus, minus = x1[i] + x2[i], x1[i] - x2[i]
        sums, gaps = x3[i] + x4[i], x3[i] - x4[i]
        p = bias + x0[i] + plus + sums
        q = bias + minus + _TWO * gaps
        s = bias + plus + _FOUR * sums
        t = bias + minus + _EIGHT * gaps + x5[i]
        # A comparison lets what is not a number through, as torch's ReLU does.
        p = _ZERO if p < _ZERO else p
        q = _ZERO if q < _ZERO else q
        s = _ZERO if s < _ZERO else s
        t = _ZERO if t < _ZERO else t
        y0[i] = p
        y1[i] = q
        y2[i] = s
        y3[i] = t
        total += p + q + s + t
        squares += p * p + q * q + s * s + t * t
    return total, squares


@_inlined
def _transform_gradient(line, points, start):  # type: ignore[no-untyped-def]
    """``A y`` of one row's gradient: from (4, 7 B) to six points; returns the gradient's sum."""
    width = line.shape[1]
    end = start + width
    x0, x1, x2, x3 = line[0], line[1], line[2], line[3]
    y0, y1, y2 = points[0, start:end], points[1, start:end], points[2, start:end]
    y3, y4, y5 = points[3, start:end], points[4, start:end], points[5, start:end]
    total = _ZERO
    for i in range(width):
        a0, a1, a2, a3 = x0[i], x1[i], x2[i], x3[i]
        even, odd = a0 + a2, a1 + a3
        far, wide = a0 + _FOUR * a2, _TWO * a1 + _EIGHT * a3
        total += even + odd
        y0[i] = a0
        y1[i] = even + odd
        y2[i] = even - odd
        y3[i] = far + wide
        y4[i] = far - wide
        y5[i] = a3
    return total


@_inlined
def _gather_products(points, start, up_w, up_v, out_w, out_v):  # type: ignore[no-untyped-def]
    """Of one of the six points: some rows' part in nine taps of two output channels."""
    n, width = up_w.shape[0], points.shape[2]
    flat = points.reshape(3, PADDED * width)
    first, second, third = start * width, (start + 1) * width, (start + 2) * width
    e, f, g = flat[0], flat[1], flat[2]
    x0, x1, x2 = e[first : first + n], e[second : second + n], e[third : third + n]
    x3, x4, x5 = f[first : first + n], f[second : second + n], f[third : third + n]
    x6, x7, x8 = g[first : first + n], g[second : second + n], g[third : third + n]
    p0, p1, p2, p3, p4 = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    p5, p6, p7, p8 = _ZERO, _ZERO, _ZERO, _ZERO
    q0, q1, q2, q3, q4 = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    q5, q6, q7, q8 = _ZERO, _ZERO, _ZERO, _ZERO
    for i in range(n):
        a0, a1, a2, a3, a4 = x0[i], x1[i], x2[i], x3[i], x4[i]
        a5, a6, a7, a8 = x5[i], x6[i], x7[i], x8[i]
        s, t = up_w[i], up_v[i]
        p0 += s * a0
        p1 += s * a1
        p2 += s * a2
        p3 += s * a3
        p4 += s * a4
        p5 += s * a5
        p6 += s * a6
        p7 += s * a7
        p8 += s * a8
        q0 += t * a0
        q1 += t * a1
        q2 += t * a2
        q3 += t * a3
        q4 += t * a4
        q5 += t * a5
        q6 += t * a6
        q7 += t * a7
        q8 += t * a8
    for k, value in enumerate((p0, p1, p2, p3, p4, p5, p6, p7, p8)):
        out_w[k] += value
    for k, other in enumerate((q0, q1, q2, q3, q4, q5, q6, q7, q8)):
        out_v[k] += other


@_inlined
def _pool(maps, sign, i, extremes, places):  # type: ignore[no-untyped-def]
    """One row of windows: the value whose ``sign * a`` is greatest, and where it stood (0 to 8).

    Windows at the border lack pixels; a neighbour stands in for each, under its own number, and is
    never greater than itself.
    """
    r0, r1, r2 = max(3 * i - 1, 0), 3 * i, min(3 * i + 1, SIDE - 1)
    for j in range(POOLED):
        c0, c1, c2 = max(3 * j - 1, 0), 3 * j, min(3 * j + 1, SIDE - 1)
        m0, m1, m2 = c0 % _TILE, c1 % _TILE, c2 % _TILE
        t0, t1, t2 = c0 // _TILE, c1 // _TILE, c2 // _TILE
        x0, x1, x2 = maps[r0, m0, t0], maps[r0, m1, t1], maps[r0, m2, t2]
        x3, x4, x5 = maps[r1, m0, t0], maps[r1, m1, t1], maps[r1, m2, t2]
        x6, x7, x8 = maps[r2, m0, t0], maps[r2, m1, t1], maps[r2, m2, t2]
        a, b, c = 3 * (r0 - r1 + 1), 3, 3 * (r2 - r1 + 1)
        d, e, f = c0 - c1 + 1, 1, c2 - c1 + 1
        k0, k1, k2 = np.int32(a + d), np.int32(a + e), np.int32(a + f)
        k3, k4, k5 = np.int32(b + d), np.int32(b + e), np.int32(b + f)
        k6, k7, k8 = np.int32(c + d), np.int32(c + e), np.int32(c + f)
        best, place = extremes[i * POOLED + j], places[i * POOLED + j]
        for lane in range(best.shape[0]):
            value, k = sign * x0[lane], k0
            other = sign * x1[lane]
            k = k1 if other > value else k
            value = other if other > value else value
            other = sign * x2[lane]
            k = k2 if other > value else k
            value = other if other > value else value
            other = sign * x3[lane]
            k = k3 if other > value else k
            value = other if other > value else value
            other = sign * x4[lane]
            k = k4 if other > value else k
            value = other if other > value else value
            other = sign * x5[lane]
            k = k5 if other > value else k
            value = other if other > value else value
            other = sign * x6[lane]
            k = k6 if other > value else k
            value = other if other > value else value
            other = sign * x7[lane]
            k = k7 if other > value else k
            value = other if other > value else value
            other = sign * x8[lane]
            k = k8 if other > value else k
            value = other if other > value else value
            best[lane] = sign * value
            place[lane] = k


@_inlined
def _row_gradient(maps, r, c0, c1, d_pooled, places, out):  # type: ignore[no-untyped-def]
    """The loss's gradient into one row before ReLU, for all clips."""
    i = (r + 1) // 3
    lanes = maps.shape[3]
    for c in range(SIDE):
        j = (c + 1) // 3
        k = (r + 1 - 3 * i) * 3 + (c + 1 - 3 * j)
        values, target = maps[r, c % _TILE, c // _TILE], out[c % _TILE, c // _TILE]
        up, place = d_pooled[i * POOLED + j], places[i * POOLED + j]
        for b in range(lanes):
            value = c0 + c1 * values[b] + (up[b] if place[b] == k else _ZERO)
            target[b] = value if values[b] > _ZERO else _ZERO


@_inlined
def _loss(scores, targets, weights, smoothing, d_scores):  # type: ignore[no-untyped-def]
    """Weighted cross-entropy and its gradient into the scores (classes, B); and the hits."""
    classes, lanes = scores.shape
    total, loss, hits = 0.0, 0.0, 0
    for b in range(lanes):
        total += weights[targets[b]]
    for b in range(lanes):
        best = 0
        for k in range(1, classes):
            if scores[k, b] > scores[best, b]:
                best = k
        top = float(scores[best, b])
        hits += best == targets[b]
        norm, spread = 0.0, 0.0
        for k in range(classes):
            norm += np.exp(scores[k, b] - top)
            spread += scores[k, b] - top
        log_norm = np.log(norm)
        own = weights[targets[b]] / total
        right = scores[targets[b], b] - top - log_norm
        mean = spread / classes - log_norm
        loss -= own * ((1.0 - smoothing) * right + smoothing * mean)
        for k in range(classes):
            wanted = smoothing / classes + (1.0 - smoothing if k == targets[b] else 0.0)
            d_scores[k, b] = own * (np.exp(scores[k, b] - top) / norm - wanted)
    return loss, hits


@_compiled
def compute_gradients(  # type: ignore[no-untyped-def]
    inputs, rows, targets, kept, weights, smoothing, parts, gradients, running, work
):
    """Loss, hits, and the gradient of every parameter, of one fold's batch.

    Parameters
    ----------
    inputs : array of float32, shape (3, 28, 28, N)
        Of all clips, clips innermost.
    rows, targets : arrays of int64, shape (B,)
    kept : array of uint8, shape (C, 100, B)
        Dropout: the units that stay.
    weights : array of float32, shape (classes,)
    smoothing : float
    parts, gradients : tuple of arrays of float32
        Kernels (C, 27), biases, slopes and shifts (C,), classifier (classes, C * 25) and its
        biases; and the same for what is written.
    running : tuple of arrays of float32, shape (C,)
        Batch norm's running mean and variance, moved on.
    work : tuple of arrays
        Of :func:`make_work`.

    Returns
    -------
    loss : float
    hits : int
    """
    kernels, biases, slopes, shifts, out_kernels, out_biases = parts
    d_kernels, d_biases, d_slopes, d_shifts, d_out_kernels, d_out_biases = gradients
    padded, points, taps, products, maps, extremes, places, averaged, scores, d_scores, line = work
    channels, lanes = maps.shape[0], rows.shape[0]
    classes = out_biases.shape[0]
    count = np.float32(lanes * SIDE * SIDE)
    width = _TILES * lanes
    means, scales = np.empty(channels, np.float32), np.empty(channels, np.float32)
    inverse = np.empty(channels, np.float32)

    _gather(inputs, rows, padded)
    _transform_inputs(padded.reshape(3, PADDED, _TILE, (_TILES + 1) * lanes), points)
    _transform_kernels(kernels, taps)
    for o in range(0, channels, 2):
        sums = np.zeros(4, np.float64)
        for r in range(0, SIDE, _ROWS_FORWARD):
            n = _ROWS_FORWARD * width
            for k in range(_POINTS):
                out_w, out_v = products[0, k, :n], products[1, k, :n]
                _multiply(points[k], r, taps[o, k], taps[o + 1, k], out_w, out_v)
            for p in range(2):
                for q in range(_ROWS_FORWARD):
                    row = maps[o + p, r + q].reshape(_TILE, width)
                    found = _finish_row(products[p], q * width, biases[o + p], row)
                    sums[p] += found[0]
                    sums[2 + p] += found[1]
        for p in range(2):
            sign = np.float32(-1) if slopes[o + p] < _ZERO else np.float32(1)
            for i in range(POOLED):
                _pool(maps[o + p], sign, i, extremes[o + p], places[o + p])
        for p in range(2):
            mean = sums[p] / count
            variance = max(sums[2 + p] / count - mean * mean, 0.0)
            means[o + p] = mean
            inverse[o + p] = 1.0 / np.sqrt(variance + _EPSILON)
            scales[o + p] = slopes[o + p] * inverse[o + p]
            running[0][o + p] = _STAY * running[0][o + p] + _MOMENTUM * means[o + p]
            unbiased = np.float32(variance * count / (count - 1))
            running[1][o + p] = _STAY * running[1][o + p] + _MOMENTUM * unbiased

    # Normalise, drop out (a half stays, doubled) and average four: twice a quarter of the sum.
    averaged[:] = _ZERO
    for o in range(channels):
        shift = shifts[o] - scales[o] * means[o]
        for w in range(POOLED * POOLED):
            i, j = w // POOLED, w % POOLED
            target = averaged[(o * AVERAGED + i // 2) * AVERAGED + j // 2]
            value, stays = extremes[o, w], kept[o, w]
            for b in range(lanes):
                target[b] += _HALF_SCALE * stays[b] * (scales[o] * value[b] + shift)
    for k in range(classes):
        score = scores[k]
        score[:] = out_biases[k]
        for f in range(averaged.shape[0]):
            weight, value = out_kernels[k, f], averaged[f]
            for b in range(lanes):
                score[b] += weight * value[b]
    loss, hits = _loss(scores, targets, weights, smoothing, d_scores)

    for k in range(classes):
        up = d_scores[k]
        d_out_biases[k] = up.sum()
        for f in range(averaged.shape[0]):
            total, value = _ZERO, averaged[f]
            for b in range(lanes):
                total += up[b] * value[b]
            d_out_kernels[k, f] = total
    # From here on, what was averaged holds its gradient, and the extremes theirs.
    averaged[:] = _ZERO
    for f in range(averaged.shape[0]):
        target = averaged[f]
        for k in range(classes):
            weight, up = out_kernels[k, f], d_scores[k]
            for b in range(lanes):
                target[b] += weight * up[b]
    c0, c1 = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for o in range(channels):
        d_shift, d_line = np.float64(0), np.float64(0)
        for w in range(POOLED * POOLED):
            i, j = w // POOLED, w % POOLED
            up = averaged[(o * AVERAGED + i // 2) * AVERAGED + j // 2]
            value, stays = extremes[o, w], kept[o, w]
            part, moved = _ZERO, _ZERO
            for b in range(lanes):
                gradient = _HALF_SCALE * stays[b] * up[b]
                part += gradient
                moved += gradient * (value[b] - means[o])
                value[b] = gradient * scales[o]
            d_shift += part
            d_line += moved
        d_shifts[o] = d_shift
        d_slopes[o] = d_line * inverse[o]
        c1[o] = -scales[o] * inverse[o] * d_slopes[o] / count
        c0[o] = -scales[o] * d_shifts[o] / count - c1[o] * means[o]
    taps[:] = _ZERO
    for o in range(0, channels, 2):
        for p in range(2):
            d_biases[o + p] = _ZERO
        for r in range(0, SIDE, _ROWS_BACKWARD):
            for p in range(2):
                c = o + p
                for q in range(_ROWS_BACKWARD):
                    _row_gradient(maps[c], r + q, c0[c], c1[c], extremes[c], places[c], line)
                    d_biases[c] += _transform_gradient(
                        line.reshape(_TILE, width), products[p], q * width
                    )
            for k in range(_POINTS):
                _gather_products(
                    points[k], r, products[0, k], products[1, k], taps[o, k], taps[o + 1, k]
                )
    _kernels_back(taps, d_kernels)
    return loss, hits


@_compiled
def adam_step(values, gradients, first, second, step, rate, decay):  # type: ignore[no-untyped-def]
    """Adam as torch has it, in place; ``step`` counts from 1."""
    bias_first, bias_second = 1.0 - 0.9**step, np.sqrt(1.0 - 0.999**step)
    for i in range(values.shape[0]):
        gradient = gradients[i] + np.float32(decay) * values[i]
        first[i] += np.float32(0.1) * (gradient - first[i])
        second[i] = np.float32(0.999) * second[i] + np.float32(0.001) * gradient * gradient
        root = np.sqrt(second[i]) / np.float32(bias_second) + np.float32(1e-8)
        values[i] -= np.float32(rate / bias_first) * first[i] / root


def make_work(channels: int, lanes: int, classes: int) -> tuple[NDArray[Any], ...]:
    """Arrays that :func:`compute_gradients` writes to, for batches of ``lanes`` clips."""
    pooled = (channels, POOLED * POOLED, lanes)
    width = _TILES * lanes
    return (
        # The border stays zero: the convolution's padding. So do the points of its rows.
        np.zeros((3, PADDED, _TILE, _TILES + 1, lanes), np.float32),
        np.zeros((_POINTS, 3, PADDED, width), np.float32),
        np.empty((channels, _POINTS, 9), np.float32),
        np.empty((2, _POINTS, _ROWS_BACKWARD * width), np.float32),
        np.empty((channels, SIDE, _TILE, _TILES, lanes), np.float32),
        np.empty(pooled, np.float32),
        np.empty(pooled, np.int32),
        np.empty((channels * AVERAGED**2, lanes), np.float32),
        np.empty((classes, lanes), np.float32),
        np.empty((classes, lanes), np.float32),
        np.empty((_TILE, _TILES, lanes), np.float32),
    )
