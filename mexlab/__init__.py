"""mexlab: a workbench for facial micro-expressions in the browser.

Sub-packages load on first use (``mexlab.evaluation.metrics_from_confusion``), so that
``import mexlab`` itself touches no disk, no network, no seed and no other library.
"""

from importlib import import_module

__version__ = "0.1.0"

__all__ = [
    "data",
    "errors",
    "evaluation",
    "features",
    "models",
    "reports",
    "runs",
    "serving",
    "spotting",
    "store",
    "synthetic",
    "training",
    "vision",
    "workspace",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        return import_module(f"mexlab.{name}")
    raise AttributeError(f"module 'mexlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
