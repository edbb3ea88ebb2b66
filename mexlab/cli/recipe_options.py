"""The options of a training's settings, made from what is declared of each.

A setting that is declared in :mod:`mexlab.runs.settings` with an option has it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mexlab.cli.knob_options import option_of, with_options
from mexlab.runs.settings import training_knobs


def with_recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a training's settings.

    Parameters
    ----------
    command : callable
        Takes a keyword ``training``: the settings that were typed, by name.
    """
    knobs = {name: knob for name, knob in training_knobs().items() if knob.option}

    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        # An option that may be given several times is an empty list where it was not.
        typed = {name: value for name, value in values.items() if value not in (None, [])}
        return {
            name: knobs[name].read(",".join(value)) if knobs[name].kind is list else value
            for name, value in typed.items()
        }

    options = [option_of(name, knob) for name, knob in knobs.items()]
    return with_options(command, "training", options, read)
