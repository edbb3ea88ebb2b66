"""LAENet: two streams of 3 and 5 filters, 843 learnable parameters."""

from __future__ import annotations

from mexlab.models.streams import StreamNetwork


class LAENet(StreamNetwork):
    """Lightweight Apex-based Enhanced Network (Lien & Chiang 2020).

    84 + 140 (convolutions) + 16 (batch norm) + 603 (fully connected) = 843 parameters with three
    classes, as the paper's Table 1 counts. The "kernel 5" of its Table 2 is the second stream's
    number of filters: only 3x3 kernels give 843.
    """

    filters = (3, 5)
