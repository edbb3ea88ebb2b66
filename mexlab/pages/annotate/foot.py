"""The line at the foot of the annotate page."""

from __future__ import annotations

from collections.abc import Iterable

from mexlab.widgets.keys.keymap import KeyBinding

#: The line at the foot: actions whose keys are shown, and what they do.
FOOT = (
    (("frame-back", "frame-forward"), "frame"),
    (("toggle-play",), "play"),
    (("mark-onset", "mark-apex", "mark-offset"), "mark"),
    (("emotion-1",), "… emotion"),
    (("flicker",), "hold: flicker with onset"),
    (("next-clip", "previous-clip"), "clip"),
    (("commit",), "commit and next"),
    (("help",), "all keys"),
)


def foot_entries(bindings: Iterable[KeyBinding]) -> list[tuple[str, str]]:
    """What the foot of the page says, with the keys that the coder uses."""
    signs = {"ArrowLeft": "←", "ArrowRight": "→"}
    keys = {binding.action: signs.get(binding.keys[0], binding.keys[0]) for binding in bindings}
    caps = {action: _cap(key) for action, key in keys.items()}
    return [(" ".join(caps[action] for action in actions), what) for actions, what in FOOT]


def _cap(key: str) -> str:
    *held, last = key.split("+") if len(key) > 1 else [key]
    return "+".join((*held, last.upper() if len(last) == 1 else last))
