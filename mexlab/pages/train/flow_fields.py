"""The train form's fields of how motion is computed, from the settings that are declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mexlab.errors import InputError
from mexlab.features.flow_choices import FLOW_KNOBS, FLOW_PRESETS
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow.options import METHODS

_TITLES = {"flow": dict(METHODS)}

_PRESET_TITLES = {
    "mexlab": ("mexlab's", "micro preset of TV-L1, eyes masked with a margin"),
    "paper": ("the paper's", "TV-L1 with its defaults, the eyes' bare polygons"),
}

#: A box of its own in the form, and no field to type in.
_MASK = "eye_mask"


def flow_fields() -> list[dict[str, Any]]:
    """``{name, title, hint, options}`` each; ``options`` is empty where one types."""
    return [
        {
            "name": name,
            "title": knob.title + (f", {knob.unit}" if knob.unit else ""),
            "hint": knob.help,
            "options": [
                {"name": one, "title": _TITLES.get(name, {}).get(one, one)} for one in knob.choices
            ],
        }
        for name, knob in FLOW_KNOBS.items()
        if name != _MASK
    ]


def flow_presets() -> list[dict[str, Any]]:
    """``{name, title, detail, values}`` each; ``values`` are fields of the form's choice."""
    found = []
    for name, settings in FLOW_PRESETS.items():
        title, detail = _PRESET_TITLES.get(name, (name, ""))
        values = flow_choice(settings)
        found.append({"name": name, "title": title, "detail": detail, "values": values})
    return found


def flow_choice(settings: FlowSettings) -> dict[str, Any]:
    """Some settings as the form holds them: text, as if typed, and a box for the mask."""
    return {
        name: getattr(settings, name) if knob.switch else knob.spell(getattr(settings, name))
        for name, knob in FLOW_KNOBS.items()
    }


def read_flow(choice: Mapping[str, Any]) -> tuple[FlowSettings, dict[str, str]]:
    """The flow settings of a choice, and what is wrong with fields that hold none.

    Of a feature release, from which nothing is computed, the defaults; its form says so.

    Returns
    -------
    settings, faults
        A field at fault has its default in the settings.
    """
    settings, faults = FlowSettings(), {}
    if choice.get("source") == "release":
        return settings, {}
    for name, knob in FLOW_KNOBS.items():
        if name not in choice:
            continue
        try:
            own: Any = bool(choice[name]) if knob.switch else knob.parse(str(choice[name]))
            # Each alone, so that a fault stands beside its own field.
            settings = replace(settings, **{name: own})
        except InputError as error:
            faults[name] = error.problem.removeprefix(f"{name}: ").partition(", got")[0]
    return settings, faults
