"""The networks by name; listing them imports no torch, building one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mexlab.errors import InputError
from mexlab.models.sides import SIDE, SMALLEST_SIDE, averaged_side, fault_of_side

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """What is known of a network before it is built.

    Attributes
    ----------
    name, title : str
    source : str
        Where it is described.
    build : callable
        ``build(classes, side)`` returns the untrained ``torch.nn.Module`` for inputs of a side,
        by default 28; imports torch.
    filters : tuple of int
        Of each stream.
    channels : int
        Maps of one clip's input: u, v and strain.
    smallest_side : int
        Of the square inputs that it can take; there is no largest but what memory holds.
    """

    name: str
    title: str
    source: str
    build: Callable[..., nn.Module]
    filters: tuple[int, ...]
    channels: int = 3
    smallest_side: int = SMALLEST_SIDE

    @property
    def parameters(self) -> int:
        """Learnable parameters, as published: three classes, inputs of 28 x 28."""
        return self.count_parameters(SIDE)

    def count_parameters(self, side: int, classes: int = 3) -> int:
        """Learnable parameters of a network for inputs of a side."""
        filters = sum(self.filters)
        # 3 x 3 weights a channel and a bias, batch norm's line; then a weight a pooled cell.
        streams = filters * (9 * self.channels + 1 + 2)
        return streams + classes * (filters * averaged_side(side) ** 2 + 1)

    def fault_of_side(self, side: int) -> str:
        """Why it cannot take inputs of a side; "" where it can."""
        fault = fault_of_side(side, self.smallest_side)
        return f"{self.name} {fault}" if fault else ""


def networks() -> dict[str, NetworkSpec]:
    """The networks that can be trained, by name, in the order in which pages list them."""
    return dict(_NETWORKS)


def network(name: str) -> NetworkSpec:
    """One network by name.

    Raises
    ------
    InputError
        On an unknown name; lists the known ones.
    """
    try:
        return _NETWORKS[name]
    except KeyError:
        raise InputError(
            f"no network {name!r}", where="model", remedy=f"Known are {', '.join(_NETWORKS)}"
        ) from None


def _lazily(module: str, name: str) -> Callable[..., nn.Module]:
    def build(classes: int = 3, side: int = SIDE) -> nn.Module:
        kind = getattr(import_module(f"mexlab.models.{module}"), name)
        built: nn.Module = kind(classes, side)
        return built

    return build


_NETWORKS = {
    spec.name: spec
    for spec in (
        NetworkSpec(
            name="laenet",
            title="LAENet",
            source="Lien & Chiang 2020, Tables 1 and 2",
            build=_lazily("laenet", "LAENet"),
            filters=(3, 5),
        ),
        NetworkSpec(
            name="ststnet",
            title="STSTNet",
            source="Liong et al. 2019 (MEGC), which prints 1,670 parameters",
            build=_lazily("ststnet", "STSTNet"),
            filters=(3, 5, 8),
        ),
    )
}
