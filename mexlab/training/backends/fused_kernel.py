"""The compiled arithmetic of the fused backend: training steps of one LAENet or STSTNet.

Past 400 lines, and in one file: numba keeps compiled code by the date of its own file, and would go
on with an old callee from another.

What makes it fast on a processor:

- A value that the code works on is a vector of one pixel of several clips (:data:`LANES`), a type
  of its own that becomes one register. Left to find the vectors itself, the compiler takes half
  of the register's width, and asks at each loop whether its arrays overlap.
- Clips go through in groups of that many, row by row, so that what lies between two steps stays in
  the innermost cache: a store beyond it costs four times as long, a load hardly more. Of a whole
  batch only the maps are kept, since batch norm needs all of them before it knows a gradient.
- Winograd's F(4, 3) along a row: four outputs from six products in place of twelve, forwards and
  for the weights' gradient, which takes the same transformed inputs. After Lavin & Gray 2016,
  whose names of the matrices (A, B, G) the functions cite. ``B^T d`` is taken of all clips
  beforehand.
- Two output channels a loop: each input value is loaded once for both.
- Batch norm is a rising or falling line a channel: the maximum over a window is the line's value at
  the window's maximum (or minimum), and only the pooled values are normalised. Its gradient into
  the convolution is ``c0 + c1 a`` everywhere, plus pooling's at one pixel a window.
- No gradient goes into the input, and a row's gradient is used up before the next one is made.

The functions release Python's lock; several folds run on several threads, one core each. Needs
numba: imported by :mod:`mexlab.training.backends.fused` alone, and only when something trains.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils, config
from numba.core.datamodel import PrimitiveModel
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, register_model
from numpy.typing import NDArray

SIDE, POOLED, AVERAGED = 28, 10, 5

#: Columns are worked on in tiles of four outputs, which six inputs reach into.
TILE, TILES, POINTS = 4, 7, 6

_CHANNELS, _TAPS = 3, 9

#: Values of one row of a clip's inputs: of each point, channel and tile, and zeros up to a whole
#: number of vectors.
ROW_VALUES = 128


def _vector_width() -> int:
    """Single precision numbers that one register holds, where that is worth asking for."""
    features = config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()  # type: ignore[attr-defined]
    return 16 if "+avx512f" in features.split(",") else 8


#: Clips in a vector.
LANES = _vector_width()

# Places between neighbours in flat arrays, in numbers: a row's points of one channel, and of all
# three; a row that was brought in; products of a channel's row; a row of the maps, and all; a row
# of windows, and all; sums of taps.
_ROW_POINTS = TILES * LANES
_LINE_POINTS = _CHANNELS * _ROW_POINTS
#: Not a power of two: rows below each other would then compete for the same places in the cache.
_SLOT = (ROW_VALUES + 2) * LANES
_ROW_PRODUCTS = POINTS * _ROW_POINTS
_MAP_ROW = SIDE * LANES
_MAP = SIDE * _MAP_ROW
_WINDOW_ROW = POOLED * LANES
_WINDOWS = POOLED * _WINDOW_ROW
_SUMS = _TAPS * LANES

_MOMENTUM, _STAY, _EPSILON = np.float32(0.1), np.float32(0.9), np.float32(1e-5)

#: Sums may be reordered and multiplications fused; what is not a number stays visible.
_REORDER = {"reassoc", "contract", "nsz", "arcp"}

_OPTIONS: dict[str, Any] = {"nogil": True, "fastmath": _REORDER, "error_model": "numpy"}

_ZERO, _HALF, _ONE, _TWO = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
_FOUR, _SIX, _EIGHT = np.float32(4), np.float32(6), np.float32(8)
_TWELVE, _TWENTY_FOUR = np.float32(12), np.float32(24)
_DOWN = np.float32(-1)

#: Dropout's eight units of a byte of random bits, one byte each, in numpy's order of unpacking.
_UNPACKED = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).view(np.uint64)[:, 0]


# ------------------------------------------------------------------ a vector of single precision


class _Lanes(types.Type):
    """The numba type of a vector: one number of each of :data:`LANES` clips."""

    def __init__(self) -> None:
        super().__init__(name=f"float32x{LANES}")


_VECTOR = _Lanes()
_FLOAT, _INDEX = ir.FloatType(), ir.IntType(64)
_REGISTER, _PART = ir.VectorType(_FLOAT, LANES), ir.VectorType(_FLOAT, 4)
_STEP = ir.Constant(_INDEX, LANES)


@register_model(_Lanes)
class _LanesModel(PrimitiveModel):
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _REGISTER)


@infer_global(operator.add)
@infer_global(operator.sub)
@infer_global(operator.mul)
class _Arithmetic(ConcreteTemplate):
    cases = [signature(_VECTOR, _VECTOR, _VECTOR)]  # noqa: RUF012 - numba's own form


def _lower(operation: Callable[..., Any], instruction: str) -> None:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)

    lower_builtin(operation, _VECTOR, _VECTOR)(generate)


_lower(operator.add, "fadd")
_lower(operator.sub, "fsub")
_lower(operator.mul, "fmul")


def _instruction(function: Callable[..., Any]) -> Any:
    """A function for compiled code that writes its own instructions; called without ``typing``."""
    return intrinsic(function)


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    """Where a vector begins in an array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


@_instruction
def _load(typing, array, index):  # type: ignore[no-untyped-def]
    """The vector that begins at one place of a flat array."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _pointer(context, builder, sig.args[0], args[0], args[1], _REGISTER)
        return builder.load(place, align=4)

    return _VECTOR(array, types.int64), generate


@_instruction
def _load_bytes(typing, array, index):  # type: ignore[no-untyped-def]
    """As many bytes, as numbers."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        narrow = ir.VectorType(ir.IntType(8), LANES)
        place = _pointer(context, builder, sig.args[0], args[0], args[1], narrow)
        return builder.uitofp(builder.load(place, align=1), _REGISTER)

    return _VECTOR(array, types.int64), generate


@_instruction
def _store(typing, array, index, value):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _pointer(context, builder, sig.args[0], args[0], args[1], _REGISTER)
        builder.store(args[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.int64, _VECTOR), generate


@_instruction
def _splat(typing, value):  # type: ignore[no-untyped-def]
    """One number in all lanes."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        nothing = ir.Constant(_REGISTER, ir.Undefined)
        first = builder.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(first, nothing, _order([0] * LANES))

    return _VECTOR(types.float32), generate


@_instruction
def _where_greater(typing, a, b, yes, no):  # type: ignore[no-untyped-def]
    """``yes`` in the lanes where ``a > b``, else ``no``; false of what is not a number."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return _VECTOR(*[_VECTOR] * 4), generate


@_instruction
def _where_equal(typing, a, b, yes, no):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("==", args[0], args[1]), args[2], args[3])

    return _VECTOR(*[_VECTOR] * 4), generate


@_instruction
def _total(typing, value):  # type: ignore[no-untyped-def]
    """The sum of all lanes."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(_FLOAT, [_FLOAT, _REGISTER])
        name = f"llvm.vector.reduce.fadd.v{LANES}f32"
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(function, [ir.Constant(_FLOAT, 0.0), args[0]], fastmath=("reassoc",))

    return types.float32(_VECTOR), generate


@_instruction
def _bring_row(typing, inputs, rows, clip, start, out, to):  # type: ignore[no-untyped-def]
    """From one row of each clip of a group to one vector a value, of the group's clips.

    ``inputs[rows[clip + i], start + j]`` comes to ``out[to + j * LANES + i]``, for ``j`` below
    :data:`ROW_VALUES`.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        inputs, rows, clip, start, out, to = args
        table = context.make_array(sig.args[0])(context, builder, inputs)
        sources = _clips(context, builder, sig.args[1], table, rows, clip, start)
        with cgutils.for_range(builder, ir.Constant(_INDEX, ROW_VALUES // 16)) as loop:
            first = builder.mul(loop.index, ir.Constant(_INDEX, 16))
            for j in range(0, 16, 4):
                place = builder.add(first, ir.Constant(_INDEX, j))
                parts = []
                for source in sources:
                    pointer = builder.gep(table.data, [builder.add(source, place)])
                    parts.append(
                        builder.load(builder.bitcast(pointer, _PART.as_pointer()), align=4)
                    )
                for k, vector in enumerate(_transposed(builder, parts)):
                    at = builder.mul(builder.add(place, ir.Constant(_INDEX, k)), _STEP)
                    at = builder.add(to, at)
                    target = _pointer(context, builder, sig.args[4], out, at, _REGISTER)
                    builder.store(vector, target, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(inputs, rows, whole, whole, out, whole), generate


def _clips(
    context: Any, builder: Any, kind: Any, table: Any, rows: Any, clip: Any, start: Any
) -> list[Any]:
    """Where, in the table of inputs, one row of each clip of a group begins."""
    picked = context.make_array(kind)(context, builder, rows)
    length = builder.extract_value(table.shape, 1)
    found = []
    for i in range(LANES):
        at = builder.add(clip, ir.Constant(_INDEX, i))
        row = builder.load(builder.gep(picked.data, [at]))
        found.append(builder.add(builder.mul(row, length), start))
    return found


def _transposed(builder: Any, parts: list[Any]) -> list[Any]:
    """From four values of each clip to four vectors; squares of four by four are turned."""
    columns = []
    for m in range(4):
        column, width = parts[m::4], 4
        while len(column) > 1:
            whole = _order(list(range(2 * width)))
            column = [
                builder.shuffle_vector(a, b, whole)
                for a, b in zip(column[::2], column[1::2], strict=True)
            ]
            width *= 2
        columns.append(column[0])

    def shuffle(a: Any, b: Any, square: tuple[int, int, int, int]) -> Any:
        """Of each square: places 0 to 3 are ``a``'s row, 4 to 7 ``b``'s."""
        squares = range(0, LANES, 4)
        lanes = [q + i if i < 4 else LANES + q + i - 4 for q in squares for i in square]
        return builder.shuffle_vector(a, b, _order(lanes))

    first, second = (0, 4, 1, 5), (2, 6, 3, 7)
    low = shuffle(columns[0], columns[1], first), shuffle(columns[2], columns[3], first)
    high = shuffle(columns[0], columns[1], second), shuffle(columns[2], columns[3], second)
    front, back = (0, 1, 4, 5), (2, 3, 6, 7)
    return [shuffle(*low, front), shuffle(*low, back), shuffle(*high, front), shuffle(*high, back)]


def _order(lanes: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)


# ------------------------------------------------------------------------------- pieces of a step


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
def _transform_kernels(kernels, taps):  # type: ignore[no-untyped-def]
    """``G g`` of each row of three weights: from (C, 27) to (C, 6, 9)."""
    for o in range(kernels.shape[0]):
        for k in range(_TAPS):
            g0, g1, g2 = kernels[o, 3 * k], kernels[o, 3 * k + 1], kernels[o, 3 * k + 2]
            taps[o, 0, k] = g0 / _FOUR
            taps[o, 1, k] = -(g0 + g1 + g2) / _SIX
            taps[o, 2, k] = -(g0 - g1 + g2) / _SIX
            taps[o, 3, k] = (g0 + _TWO * g1 + _FOUR * g2) / _TWENTY_FOUR
            taps[o, 4, k] = (g0 - _TWO * g1 + _FOUR * g2) / _TWENTY_FOUR
            taps[o, 5, k] = g2


@_inlined
def _kernels_back(sums, d_kernels):  # type: ignore[no-untyped-def]
    """The weights' gradient from that of the taps, ``G^T s``: to (C, 27)."""
    s = np.empty(POINTS, np.float32)
    for o in range(d_kernels.shape[0]):
        for k in range(_TAPS):
            for point in range(POINTS):
                s[point] = _total(_load(sums, (o * POINTS + point) * _SUMS + k * LANES))
            minus, plus = s[1] + s[2], s[3] + s[4]
            d_kernels[o, 3 * k] = s[0] / _FOUR - minus / _SIX + plus / _TWENTY_FOUR
            d_kernels[o, 3 * k + 1] = (s[2] - s[1]) / _SIX + (s[3] - s[4]) / _TWELVE
            d_kernels[o, 3 * k + 2] = plus / _SIX - minus / _SIX + s[5]


@_inlined
def _multiply(points, first, second, third, w, v, products, k):  # type: ignore[no-untyped-def]
    """One of the six points of a row: nine taps of two output channels.

    The three rows that the taps reach into begin at ``first``, ``second`` and ``third``.
    """
    w0, w1, w2 = _splat(w[0]), _splat(w[1]), _splat(w[2])
    w3, w4, w5 = _splat(w[3]), _splat(w[4]), _splat(w[5])
    w6, w7, w8 = _splat(w[6]), _splat(w[7]), _splat(w[8])
    v0, v1, v2 = _splat(v[0]), _splat(v[1]), _splat(v[2])
    v3, v4, v5 = _splat(v[3]), _splat(v[4]), _splat(v[5])
    v6, v7, v8 = _splat(v[6]), _splat(v[7]), _splat(v[8])
    for i in range(0, _ROW_POINTS, LANES):
        above, here, below = first + i, second + i, third + i
        a, b, c = _load(points, above), _load(points, here), _load(points, below)
        in_w, in_v = w0 * a + w1 * b + w2 * c, v0 * a + v1 * b + v2 * c
        j = _ROW_POINTS
        a, b, c = _load(points, above + j), _load(points, here + j), _load(points, below + j)
        in_w, in_v = in_w + (w3 * a + w4 * b + w5 * c), in_v + (v3 * a + v4 * b + v5 * c)
        j = 2 * _ROW_POINTS
        a, b, c = _load(points, above + j), _load(points, here + j), _load(points, below + j)
        in_w, in_v = in_w + (w6 * a + w7 * b + w8 * c), in_v + (v6 * a + v7 * b + v8 * c)
        _store(products, k * _ROW_POINTS + i, in_w)
        _store(products, _ROW_PRODUCTS + k * _ROW_POINTS + i, in_v)


@_inlined
def _finish_row(products, start, bias, maps, to, sums, at):  # type: ignore[no-untyped-def]
    """``A^T m``, bias and ReLU: one row of one channel; adds to its sum and sum of squares."""
    zero, two, four, eight = _splat(_ZERO), _splat(_TWO), _splat(_FOUR), _splat(_EIGHT)
    total, squares = _load(sums, at), _load(sums, at + LANES)
    for t in range(TILES):
        p = start + t * LANES
        x0, x1 = _load(products, p), _load(products, p + _ROW_POINTS)
        x2, x3 = _load(products, p + 2 * _ROW_POINTS), _load(products, p + 3 * _ROW_POINTS)
        x4, x5 = _load(products, p + 4 * _ROW_POINTS), _load(products, p + 5 * _ROW_POINTS)
        plus, minus = bias + (x1 + x2), bias + (x1 - x2)
        far, wide = x3 + x4, x3 - x4
        a, b = plus + x0 + far, minus + two * wide
        c, d = plus + four * far, minus + eight * wide + x5
        # A comparison lets what is not a number through, as torch's ReLU does.
        a = _where_greater(zero, a, zero, a)
        b = _where_greater(zero, b, zero, b)
        c = _where_greater(zero, c, zero, c)
        d = _where_greater(zero, d, zero, d)
        q = to + t * TILE * LANES
        _store(maps, q, a)
        _store(maps, q + LANES, b)
        _store(maps, q + 2 * LANES, c)
        _store(maps, q + 3 * LANES, d)
        total = total + ((a + b) + (c + d))
        squares = squares + ((a * a + b * b) + (c * c + d * d))
    _store(sums, at, total)
    _store(sums, at + LANES, squares)


@_inlined
def _pool_row(maps, at, sign, r, extremes, places, windows):  # type: ignore[no-untyped-def]
    """Take a row into its windows: the greatest ``sign * a``, and where it stood (0 to 8)."""
    i = (r + 1) // 3
    first = np.float32(3 * (r + 1 - 3 * i))
    k0, k1, k2, s = _splat(first), _splat(first + _ONE), _splat(first + _TWO), _splat(sign)
    out = windows + i * _WINDOW_ROW
    if r in (0, 3 * i - 1):
        lowest = _splat(np.float32(-np.inf))
        for j in range(0, _WINDOW_ROW, LANES):
            _store(extremes, out + j, lowest)
    for j in range(POOLED):
        q, p = out + j * LANES, at + (3 * j - 1) * LANES
        value, k = _load(extremes, q), _load(places, q)
        if j > 0:
            other = s * _load(maps, p)
            k = _where_greater(other, value, k0, k)
            value = _where_greater(other, value, other, value)
        other = s * _load(maps, p + LANES)
        k = _where_greater(other, value, k1, k)
        value = _where_greater(other, value, other, value)
        if j < POOLED - 1:
            other = s * _load(maps, p + 2 * LANES)
            k = _where_greater(other, value, k2, k)
            value = _where_greater(other, value, other, value)
        _store(extremes, q, value)
        _store(places, q, k)


@_inlined
def _gradient(a, place, k, up, c0, c1):  # type: ignore[no-untyped-def]
    """The loss's gradient into one pixel before ReLU; ``k`` is its place in its window."""
    zero = _splat(_ZERO)
    value = _where_greater(a, zero, c0 + c1 * a, zero)
    return _where_equal(place, k, value + up, value)


@_inlined
def _transform_gradient(a0, a1, a2, a3, products, to):  # type: ignore[no-untyped-def]
    """``A y``: one tile's gradient, to six points; returns the gradient's sum."""
    two, four, eight = _splat(_TWO), _splat(_FOUR), _splat(_EIGHT)
    apart = _ROW_POINTS
    even, odd = a0 + a2, a1 + a3
    far, wide = a0 + four * a2, two * a1 + eight * a3
    _store(products, to, a0)
    _store(products, to + apart, even + odd)
    _store(products, to + 2 * apart, even - odd)
    _store(products, to + 3 * apart, far + wide)
    _store(products, to + 4 * apart, far - wide)
    _store(products, to + 5 * apart, a3)
    return even + odd


@_inlined
def _row_gradient(maps, at, r, c0, c1, ups, places, windows, products, to, sums, bias):  # type: ignore[no-untyped-def]
    """The loss's gradient into one row of one channel, transformed; adds to the bias's.

    Tiles are four columns wide and pooling's windows three: three tiles have a pattern each.
    """
    i = (r + 1) // 3
    first = np.float32(3 * (r + 1 - 3 * i))
    k0, k1, k2 = _splat(first), _splat(first + _ONE), _splat(first + _TWO)
    total = _load(sums, bias)
    p, w, q = at, windows + i * _WINDOW_ROW, to
    for t in range(0, TILES, 3):
        x0, x1, x2, x3 = _load_four(maps, p)
        up, place, next_up, next_place = _load_two(ups, places, w)
        total = total + _transform_gradient(
            _gradient(x0, place, k1, up, c0, c1),
            _gradient(x1, place, k2, up, c0, c1),
            _gradient(x2, next_place, k0, next_up, c0, c1),
            _gradient(x3, next_place, k1, next_up, c0, c1),
            products,
            q,
        )
        if t == TILES - 1:
            break
        x0, x1, x2, x3 = _load_four(maps, p + TILE * LANES)
        up, place, next_up, next_place = _load_two(ups, places, w + LANES)
        total = total + _transform_gradient(
            _gradient(x0, place, k2, up, c0, c1),
            _gradient(x1, next_place, k0, next_up, c0, c1),
            _gradient(x2, next_place, k1, next_up, c0, c1),
            _gradient(x3, next_place, k2, next_up, c0, c1),
            products,
            q + LANES,
        )
        x0, x1, x2, x3 = _load_four(maps, p + 2 * TILE * LANES)
        up, place, next_up, next_place = _load_two(ups, places, w + 3 * LANES)
        total = total + _transform_gradient(
            _gradient(x0, place, k0, up, c0, c1),
            _gradient(x1, place, k1, up, c0, c1),
            _gradient(x2, place, k2, up, c0, c1),
            _gradient(x3, next_place, k0, next_up, c0, c1),
            products,
            q + 2 * LANES,
        )
        p, w, q = p + 3 * TILE * LANES, w + 4 * LANES, q + 3 * LANES
    _store(sums, bias, total)


@_inlined
def _load_four(array, at):  # type: ignore[no-untyped-def]
    a, b = _load(array, at), _load(array, at + LANES)
    return a, b, _load(array, at + 2 * LANES), _load(array, at + 3 * LANES)


@_inlined
def _load_two(ups, places, at):  # type: ignore[no-untyped-def]
    """Two neighbouring windows: gradient and place of each."""
    return _load(ups, at), _load(places, at), _load(ups, at + LANES), _load(places, at + LANES)


@_inlined
def _load_taps(sums, at):  # type: ignore[no-untyped-def]
    a, b, c = at, at + 3 * LANES, at + 6 * LANES
    return (
        (_load(sums, a), _load(sums, a + LANES), _load(sums, a + 2 * LANES)),
        (_load(sums, b), _load(sums, b + LANES), _load(sums, b + 2 * LANES)),
        (_load(sums, c), _load(sums, c + LANES), _load(sums, c + 2 * LANES)),
    )


@_inlined
def _store_three(sums, at, a, b, c):  # type: ignore[no-untyped-def]
    _store(sums, at, a)
    _store(sums, at + LANES, b)
    _store(sums, at + 2 * LANES, c)


@_inlined
def _gather_taps(points, first, second, third, products, k, sums, at_w, at_v):  # type: ignore[no-untyped-def]
    """One of the six points of a row: its part in nine taps of two output channels."""
    (p0, p1, p2), (p3, p4, p5), (p6, p7, p8) = _load_taps(sums, at_w)
    (q0, q1, q2), (q3, q4, q5), (q6, q7, q8) = _load_taps(sums, at_v)
    up = k * _ROW_POINTS
    for i in range(0, _ROW_POINTS, LANES):
        s, t = _load(products, up + i), _load(products, up + _ROW_PRODUCTS + i)
        # With ``i`` added first, what follows are constants, for which no register is needed.
        above, here, below = first + i, second + i, third + i
        a, b, c = _load(points, above), _load(points, here), _load(points, below)
        p0, p1, p2 = p0 + s * a, p1 + s * b, p2 + s * c
        q0, q1, q2 = q0 + t * a, q1 + t * b, q2 + t * c
        j = _ROW_POINTS
        a, b, c = _load(points, above + j), _load(points, here + j), _load(points, below + j)
        p3, p4, p5 = p3 + s * a, p4 + s * b, p5 + s * c
        q3, q4, q5 = q3 + t * a, q4 + t * b, q5 + t * c
        j = 2 * _ROW_POINTS
        a, b, c = _load(points, above + j), _load(points, here + j), _load(points, below + j)
        p6, p7, p8 = p6 + s * a, p7 + s * b, p8 + s * c
        q6, q7, q8 = q6 + t * a, q7 + t * b, q8 + t * c
    _store_three(sums, at_w, p0, p1, p2)
    _store_three(sums, at_w + 3 * LANES, p3, p4, p5)
    _store_three(sums, at_w + 6 * LANES, p6, p7, p8)
    _store_three(sums, at_v, q0, q1, q2)
    _store_three(sums, at_v + 3 * LANES, q3, q4, q5)
    _store_three(sums, at_v + 6 * LANES, q6, q7, q8)


@_inlined
def _unpack(bits, sizes, lanes, kept):  # type: ignore[no-untyped-def]
    """Dropout's random bits, layer by layer, to one byte a unit and clip."""
    units, taken = 0, 0
    for size in sizes:
        count = size * lanes
        if lanes % 8 == 0 and lanes % LANES == 0:
            # Bits and bytes lie in the same order: eight at once.
            out = kept[units * lanes : units * lanes + count].view(np.uint64)
            for i in range(count // 8):
                out[i] = _UNPACKED[bits[taken + i]]
        else:
            width = (lanes + LANES - 1) // LANES * LANES
            for i in range(count):
                value = bits[taken + i // 8] >> np.uint8(7 - i % 8) & np.uint8(1)
                kept[(units + i // lanes) * width + i % lanes] = value
        units += size
        taken += (count + 7) // 8


@_inlined
def _next_row(inputs, rows, group, r, ring):  # type: ignore[no-untyped-def]
    """Bring one row of a group's clips in; three rows stand in the ring at a time.

    The rows above the first and below the last are the convolution's padding. Returns where the
    three stand of which this one is the lowest.
    """
    below = (r + 1) % 3 * _SLOT
    if r < SIDE:
        _bring_row(inputs, rows, group * LANES, r * ROW_VALUES, ring, below)
    else:
        ring[below : below + _SLOT] = _ZERO
    return (r + 2) % 3 * _SLOT, r % 3 * _SLOT, below


@_inlined
def _first_row(inputs, rows, group, ring):  # type: ignore[no-untyped-def]
    ring[:_SLOT] = _ZERO
    _next_row(inputs, rows, group, 0, ring)


@_inlined
def _forward(inputs, rows, dead, parts, work):  # type: ignore[no-untyped-def]
    """Maps and their pooled extremes of the whole batch; each channel's sum and sum of squares."""
    kernels, biases, slopes = parts[0], parts[1], parts[2]
    ring, products, maps, extremes, places, taps, sums = work
    channels = kernels.shape[0]
    _transform_kernels(kernels, taps)
    sums[: 2 * channels * LANES] = _ZERO
    for g in range(dead.shape[0] // LANES):
        _first_row(inputs, rows, g, ring)
        for r in range(SIDE):
            above, here, below = _next_row(inputs, rows, g, r + 1, ring)
            for o in range(0, channels, 2):
                for k in range(POINTS):
                    j = k * _LINE_POINTS
                    w, v = taps[o, k], taps[o + 1, k]
                    _multiply(ring, above + j, here + j, below + j, w, v, products, k)
                for c in range(o, o + 2):
                    own = g * channels + c
                    row, windows = own * _MAP + r * _MAP_ROW, own * _WINDOWS
                    bias = _splat(biases[c]) + _load(dead, g * LANES)
                    half = (c - o) * _ROW_PRODUCTS
                    _finish_row(products, half, bias, maps, row, sums, 2 * c * LANES)
                    # With the sign at hand as a constant, the compiler drops it.
                    if slopes[c] < _ZERO:
                        _pool_row(maps, row, _DOWN, r, extremes, places, windows)
                    else:
                        _pool_row(maps, row, _ONE, r, extremes, places, windows)


@_inlined
def _backward(inputs, rows, groups, c0, c1, ups, d_kernels, d_biases, work):  # type: ignore[no-untyped-def]
    """The gradient of kernels and biases, from that of the pooled extremes."""
    ring, products, maps, _, places, _, sums = work
    channels = d_biases.shape[0]
    # Behind the sums of the taps, those of the biases.
    biases = channels * POINTS * _SUMS
    sums[:] = _ZERO
    # The last group's maps come first: they are the ones that are still in the cache.
    for g in range(groups - 1, -1, -1):
        _first_row(inputs, rows, g, ring)
        for r in range(SIDE):
            above, here, below = _next_row(inputs, rows, g, r + 1, ring)
            for o in range(0, channels, 2):
                for c in range(o, o + 2):
                    own, bias = g * channels + c, biases + c * LANES
                    row, windows = own * _MAP + r * _MAP_ROW, own * _WINDOWS
                    a, b, half = _splat(c0[c]), _splat(c1[c]), (c - o) * _ROW_PRODUCTS
                    _row_gradient(
                        maps, row, r, a, b, ups, places, windows, products, half, sums, bias
                    )
                for k in range(POINTS):
                    j, at = k * _LINE_POINTS, (o * POINTS + k) * _SUMS
                    other = at + POINTS * _SUMS
                    _gather_taps(ring, above + j, here + j, below + j, products, k, sums, at, other)
    for c in range(channels):
        d_biases[c] = _total(_load(sums, biases + c * LANES))
    _kernels_back(sums, d_kernels)


@_inlined
def _loss(scores, targets, weights, smoothing, d_scores):  # type: ignore[no-untyped-def]
    """Weighted cross-entropy, its gradient into the scores (groups, classes, LANES), and hits."""
    classes = scores.shape[1]
    exponents = np.empty(classes, np.float64)
    total, loss, hits = 0.0, 0.0, 0
    for target in targets:
        total += weights[target]
    d_scores[:] = _ZERO
    for b in range(targets.shape[0]):
        own, up = scores[b // LANES, :, b % LANES], d_scores[b // LANES, :, b % LANES]
        target, best = targets[b], 0
        for k in range(1, classes):
            if own[k] > own[best]:
                best = k
        hits += best == target
        top, norm, spread = float(own[best]), 0.0, 0.0
        for k in range(classes):
            exponents[k] = np.exp(own[k] - top)
            norm += exponents[k]
            spread += own[k] - top
        log_norm, share = np.log(norm), weights[target] / total
        right, mean = own[target] - top - log_norm, spread / classes - log_norm
        loss -= share * ((1.0 - smoothing) * right + smoothing * mean)
        for k in range(classes):
            wanted = smoothing / classes + (1.0 - smoothing if k == target else 0.0)
            up[k] = share * (exponents[k] / norm - wanted)
    return loss, hits


@_inlined
def _adam(values, gradients, first, second, step, rate, decay):  # type: ignore[no-untyped-def]
    """Adam as torch has it, in place; ``step`` counts from 1."""
    bias_first, bias_second = 1.0 - 0.9**step, np.float32(np.sqrt(1.0 - 0.999**step))
    size = np.float32(rate / bias_first)
    for i in range(values.shape[0]):
        gradient = gradients[i] + np.float32(decay) * values[i]
        first[i] += np.float32(0.1) * (gradient - first[i])
        second[i] = np.float32(0.999) * second[i] + np.float32(0.001) * gradient * gradient
        root = np.sqrt(second[i]) / bias_second + np.float32(1e-8)
        values[i] -= size * first[i] / root


@_inlined
def _gradients(batch, weights, smoothing, parts, gradients, running, work):  # type: ignore[no-untyped-def]
    """Loss, hits, and the gradient of every parameter, of one batch."""
    inputs, rows, targets, dead, kept = batch
    _, _, slopes, shifts, out_kernels, out_biases = parts
    d_kernels, d_biases, d_slopes, d_shifts, d_out_kernels, d_out_biases = gradients
    ring, products, maps, extremes, places, taps, sums, averaged, scores, d_scores = work
    convolution = (ring, products, maps, extremes, places, taps, sums)
    groups, channels, classes = scores.shape[0], slopes.shape[0], scores.shape[1]
    features = channels * AVERAGED**2
    count = np.float32(targets.shape[0] * SIDE * SIDE)
    zero, half = _splat(_ZERO), _splat(_HALF)

    _forward(inputs, rows, dead, parts, convolution)
    means, scales = np.empty(channels, np.float32), np.empty(channels, np.float32)
    inverse, signs = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for c in range(channels):
        mean = float(_total(_load(sums, 2 * c * LANES))) / count
        square = float(_total(_load(sums, (2 * c + 1) * LANES))) / count
        variance: Any = max(square - mean * mean, 0.0)
        means[c] = mean
        inverse[c] = 1.0 / np.sqrt(variance + _EPSILON)
        scales[c] = slopes[c] * inverse[c]
        signs[c] = _DOWN if slopes[c] < _ZERO else _ONE
        running[0][c] = _STAY * running[0][c] + _MOMENTUM * means[c]
        unbiased = np.float32(variance * count / (count - 1))
        running[1][c] = _STAY * running[1][c] + _MOMENTUM * unbiased

    # Normalise, drop out (a half stays, doubled) and average four: twice a quarter of the sum.
    for g in range(groups):
        for c in range(channels):
            shift = _splat(shifts[c] - scales[c] * means[c])
            scale = _splat(scales[c] * signs[c])
            for f in range(AVERAGED**2):
                total = zero
                for w in range(4):
                    at = (2 * (f // AVERAGED) + w // 2) * POOLED + 2 * (f % AVERAGED) + w % 2
                    value = _load(extremes, (g * channels + c) * _WINDOWS + at * LANES)
                    unit = (c * POOLED**2 + at) * groups + g
                    total = total + _load_bytes(kept, unit * LANES) * (scale * value + shift)
                _store(averaged, (g * features + c * AVERAGED**2 + f) * LANES, half * total)
        for k in range(classes):
            even, odd = _splat(out_biases[k]), zero
            for f in range(0, features, 2):
                at = (g * features + f) * LANES
                even = even + _splat(out_kernels[k, f]) * _load(averaged, at)
                odd = odd + _splat(out_kernels[k, f + 1]) * _load(averaged, at + LANES)
            _store(scores.reshape(-1), (g * classes + k) * LANES, even + odd)
    loss, hits = _loss(scores, targets, weights, smoothing, d_scores)

    ups = d_scores.reshape(-1)
    for k in range(classes):
        total = zero
        for g in range(groups):
            total = total + _load(ups, (g * classes + k) * LANES)
        d_out_biases[k] = _total(total)
        for f in range(features):
            total = zero
            for g in range(groups):
                at = (g * features + f) * LANES
                total = total + _load(ups, (g * classes + k) * LANES) * _load(averaged, at)
            d_out_kernels[k, f] = _total(total)
    # From here on, what was averaged holds its gradient, and the extremes theirs.
    for g in range(groups):
        for f in range(features):
            total = zero
            for k in range(classes):
                up = _load(ups, (g * classes + k) * LANES)
                total = total + _splat(out_kernels[k, f]) * up
            _store(averaged, (g * features + f) * LANES, half * total)
    c0, c1 = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for c in range(channels):
        d_shift, d_line = 0.0, 0.0
        sign, mean, scale = _splat(signs[c]), _splat(means[c]), _splat(scales[c])
        for g in range(groups):
            part, moved = zero, zero
            for at in range(POOLED**2):
                f = at // POOLED // 2 * AVERAGED + at % POOLED // 2
                up = _load(averaged, (g * features + c * AVERAGED**2 + f) * LANES)
                place = (g * channels + c) * _WINDOWS + at * LANES
                unit = (c * POOLED**2 + at) * groups + g
                value = sign * _load(extremes, place)
                gradient = _load_bytes(kept, unit * LANES) * up
                part = part + gradient
                moved = moved + gradient * (value - mean)
                # Where ReLU gave zero, nothing comes back.
                _store(extremes, place, _where_greater(value, zero, gradient * scale, zero))
            d_shift += _total(part)
            d_line += _total(moved)
        d_shifts[c] = d_shift
        d_slopes[c] = d_line * inverse[c]
        c1[c] = -scales[c] * inverse[c] * d_slopes[c] / count
        c0[c] = -scales[c] * d_shifts[c] / count - c1[c] * means[c]
    _backward(inputs, rows, groups, c0, c1, extremes, d_kernels, d_biases, convolution)
    return loss, hits


@_compiled
def train_steps(  # type: ignore[no-untyped-def]
    inputs, rows, targets, bits, layers, rates, done, weights, smoothing, decay, fold, work
):
    """Some training steps of one fold: Adam along each batch's gradient.

    Parameters
    ----------
    inputs : array of float32, shape (N, 3584)
        Of all clips; of :func:`mexlab.training.backends.fused.lay_out_clips`.
    rows, targets : arrays of int64, shape (S, B)
        Clips and labels of S batches.
    bits : array of uint8, shape (S, bytes)
        Dropout: random bits of the units that stay, layer by layer, each from a byte of its own.
    layers : tuple of int
        Units of each layer, of one clip.
    rates : array of float64, shape (S,)
        Learning rates.
    done : int
        Steps that were made before.
    weights : array of float32, shape (classes,)
    smoothing, decay : float
        Of the labels; of the weights.
    fold : tuple
        Views of all parameters, by layer: kernels (C, 27), biases, slopes and shifts (C,),
        classifier (classes, C * 25) and its biases; views of their gradients; batch norm's running
        mean and variance (C,); and the four flat arrays (P,) of parameters, gradients, and Adam's
        first and second moments. All are moved on.
    work : tuple of arrays
        Of :func:`make_work`.

    Returns
    -------
    loss : float
        Sum over the steps.
    hits : int
    """
    parts, gradients, running, flat = fold
    values, slopes, first, second = flat
    dead, picked, kept = work[10:]
    loss, hits = 0.0, 0
    for s in range(rows.shape[0]):
        picked[:] = rows[s, 0]
        picked[: rows.shape[1]] = rows[s]
        _unpack(bits[s], layers, rows.shape[1], kept)
        batch = inputs, picked, targets[s], dead, kept
        found = _gradients(batch, weights, smoothing, parts, gradients, running, work[:10])
        _adam(values, slopes, first, second, done + s + 1, rates[s], decay)
        loss += found[0]
        hits += found[1]
    return loss, hits


def make_work(channels: int, lanes: int, classes: int) -> tuple[NDArray[Any], ...]:
    """Arrays that :func:`train_steps` writes to, for batches of ``lanes`` clips.

    Clips are worked on in whole vectors. What a batch lacks in its last one is filled with
    its first clip, whose maps are then held at zero by a bias of minus infinity.
    """
    groups = -(-lanes // LANES)
    pooled = groups * channels * _WINDOWS
    dead = _aligned(groups * LANES)
    dead[lanes:] = -np.inf
    return (
        _aligned(3 * _SLOT),
        _aligned(2 * _ROW_PRODUCTS),
        _aligned(groups * channels * _MAP),
        _aligned(pooled),
        _aligned(pooled),
        np.empty((channels, POINTS, _TAPS), np.float32),
        _aligned(channels * (POINTS * _SUMS + LANES)),
        _aligned(groups * channels * AVERAGED**2 * LANES),
        _aligned(groups * classes * LANES).reshape(groups, classes, LANES),
        _aligned(groups * classes * LANES).reshape(groups, classes, LANES),
        dead,
        np.zeros(groups * LANES, np.int64),
        np.zeros(channels * POOLED**2 * groups * LANES, np.uint8),
    )


def _aligned(count: int) -> NDArray[np.float32]:
    """Zeros that begin with a cache line: a vector across two takes twice as long."""
    room = np.zeros(4 * count + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + 4 * count].view(np.float32)
