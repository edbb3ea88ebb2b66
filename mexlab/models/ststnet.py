"""STSTNet: LAENet's predecessor, a third stream of 8 filters, 1,683 learnable parameters."""

from __future__ import annotations

from mexlab.models.streams import StreamNetwork


class STSTNet(StreamNetwork):
    """Shallow Triple Stream Three-dimensional CNN (Liong et al. 2019, MEGC).

    84 + 140 + 224 (convolutions) + 32 (batch norm) + 1203 (fully connected) = 1,683 parameters
    with three classes; the paper prints 1,670.
    """

    filters = (3, 5, 8)
