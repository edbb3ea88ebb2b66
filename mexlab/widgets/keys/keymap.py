"""The keys of the annotate page, as data: what coders of other tools have in their fingers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mexlab.errors import InputError

#: Keys that the browser or the system acts on, before any page sees them or in spite of it, and
#: what they do there. A coder who pressed one in the middle of her work would lose the page.
BROWSER_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("F5", "Shift+F5", "Ctrl+F5", "Ctrl+r", "Ctrl+Shift+r"), "reloads the page"),
    **dict.fromkeys(("Ctrl+w", "Ctrl+Shift+w", "Ctrl+F4", "Alt+F4", "Ctrl+q"), "closes the page"),
    **dict.fromkeys(
        ("Ctrl+t", "Ctrl+n", "Ctrl+Shift+t", "Ctrl+Shift+n", "Ctrl+Shift+p"), "opens another page"
    ),
    **dict.fromkeys(("Ctrl+Tab", "Ctrl+Shift+Tab", "Alt+Tab"), "goes to another window"),
    **dict.fromkeys((f"Ctrl+{n}" for n in range(1, 10)), "goes to another tab"),
    **dict.fromkeys(("Alt+ArrowLeft", "Alt+ArrowRight", "Alt+Home"), "leaves the page"),
    **dict.fromkeys(("Ctrl+l", "Alt+d", "F6"), "goes to the address"),
    **dict.fromkeys(
        ("F12", "Ctrl+Shift+i", "Ctrl+Shift+j", "Ctrl+Shift+c"), "opens the developer's tools"
    ),
    **dict.fromkeys(("F11",), "fills the screen"),
    **dict.fromkeys(("F10", "Alt"), "opens the menu"),
    **dict.fromkeys(("Ctrl+0", "Ctrl++", "Ctrl+=", "Ctrl+-"), "sets the size of all letters"),
    **dict.fromkeys(("Tab", "Shift+Tab"), "goes from field to field"),
}


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """One action and its keys.

    Attributes
    ----------
    action : str
        As the widgets know it (``mark-onset``).
    keys : tuple of str
        Canonical names: ``o``, ``Shift+ArrowLeft``, ``Ctrl+z``, ``Space``, ``?``.
    title : str
        What it does, in the list of keys.
    group : str
        Heading in the list.
    hold : bool
        Acts while the key is down, ends when it is released.
    repeat : bool
        Acts again while the key is held.
    """

    action: str
    keys: tuple[str, ...]
    title: str
    group: str
    hold: bool = False
    repeat: bool = False

    def to_record(self) -> dict[str, Any]:
        return {**asdict(self), "keys": list(self.keys)}


_MOVE, _MARK, _LABEL, _CLIP, _VIEW = "Move", "Mark", "Label", "Clips", "Look closer"

#: Of every page: fold its side columns away and back.
COLUMN_KEYS: tuple[KeyBinding, ...] = (
    KeyBinding("fold-left", ("(",), "fold the left column, or show it", _VIEW),
    KeyBinding("fold-right", (")",), "fold the right column, or show it", _VIEW),
)

KEYMAP: tuple[KeyBinding, ...] = (
    KeyBinding("toggle-play", ("Space",), "play or pause", _MOVE),
    KeyBinding("frame-back", ("ArrowLeft", ","), "one frame back", _MOVE, repeat=True),
    KeyBinding("frame-forward", ("ArrowRight", "."), "one frame forward", _MOVE, repeat=True),
    KeyBinding("ten-back", ("Shift+ArrowLeft",), "ten frames back", _MOVE, repeat=True),
    KeyBinding("ten-forward", ("Shift+ArrowRight",), "ten frames forward", _MOVE, repeat=True),
    KeyBinding("second-back", ("PageUp",), "one second back", _MOVE, repeat=True),
    KeyBinding("second-forward", ("PageDown",), "one second forward", _MOVE, repeat=True),
    # A browser with tabs keeps Ctrl with Page for them; a window of its own lets the page have it.
    KeyBinding(
        "ten-seconds-back", ("Shift+PageUp", "Ctrl+PageUp"), "ten seconds back", _MOVE, repeat=True
    ),
    KeyBinding(
        "ten-seconds-forward",
        ("Shift+PageDown", "Ctrl+PageDown"),
        "ten seconds forward",
        _MOVE,
        repeat=True,
    ),
    KeyBinding("go-to", ("Ctrl+g", "#"), "go to a frame or a time", _MOVE),
    KeyBinding("first-frame", ("Home",), "first frame", _MOVE),
    KeyBinding("last-frame", ("End",), "last frame", _MOVE),
    KeyBinding("go-onset", ("Shift+o",), "go to the onset", _MOVE),
    KeyBinding("go-apex", ("Shift+a",), "go to the apex", _MOVE),
    KeyBinding("go-offset", ("Shift+f",), "go to the offset", _MOVE),
    KeyBinding("slower", ("[",), "play slower", _MOVE),
    KeyBinding("faster", ("]",), "play faster", _MOVE),
    KeyBinding("true-speed", ("t",), "true speed, and back to slow", _MOVE),
    KeyBinding("loop", ("l",), "loop on or off", _MOVE),
    KeyBinding("select", ("s",), "loop from here … to here … no more", _MOVE),
    KeyBinding("mark-onset", ("o",), "onset is this frame", _MARK),
    KeyBinding("mark-apex", ("a",), "apex is this frame", _MARK),
    KeyBinding("mark-offset", ("f",), "offset is this frame", _MARK),
    KeyBinding("clear-mark", ("Delete", "Backspace"), "clear the mark at this frame", _MARK),
    KeyBinding("mark-back", ("<",), "the mark at this frame one frame back", _MARK, repeat=True),
    KeyBinding(
        "mark-forward", (">",), "the mark at this frame one frame forward", _MARK, repeat=True
    ),
    KeyBinding("snap-apex", ("y",), "apex to the machine's (after a commit)", _MARK),
    KeyBinding("blink", ("b",), "blink begins here … ends here", _MARK),
    KeyBinding("head", ("h",), "head movement begins here … ends here", _MARK),
    KeyBinding("new-expression", ("Shift+e",), "one more expression in this clip", _MARK),
    KeyBinding("next-expression", ("e",), "next expression or event of this clip", _MARK),
    KeyBinding("undo", ("Ctrl+z",), "undo", _MARK, repeat=True),
    KeyBinding("redo", ("Ctrl+y", "Ctrl+Shift+z"), "redo", _MARK, repeat=True),
    *(
        KeyBinding(f"emotion-{n}", (str(n),), f"emotion {n} of the list", _LABEL)
        for n in range(1, 10)
    ),
    KeyBinding("emotion-0", ("0",), "emotion 0 of the list (others)", _LABEL),
    KeyBinding("focus-action-units", ("u",), "write action units", _LABEL),
    KeyBinding("focus-note", ("n",), "write a note", _LABEL),
    KeyBinding("confidence", ("c",), "confidence: unsure, fairly, sure", _LABEL),
    KeyBinding("expression-kind", ("i",), "micro, macro, blink or head movement", _LABEL),
    KeyBinding("history", ("w",), "what was done in this clip", _LABEL),
    KeyBinding("commit", ("Ctrl+s",), "commit and go to the next clip", _CLIP),
    KeyBinding("next-clip", ("j",), "next clip", _CLIP, repeat=True),
    KeyBinding("previous-clip", ("k",), "previous clip", _CLIP, repeat=True),
    KeyBinding("next-untouched", ("Shift+j",), "next clip not yet committed", _CLIP),
    KeyBinding("next-flagged", ("Shift+g",), "next flagged clip", _CLIP),
    KeyBinding("queue", ("q",), "put this clip into your queue, or take it out", _CLIP),
    KeyBinding("order", ("Shift+r",), "in order, or in random order", _CLIP),
    KeyBinding("flag", ("g",), "flag this clip, or take the flag off", _CLIP),
    KeyBinding("focus-search", ("/",), "find a clip", _CLIP),
    KeyBinding("flicker", ("z",), "flicker with the onset", _VIEW, hold=True),
    KeyBinding("difference", ("x",), "difference to the onset", _VIEW, hold=True),
    KeyBinding("amplify", ("m",), "amplified motion since the onset", _VIEW, hold=True),
    KeyBinding("gain", ("Shift+m",), "amplify more: ×5, ×8, ×12, ×20", _VIEW),
    KeyBinding("magnify-kind", ("Shift+w",), "amplify the motion itself, or the brightness", _VIEW),
    KeyBinding("ribbon", ("Shift+s",), "ribbon: strain, motion, hidden", _VIEW),
    KeyBinding("timeline-zoom", ("Shift+t",), "timeline: closer … the whole clip", _VIEW),
    KeyBinding("landmarks", ("p",), "landmarks on or off", _VIEW),
    KeyBinding("views", ("v",), "one, two or three pictures", _VIEW),
    KeyBinding("zoom-in", ("+", "="), "zoom in", _VIEW, repeat=True),
    KeyBinding("zoom-out", ("-",), "zoom out", _VIEW, repeat=True),
    KeyBinding("zoom-reset", ("r",), "the whole picture", _VIEW),
    KeyBinding("pan-left", ("Ctrl+ArrowLeft",), "move the zoomed picture left", _VIEW, repeat=True),
    KeyBinding("pan-right", ("Ctrl+ArrowRight",), "… right", _VIEW, repeat=True),
    KeyBinding("pan-up", ("Ctrl+ArrowUp",), "… up", _VIEW, repeat=True),
    KeyBinding("pan-down", ("Ctrl+ArrowDown",), "… down", _VIEW, repeat=True),
    *COLUMN_KEYS,
    KeyBinding("escape", ("Escape",), "leave a field, a mode, the zoom", _VIEW),
    KeyBinding("help", ("?", "F1"), "this list", _VIEW),
)


#: Keys within a field or on a chosen mark. They are what such things always have, so they are
#: listed with the others and stay as they are.
FIELD_KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "In the action-unit line",
        (
            ("ArrowUp ArrowDown", "choose what to go on with"),
            ("Enter Tab", "take it"),
            ("Alt+ArrowUp ArrowDown", "intensity of the unit at the caret"),
            ("Alt+PageUp PageDown", "its side: both, left, right"),
            ("Enter", "done, back to the player"),
        ),
    ),
    (
        "In other places",
        (
            ("Enter", "in a note: done; with ⇧ a new line"),
            ("Enter", "finding a clip: open the one with ↵"),
            ("Tab", "finding a clip: on to the filters"),
            ("ArrowUp ArrowDown", "in the history; Enter restores"),
            ("ArrowLeft ArrowRight", "on a mark reached by Tab: move it"),
        ),
    ),
)


#: Ready-made sets for fingers that know another tool: what differs from the map above.
KEY_SETS: dict[str, dict[str, tuple[str, ...]]] = {
    "mexlab": {},
    "CVAT": {
        "frame-back": ("ArrowLeft", ",", "d"),
        "frame-forward": ("ArrowRight", ".", "f"),
        "ten-back": ("Shift+ArrowLeft", "c"),
        "ten-forward": ("Shift+ArrowRight", "v"),
        "mark-offset": ("Shift+a",),
        "go-apex": ("Shift+p",),
        "confidence": ("Shift+c",),
        "views": ("Shift+v",),
    },
    "ELAN": {
        "toggle-play": ("Space", "Ctrl+Space"),
        "frame-back": ("ArrowLeft", ",", "Ctrl+ArrowLeft"),
        "frame-forward": ("ArrowRight", ".", "Ctrl+ArrowRight"),
        "first-frame": ("Home", "Ctrl+b"),
        "last-frame": ("End", "Ctrl+e"),
        "pan-left": ("Ctrl+Shift+ArrowLeft",),
        "pan-right": ("Ctrl+Shift+ArrowRight",),
        "pan-up": ("Ctrl+Shift+ArrowUp",),
        "pan-down": ("Ctrl+Shift+ArrowDown",),
    },
}


def check_keymap(bindings: Iterable[KeyBinding]) -> None:
    """Refuse a key that does two things, or that no page ever gets to see.

    Raises
    ------
    InputError
        Naming every fault at once.
    """
    owners: dict[str, str] = {}
    faults = []
    for binding in bindings:
        for key in binding.keys:
            if key in BROWSER_KEYS:
                faults.append(f"{key} is the browser's: it {BROWSER_KEYS[key]}")
            if key in owners:
                faults.append(f"{key} is given to both {owners[key]} and {binding.action}")
            owners.setdefault(key, binding.action)
    if faults:
        raise InputError(
            "; ".join(faults), where="keys", remedy="Give every action a key of its own"
        )


def keymap_with(changes: Mapping[str, tuple[str, ...]]) -> tuple[KeyBinding, ...]:
    """The key map with other keys for some actions.

    Parameters
    ----------
    changes : mapping of str to tuple of str
        Action to its new keys.

    Raises
    ------
    InputError
        For an unknown action, an action left without a key, a conflict, or a key that belongs
        to the browser.
    """
    known = {binding.action for binding in KEYMAP}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise InputError(
            f"no such action: {', '.join(unknown)}",
            where="keys",
            remedy=f"The actions are {', '.join(sorted(known))}",
        )
    keyless = sorted(action for action, keys in changes.items() if not keys)
    if keyless:
        raise InputError(
            f"no key is left for {', '.join(keyless)}",
            where="keys",
            remedy="Give every action a key of its own",
        )
    changed = tuple(
        KeyBinding(
            binding.action,
            tuple(changes.get(binding.action, binding.keys)),
            binding.title,
            binding.group,
            binding.hold,
            binding.repeat,
        )
        for binding in KEYMAP
    )
    check_keymap(changed)
    return changed
