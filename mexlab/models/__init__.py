"""One network a file; this package and its registry load without torch."""

from mexlab.models.registry import NetworkSpec, network, networks

__all__ = ["NetworkSpec", "network", "networks"]
