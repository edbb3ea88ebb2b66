"""What one fold's training draws after its first weights: batches, mirrored clips, dropout.

Drawn by numpy from streams of the fold's own, not by torch: torch's dropout draws other numbers on
other makes of processor, and takes longer over them than the fused kernel over a whole step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mexlab.training.backends.recipe import BatchOrder, FoldJob, Plan, stream_seed


class FoldDraws:
    """The random draws of one fold, in the order in which every backend asks for them.

    Parameters
    ----------
    job : FoldJob
    plan : Plan
        Where it has mirror images, each clip of each batch is mirrored with a chance of one half.
    """

    def __init__(self, job: FoldJob, plan: Plan) -> None:
        self._rows = job.train_idx
        self._targets = job.targets.numpy()
        self._size = plan.batch_size
        self._order = BatchOrder(job, plan.batch_size)
        self._dropout = np.random.default_rng(stream_seed(job.seed, job.name, "dropout"))
        self._mirror = np.random.default_rng(stream_seed(job.seed, job.name, "mirror"))
        self._offset = plan.mirrored

    def next_batch(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the inputs and their labels, both of shape (B,)."""
        batch = self._order.next()
        rows = self._rows[batch]
        if self._offset is not None:
            rows = rows + self._offset * _bits(self._mirror, self._size).astype(np.int64)
        return rows, self._targets[batch]

    def next_batches(self, steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same of several steps, both of shape (steps, B)."""
        batches = [self.next_batch() for _ in range(steps)]
        return np.stack([rows for rows, _ in batches]), np.stack([own for _, own in batches])

    def next_bits(self, layers: Sequence[int], steps: int) -> NDArray[np.uint8]:
        """Dropout layers' random bits of several steps, a half of the units staying.

        Parameters
        ----------
        layers : sequence of int
            Units of each layer, of one clip.
        steps : int

        Returns
        -------
        ndarray of uint8, shape (steps, bytes)
            Each layer begins with a byte of its own; of a byte, the highest bit comes first. What
            :meth:`next_kept` gives, layer by layer and step by step, before it is unpacked.
        """
        sizes = [(units * self._size + 7) // 8 for units in layers]
        # As Generator.bytes does it: whole numbers of four bytes a layer. All in one call, though.
        words = [(size + 3) // 4 for size in sizes]
        drawn = self._dropout.integers(0, 1 << 32, (steps, sum(words)), dtype=np.uint32)
        drawn_bytes = drawn.astype("<u4", copy=False).view(np.uint8)
        starts = np.cumsum([0, *words[:-1]]) * 4
        taken = np.concatenate(
            [np.arange(start, start + size) for start, size in zip(starts, sizes, strict=True)]
        )
        whole = len(taken) == drawn_bytes.shape[1]
        return drawn_bytes if whole else np.ascontiguousarray(drawn_bytes[:, taken])

    def next_kept(self, units: int, share: float = 0.5) -> NDArray[np.uint8]:
        """One dropout layer's units that stay (1) or fall out (0) in this step, shape (units, B).

        Parameters
        ----------
        units : int
            Of one clip.
        share : float
            Of the units that stay; a half costs one random bit a unit.
        """
        if share == 0.5:
            return _bits(self._dropout, units * self._size).reshape(units, self._size)
        drawn = self._dropout.random((units, self._size), dtype=np.float32)
        return (drawn < share).astype(np.uint8)


def _bits(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    drawn = np.frombuffer(rng.bytes((count + 7) // 8), dtype=np.uint8)
    return np.unpackbits(drawn, count=count)
