"""The keys of the flow page."""

from __future__ import annotations

from dataclasses import replace

from mexlab.widgets.keys.keymap import COLUMN_KEYS, KeyBinding

_MAPS, _APEX, _CLIP = "Maps", "Apex", "Clips"

FLOW_KEYMAP: tuple[KeyBinding, ...] = (
    KeyBinding("toggle-mask", ("b",), "eye mask on or off", _MAPS),
    KeyBinding("toggle-scale", ("s",), "colour scale: locked or this clip", _MAPS),
    KeyBinding("toggle-tensor", ("t",), "u v ε, or the strain's components", _MAPS),
    KeyBinding("toggle-landmarks", ("l",), "landmarks on the face", _MAPS),
    KeyBinding("toggle-arrows", ("w",), "arrows on the face, motion tenfold", _MAPS),
    KeyBinding("flicker", ("z",), "flicker: the apex in place of the onset", _MAPS, hold=True),
    KeyBinding("escape", ("Escape",), "let go of the pinned probe", _MAPS),
    KeyBinding("apex-back", ("ArrowLeft", ","), "apex one frame earlier", _APEX, repeat=True),
    KeyBinding("apex-forward", ("ArrowRight", "."), "apex one frame later", _APEX, repeat=True),
    KeyBinding("apex-back-5", ("Shift+ArrowLeft",), "five frames earlier", _APEX, repeat=True),
    KeyBinding("apex-forward-5", ("Shift+ArrowRight",), "five frames later", _APEX, repeat=True),
    KeyBinding("apex-coded", ("0",), "back to the coded apex", _APEX),
    KeyBinding("next-clip", ("j",), "next clip", _CLIP, repeat=True),
    KeyBinding("previous-clip", ("k",), "previous clip", _CLIP, repeat=True),
    KeyBinding("focus-search", ("/",), "find a clip", _CLIP),
    KeyBinding("save-png", ("p",), "save the six panes as a picture", _CLIP),
    *(replace(binding, group=_CLIP) for binding in COLUMN_KEYS),
    KeyBinding("help", ("?", "F1"), "this list", _CLIP),
)

FOOT = (
    ("", "hover: probe"),
    ("", "click: pin"),
    ("B", "mask on/off"),
    ("← →", "nudge the apex"),
    ("0", "coded apex"),
    ("Z", "hold: apex frame"),
    ("J K", "clip"),
    ("?", "all keys"),
)
