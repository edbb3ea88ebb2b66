"""Flow settings as they are chosen: options and fields, presets, and what two settings differ in.

Needs no OpenCV.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from mexlab.errors import InputError
from mexlab.features.knob import Knob
from mexlab.features.settings import FlowSettings

#: By field of :class:`FlowSettings`, in its order.
FLOW_KNOBS: dict[str, Knob] = {one.name: one.metadata["knob"] for one in fields(FlowSettings)}

#: Whole settings by name. ``paper`` is the LAENet paper's: TV-L1 with OpenCV's defaults, the eyes'
#: bare polygons (2.2.4), its margins (2.1.1), the head as filmed.
FLOW_PRESETS: dict[str, FlowSettings] = {
    "mexlab": FlowSettings(),
    "paper": FlowSettings(
        margins=(25, 0, 5, 5),
        flow="tvl1",
        head_motion="as filmed",
        eye_mask=True,
        eye_mask_margin=0.0,
        input_size=28,
    ),
}


def flow_preset(name: str) -> FlowSettings:
    """Flow settings by name.

    Raises
    ------
    InputError
        On an unknown name; lists the known ones.
    """
    try:
        return FLOW_PRESETS[name]
    except KeyError:
        raise InputError(
            f"no preset {name!r}", where="--preset", remedy=f"Known are {', '.join(FLOW_PRESETS)}"
        ) from None


def choose_flow(given: Mapping[str, Any], preset: str | None = None) -> FlowSettings:
    """Flow settings from what was given, on top of a preset.

    Parameters
    ----------
    given : mapping
        By field, values; None and what is left out are the preset's.
    preset : str, optional
        ``mexlab`` by default.

    Raises
    ------
    InputError
        For a value that does not hold, or a margin around a mask that is off.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    if chosen.get("eye_mask") is False and "eye_mask_margin" in chosen:
        margin, mask = FLOW_KNOBS["eye_mask_margin"], FLOW_KNOBS["eye_mask"]
        raise InputError(
            "there is no margin around a mask that is off",
            where=margin.on,
            remedy=f"Leave out {margin.on} or {mask.off}",
        )
    return replace(flow_preset(preset or "mexlab"), **chosen)


def flow_differences(mine: FlowSettings, other: FlowSettings) -> list[str]:
    """Where settings differ from others, in words: ``mask margin 0 px, not 5 px``.

    What has no effect is no difference: the margin of a mask that is off in both.

    Parameters
    ----------
    mine, other : FlowSettings
        As on show, and as a run was trained with or will be by default.

    Examples
    --------
    >>> flow_differences(FlowSettings(flow="tvl1", eye_mask=False), FlowSettings())
    ['flow tvl1, not tvl1-micro', 'eye mask off, not on']
    """
    without_effect = set()
    if not mine.eye_mask or not other.eye_mask:
        # Of a mask that only one of them has, being there is the difference.
        without_effect = {"eye_mask_margin"}
    found = []
    for name, knob in FLOW_KNOBS.items():
        own, theirs = getattr(mine, name), getattr(other, name)
        if own != theirs and name not in without_effect:
            found.append(f"{knob.title} {knob.words(own)}, not {knob.words(theirs)}")
    return found


def flow_remarks(settings: FlowSettings, besides: Collection[str] = ()) -> list[str]:
    """What is not as by default, in words: ``mask margin 0 px``.

    Parameters
    ----------
    settings : FlowSettings
    besides : collection of str
        Fields that are told otherwise.
    """
    plain = FlowSettings()
    return [
        f"{knob.title} {knob.words(getattr(settings, name))}"
        for name, knob in FLOW_KNOBS.items()
        if getattr(settings, name) != getattr(plain, name)
        and name not in besides
        and (settings.eye_mask or name != "eye_mask_margin")
    ]


def flow_options(settings: FlowSettings) -> list[str]:
    """The options that ask for some settings, where they are not the defaults."""
    plain = FlowSettings()
    if settings != plain:
        name = next((one for one, preset in FLOW_PRESETS.items() if preset == settings), None)
        if name is not None:
            return ["--preset", name]
    words = []
    for name, knob in FLOW_KNOBS.items():
        value = getattr(settings, name)
        if value == getattr(plain, name) or (name == "eye_mask_margin" and not settings.eye_mask):
            continue
        words += [knob.off] if knob.switch else [knob.on, knob.spell(value)]
    return words
