"""The networks by name; listing them imports no torch, building one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mexlab.errors import InputError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """What is known of a network before it is built.

    Attributes
    ----------
    name, title : str
    parameters : int
        Learnable parameters with three classes.
    input_shape : tuple of int
        Channels, rows, columns of one clip's input.
    source : str
        Where it is described.
    build : callable
        ``build(classes)`` returns the untrained ``torch.nn.Module``; imports torch.
    """

    name: str
    title: str
    parameters: int
    input_shape: tuple[int, int, int]
    source: str
    build: Callable[[int], nn.Module]


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


def _lazily(module: str, name: str) -> Callable[[int], nn.Module]:
    def build(classes: int = 3) -> nn.Module:
        built: nn.Module = getattr(import_module(f"mexlab.models.{module}"), name)(classes)
        return built

    return build


_NETWORKS = {
    spec.name: spec
    for spec in (
        NetworkSpec(
            name="laenet",
            title="LAENet",
            parameters=843,
            input_shape=(3, 28, 28),
            source="Lien & Chiang 2020, Tables 1 and 2",
            build=_lazily("laenet", "LAENet"),
        ),
        NetworkSpec(
            name="ststnet",
            title="STSTNet",
            parameters=1683,
            input_shape=(3, 28, 28),
            source="Liong et al. 2019 (MEGC), which prints 1,670 parameters",
            build=_lazily("ststnet", "STSTNet"),
        ),
    )
}
