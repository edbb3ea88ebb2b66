"""Recipes by name: what each sets apart from the defaults."""

from __future__ import annotations

from typing import Any

from mexlab.errors import InputError

PRESETS: dict[str, dict[str, Any]] = {
    # The default of every setting, and how each was come by: docs/training.md.
    "mexlab": {},
    # STSTNet's authors, in their PyTorch code: 800 epochs of Adam, the input as released.
    "authors": {
        "epochs": 800,
        "learning_rate": 5e-5,
        "batch_size": 256,
        "schedule": "constant",
        "normalise": "min-max",
        "class_weighting": 0.0,
        "label_smoothing": 0.0,
        "mirror": "off",
    },
}


def preset(name: str) -> dict[str, Any]:
    """The settings of one recipe, as :class:`mexlab.runs.TrainingSettings` takes them.

    Raises
    ------
    InputError
        On an unknown name; lists the known ones.
    """
    try:
        return dict(PRESETS[name])
    except KeyError:
        raise InputError(
            f"no recipe {name!r}", where="recipe", remedy=f"Known are {', '.join(PRESETS)}"
        ) from None
