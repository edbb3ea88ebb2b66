from __future__ import annotations

import re
from pathlib import Path

import pytest

from mexlab.errors import InputError
from mexlab.widgets.keys.keymap import KEYMAP, KeyBinding, check_keymap, keymap_with


def keys_of(bindings, action):
    return next(binding.keys for binding in bindings if binding.action == action)


def test_the_shipped_map_has_no_conflict():
    check_keymap(KEYMAP)


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("toggle-play", {"Space"}),
        ("frame-back", {"ArrowLeft", ","}),
        ("frame-forward", {"ArrowRight", "."}),
        ("ten-forward", {"Shift+ArrowRight"}),
        ("first-frame", {"Home"}),
        ("next-clip", {"j"}),
        ("previous-clip", {"k"}),
        ("mark-onset", {"o"}),
        ("mark-apex", {"a"}),
        ("mark-offset", {"f"}),
        ("clear-mark", {"Delete", "Backspace"}),
        ("undo", {"Ctrl+z"}),
        ("redo", {"Ctrl+y", "Ctrl+Shift+z"}),
        ("commit", {"Ctrl+s"}),
        ("focus-search", {"/"}),
    ],
)
def test_the_conventions_are_kept(action, keys):
    assert set(keys_of(KEYMAP, action)) == keys


def test_every_digit_is_an_emotion():
    for digit in range(10):
        assert keys_of(KEYMAP, f"emotion-{digit}") == (str(digit),)


def test_a_conflict_and_a_browser_key_are_refused_together():
    with pytest.raises(InputError) as caught:
        check_keymap(
            [
                KeyBinding("a", ("x", "Ctrl+w"), "", ""),
                KeyBinding("b", ("x",), "", ""),
            ]
        )
    assert "x is given to both a and b" in str(caught.value)
    assert "Ctrl+w is the browser's: it closes the page" in str(caught.value)


def test_keys_can_be_changed():
    changed = keymap_with({"mark-onset": ("Shift+q",)})
    assert keys_of(changed, "mark-onset") == ("Shift+q",)
    assert keys_of(changed, "mark-apex") == ("a",)


def test_a_change_into_a_conflict_is_refused():
    with pytest.raises(InputError, match="a is given to both mark-onset and mark-apex"):
        keymap_with({"mark-onset": ("a",)})


def test_an_unknown_action_is_named():
    with pytest.raises(InputError, match="no such action: mark-blink"):
        keymap_with({"mark-blink": ("b",)})


#: Written down once more, for a key that drops out of the list costs a coder the page.
BROWSERS_OWN = """
    F5 Shift+F5 Ctrl+F5 Ctrl+r Ctrl+Shift+r Ctrl+w Ctrl+Shift+w Ctrl+F4 Alt+F4 Ctrl+q
    Ctrl+t Ctrl+n Ctrl+Shift+t Ctrl+Shift+n Ctrl+Shift+p Ctrl+Tab Ctrl+Shift+Tab Alt+Tab
    Ctrl+1 Ctrl+9 Alt+ArrowLeft Alt+ArrowRight Alt+Home Ctrl+l Alt+d F6 F12 Ctrl+Shift+i
    Ctrl+Shift+j Ctrl+Shift+c F11 F10 Alt Ctrl+0 Ctrl++ Ctrl+= Ctrl+- Tab Shift+Tab
"""


@pytest.mark.parametrize("key", BROWSERS_OWN.split())
def test_a_key_that_the_browser_keeps_is_refused_with_what_it_does(key):
    with pytest.raises(InputError, match=r"is the browser's: it \w+"):
        keymap_with({"mark-onset": (key,)})


def in_words(key: str) -> str:
    """A key as docs/annotate.md spells it: ``Shift+O``, ``Ctrl+←``, ``Esc``."""
    arrows = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}
    *held, last = key.split("+") if len(key) > 1 else [key]
    last = {**arrows, "Escape": "Esc"}.get(last, last.upper() if len(last) == 1 else last)
    return "+".join((*held, last))


def test_the_page_of_help_lists_every_key_and_no_other():
    page = Path(__file__).parents[3] / "docs" / "annotate.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = {key for row in rows for key in re.findall(r"`([^`]+)`", row.split(" | ")[0])}
    digits = {str(digit) for digit in range(10)}
    keys = {in_words(key) for binding in KEYMAP for key in binding.keys}
    assert told | digits == keys
    assert "`1` … `9` and `0`" in page.read_text("utf-8")
