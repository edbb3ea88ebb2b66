"""The options of how motion is computed, for every command that computes any.

They are made from :data:`mexlab.features.flow_choices.FLOW_KNOBS`: a setting that is declared there
has its option here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from mexlab.cli.knob_options import option_of, with_options
from mexlab.features.flow_choices import FLOW_KNOBS, FLOW_PRESETS, choose_flow
from mexlab.features.settings import FlowSettings

_PRESET = Annotated[
    str | None,
    typer.Option(
        "--preset",
        help=f"Flow settings by name: {', '.join(FLOW_PRESETS)} (the LAENet paper's: tvl1, bare "
        "polygon); the rest adds to it.",
    ),
]


@dataclass(frozen=True, slots=True)
class ChosenFlow:
    """What was typed, and the settings that it comes to.

    Attributes
    ----------
    settings : FlowSettings
    given : tuple of str
        The options that were typed.
    """

    settings: FlowSettings
    given: tuple[str, ...] = ()


def with_flow_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of :class:`FlowSettings`; it gets them as ``flow``.

    Parameters
    ----------
    command : callable
        Takes a keyword ``flow``, a :class:`ChosenFlow`. The options stand in its place.
    """
    options = [option_of(f"flow_{name}", knob) for name, knob in FLOW_KNOBS.items()]
    preset = inspect.Parameter(
        "flow_preset", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_PRESET
    )

    def read(values: Mapping[str, Any]) -> ChosenFlow:
        typed = {name: values[f"flow_{name}"] for name in FLOW_KNOBS}
        return _read(typed, values["flow_preset"])

    return with_options(command, "flow", [preset, *options], read)


def _read(typed: dict[str, Any], preset: str | None) -> ChosenFlow:
    values: dict[str, Any] = {}
    given = [] if preset is None else ["--preset"]
    for name, value in typed.items():
        if value is not None:
            knob = FLOW_KNOBS[name]
            values[name] = value if knob.switch else knob.parse(value)
            given.append(knob.off if value is False else knob.on)
    return ChosenFlow(choose_flow(values, preset), tuple(given))
