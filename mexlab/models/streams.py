"""The family of LAENet and STSTNet: shallow convolutional streams side by side.

Layers of each stream, on a 3 x 28 x 28 input (LAENet paper, Table 2)::

    conv 3x3, stride 1, same    f x 28 x 28
    ReLU, batch norm
    max-pool 3x3, stride 3      f x 10 x 10    one pixel of padding a side: "same"
    dropout 0.5

then the streams' maps are concatenated, average-pooled 2x2 to 5 x 5 and fully connected. Inputs of
another side go through the same layers; what these make of it is in :mod:`mexlab.models.sides`.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from mexlab.errors import InputError
from mexlab.models.sides import SIDE, averaged_side, fault_of_side

DROPOUT = 0.5


class Stream(nn.Sequential):
    """One stream of ``filters`` 3x3 kernels."""

    def __init__(self, filters: int) -> None:
        super().__init__()
        self.add_module("conv", nn.Conv2d(3, filters, kernel_size=3, padding=1))
        self.add_module("relu", nn.ReLU())
        self.add_module("norm", nn.BatchNorm2d(filters))
        self.add_module("max_pool", nn.MaxPool2d(kernel_size=3, stride=3, padding=1))
        self.add_module("dropout", nn.Dropout(DROPOUT))


class StreamNetwork(nn.Module):
    """Streams in parallel, merged, averaged and fully connected.

    Parameters
    ----------
    classes : int
        Outputs.
    side : int
        Of the square inputs, from 4 px up; the papers' 28 by default.

    Raises
    ------
    InputError
        For fewer than two classes, or a side that leaves no pooled cell.
    """

    #: Filters of each stream.
    filters: ClassVar[tuple[int, ...]] = ()

    def __init__(self, classes: int = 3, side: int = SIDE) -> None:
        super().__init__()
        if classes < 2:
            raise InputError(f"expected at least two classes, got {classes}", where="classes")
        if fault := fault_of_side(side):
            raise InputError(f"{type(self).__name__} {fault}", where="side")
        self.side = side
        self.streams = nn.ModuleList(Stream(count) for count in self.filters)
        self.average_pool = nn.AvgPool2d(kernel_size=2, stride=2)
        self.classifier = nn.Linear(sum(self.filters) * averaged_side(side) ** 2, classes)

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores before softmax.

        Parameters
        ----------
        inputs : Tensor, shape (B, 3, side, side)

        Returns
        -------
        Tensor, shape (B, classes)

        Raises
        ------
        InputError
            For inputs of another side. Pooling would make the same of some, which is no reason to
            take them: a cell of 29 is another place of the face than one of 28.
        """
        if inputs.shape[-2:] != (self.side, self.side):
            rows, columns = inputs.shape[-2:]
            raise InputError(
                f"the network was made for inputs of {self.side} x {self.side} px, got "
                f"{rows} x {columns}",
                where="inputs",
            )
        merged = torch.cat([stream(inputs) for stream in self.streams], dim=1)
        scores: Tensor = self.classifier(self.average_pool(merged).flatten(1))
        return scores
