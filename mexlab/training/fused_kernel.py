"""The compiled arithmetic of the fused backend: one training step of one LAENet or STSTNet.

What makes it fast on a processor:

- Clips lie innermost in memory (channel, row, column, clip), so that convolution, batch norm and
  pooling are flat loops over a whole row of a map for all clips, which the compiler turns into
  vector instructions. It does so for slices, and not where it must add up an index itself.
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

SIDE, PADDED, POOLED, AVERAGED, TAPS = 28, 30, 10, 5, 27

_MOMENTUM, _STAY, _EPSILON = np.float32(0.1), np.float32(0.9), np.float32(1e-5)

#: Sums may be reordered and multiplications fused; what is not a number stays visible.
_REORDER = {"reassoc", "contract", "nsz", "arcp"}

_ZERO, _HALF_SCALE = np.float32(0), np.float32(0.5)


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile on first use, and keep the machine code on disk where any place can be written to.

    numba keeps it beside the source, else in the user's cache folder; it gives up with an error
    where neither can be written to, and then every process compiles for itself.
    """
    options: dict[str, Any] = {"nogil": True, "fastmath": _REORDER, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:
        return njit(**options)(function)


@_compiled
def _gather(inputs, rows, padded):  # type: ignore[no-untyped-def]
    """Bring a batch into the middle of the padded maps (3, 30, 30, B)."""
    for c in range(3):
        for r in range(SIDE):
            for q in range(SIDE):
                source = inputs[c, r, q]
                target = padded[c, r + 1, q + 1]
                for b in range(rows.shape[0]):
                    target[b] = source[rows[b]]


@_compiled
def _convolve_row(images, r, w, v, bias_w, bias_v, out_w, out_v):  # type: ignore[no-untyped-def]
    """One row of two output channels after ReLU, for all clips; returns sums and square sums."""
    n = out_w.shape[0]
    lanes = n // SIDE
    step = 2 * lanes
    e0, e1, e2 = images[0, r], images[0, r + 1], images[0, r + 2]
    f0, f1, f2 = images[1, r], images[1, r + 1], images[1, r + 2]
    g0, g1, g2 = images[2, r], images[2, r + 1], images[2, r + 2]
    x0, x1, x2 = e0[0:n], e0[lanes : lanes + n], e0[step : step + n]
    x3, x4, x5 = e1[0:n], e1[lanes : lanes + n], e1[step : step + n]
    x6, x7, x8 = e2[0:n], e2[lanes : lanes + n], e2[step : step + n]
    x9, x10, x11 = f0[0:n], f0[lanes : lanes + n], f0[step : step + n]
    x12, x13, x14 = f1[0:n], f1[lanes : lanes + n], f1[step : step + n]
    x15, x16, x17 = f2[0:n], f2[lanes : lanes + n], f2[step : step + n]
    x18, x19, x20 = g0[0:n], g0[lanes : lanes + n], g0[step : step + n]
    x21, x22, x23 = g1[0:n], g1[lanes : lanes + n], g1[step : step + n]
    x24, x25, x26 = g2[0:n], g2[lanes : lanes + n], g2[step : step + n]
    w0, w1, w2, w3, w4, w5, w6, w7, w8 = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]
    w9, w10, w11, w12, w13, w14 = w[9], w[10], w[11], w[12], w[13], w[14]
    w15, w16, w17, w18, w19, w20 = w[15], w[16], w[17], w[18], w[19], w[20]
    w21, w22, w23, w24, w25, w26 = w[21], w[22], w[23], w[24], w[25], w[26]
    v0, v1, v2, v3, v4, v5, v6, v7, v8 = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]
    v9, v10, v11, v12, v13, v14 = v[9], v[10], v[11], v[12], v[13], v[14]
    v15, v16, v17, v18, v19, v20 = v[15], v[16], v[17], v[18], v[19], v[20]
    v21, v22, v23, v24, v25, v26 = v[21], v[22], v[23], v[24], v[25], v[26]
    sum_w, sum_v, square_w, square_v = _ZERO, _ZERO, _ZERO, _ZERO
    for i in range(n):
        a0, a1, a2, a3, a4, a5 = x0[i], x1[i], x2[i], x3[i], x4[i], x5[i]
        a6, a7, a8, a9, a10, a11 = x6[i], x7[i], x8[i], x9[i], x10[i], x11[i]
        a12, a13, a14, a15, a16, a17 = x12[i], x13[i], x14[i], x15[i], x16[i], x17[i]
        a18, a19, a20, a21, a22, a23 = x18[i], x19[i], x20[i], x21[i], x22[i], x23[i]
        a24, a25, a26 = x24[i], x25[i], x26[i]
        p = (
            bias_w + w0 * a0 + w1 * a1 + w2 * a2 + w3 * a3 + w4 * a4 + w5 * a5 + w6 * a6
            + w7 * a7 + w8 * a8 + w9 * a9 + w10 * a10 + w11 * a11 + w12 * a12 + w13 * a13
            + w14 * a14 + w15 * a15 + w16 * a16 + w17 * a17 + w18 * a18 + w19 * a19 + w20 * a20
            + w21 * a21 + w22 * a22 + w23 * a23 + w24 * a24 + w25 * a25 + w26 * a26
        )  # fmt: skip
        q = (
            bias_v + v0 * a0 + v1 * a1 + v2 * a2 + v3 * a3 + v4 * a4 + v5 * a5 + v6 * a6
            + v7 * a7 + v8 * a8 + v9 * a9 + v10 * a10 + v11 * a11 + v12 * a12 + v13 * a13
            + v14 * a14 + v15 * a15 + v16 * a16 + v17 * a17 + v18 * a18 + v19 * a19 + v20 * a20
            + v21 * a21 + v22 * a22 + v23 * a23 + v24 * a24 + v25 * a25 + v26 * a26
        )  # fmt: skip
        # A comparison lets what is not a number through, as torch's ReLU does.
        p = _ZERO if p < _ZERO else p
        q = _ZERO if q < _ZERO else q
        out_w[i] = p
        out_v[i] = q
        sum_w += p
        sum_v += q
        square_w += p * p
        square_v += q * q
    return sum_w, sum_v, square_w, square_v


@_compiled
def _kernel_gradient(top, middle, bottom, up_w, up_v, out_w, out_v):  # type: ignore[no-untyped-def]
    """Add one row's gradient to the nine weights of two filters on one input channel."""
    n = up_w.shape[0]
    lanes = n // SIDE
    step = 2 * lanes
    x0, x1, x2 = top[0:n], top[lanes : lanes + n], top[step : step + n]
    x3, x4, x5 = middle[0:n], middle[lanes : lanes + n], middle[step : step + n]
    x6, x7, x8 = bottom[0:n], bottom[lanes : lanes + n], bottom[step : step + n]
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


@_compiled
def _pool(maps, sign, i, extremes, places):  # type: ignore[no-untyped-def]
    """One row of windows: the value whose ``sign * a`` is greatest, and where it stood (0 to 8)."""
    for j in range(POOLED):
        best, place = extremes[i * POOLED + j], places[i * POOLED + j]
        fresh = True
        for k in range(9):
            r, c = 3 * i - 1 + k // 3, 3 * j - 1 + k % 3
            if not (0 <= r < SIDE and 0 <= c < SIDE):
                continue
            values = maps[r, c]
            if fresh:
                for b in range(best.shape[0]):
                    best[b] = values[b]
                    place[b] = k
                fresh = False
                continue
            for b in range(best.shape[0]):
                better = sign * values[b] > sign * best[b]
                best[b] = values[b] if better else best[b]
                place[b] = k if better else place[b]


@_compiled
def _row_gradient(maps, r, c0, c1, d_pooled, places, out):  # type: ignore[no-untyped-def]
    """The loss's gradient into one row before ReLU, for all clips; returns its sum."""
    i = (r + 1) // 3
    total = _ZERO
    lanes = maps.shape[2]
    for c in range(SIDE):
        j = (c + 1) // 3
        k = (r + 1 - 3 * i) * 3 + (c + 1 - 3 * j)
        values, target = maps[r, c], out[c * lanes : (c + 1) * lanes]
        up, place = d_pooled[i * POOLED + j], places[i * POOLED + j]
        for b in range(lanes):
            value = c0 + c1 * values[b] + (up[b] if place[b] == k else _ZERO)
            value = value if values[b] > _ZERO else _ZERO
            target[b] = value
            total += value
    return total


@_compiled
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
    padded, maps, extremes, places, averaged, scores, d_scores, line_w, line_v = work
    channels, lanes = maps.shape[0], rows.shape[0]
    classes = out_biases.shape[0]
    count = np.float32(lanes * SIDE * SIDE)
    flat = SIDE * lanes
    images = padded.reshape(3, PADDED, PADDED * lanes)
    means, scales = np.empty(channels, np.float32), np.empty(channels, np.float32)
    inverse = np.empty(channels, np.float32)

    _gather(inputs, rows, padded)
    for o in range(0, channels, 2):
        sums = np.zeros(4, np.float64)
        for i in range(POOLED):
            for r in range(max(3 * i - 1, 0), min(3 * i + 2, SIDE)):
                found = _convolve_row(
                    images, r, kernels[o], kernels[o + 1], biases[o], biases[o + 1],
                    maps[o, r].reshape(flat), maps[o + 1, r].reshape(flat),
                )  # fmt: skip
                for k in range(4):
                    sums[k] += found[k]
            for p in range(2):
                sign = np.float32(-1) if slopes[o + p] < _ZERO else np.float32(1)
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
    d_kernels[:] = _ZERO
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
    for o in range(0, channels, 2):
        total_w, total_v = np.float64(0), np.float64(0)
        for r in range(SIDE):
            total_w += _row_gradient(maps[o], r, c0[o], c1[o], extremes[o], places[o], line_w)
            total_v += _row_gradient(
                maps[o + 1], r, c0[o + 1], c1[o + 1], extremes[o + 1], places[o + 1], line_v
            )
            for c in range(3):
                _kernel_gradient(
                    images[c, r], images[c, r + 1], images[c, r + 2], line_w, line_v,
                    d_kernels[o, 9 * c : 9 * c + 9], d_kernels[o + 1, 9 * c : 9 * c + 9],
                )  # fmt: skip
        d_biases[o] = total_w
        d_biases[o + 1] = total_v
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
    return (
        # The border stays zero: the convolution's padding.
        np.zeros((3, PADDED, PADDED, lanes), np.float32),
        np.empty((channels, SIDE, SIDE, lanes), np.float32),
        np.empty(pooled, np.float32),
        np.empty(pooled, np.int32),
        np.empty((channels * AVERAGED**2, lanes), np.float32),
        np.empty((classes, lanes), np.float32),
        np.empty((classes, lanes), np.float32),
        np.empty(SIDE * lanes, np.float32),
        np.empty(SIDE * lanes, np.float32),
    )
