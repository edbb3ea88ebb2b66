"""What a coder has chosen for herself: keys, order of the clips, queue. One file a coder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mexlab.errors import InputError
from mexlab.whole_files import write_whole
from mexlab.widgets.keys.keymap import BROWSER_KEYS, KEY_SETS, KEYMAP, KeyBinding, keymap_with

#: Name of the coder's own keys among the ready-made sets.
OWN_SET = "yours"

#: Choices of what the page looks like, and their values. A file from before they were there, or
#: of a later version that knows others, is read all the same.
_LOOKS = {
    "ribbon": ("strain", "motion", "hidden"),
    "magnify": ("brightness", "motion"),
}


@dataclass(frozen=True, slots=True)
class CoderChoices:
    """Choices of one coder in one workspace.

    Attributes
    ----------
    keys : dict
        Action to its keys, where they differ from the shipped ones.
    own_keys : dict
        The last keys that were the coder's own: a ready-made set, once chosen, leaves them here.
    order : {"listed", "random"}
    queue : list of str
        Clip keys that the coder put aside to do.
    ribbon : {"strain", "motion", "hidden"}
        What the timeline draws.
    magnify : {"brightness", "motion"}
        What the player's magnifying key magnifies.
    """

    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    own_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "listed"
    queue: list[str] = field(default_factory=list)
    ribbon: str = "strain"
    magnify: str = "brightness"

    def bindings(self) -> tuple[KeyBinding, ...]:
        """The key map with the coder's own keys.

        Raises
        ------
        InputError
            For a conflict or an unknown action.
        """
        return keymap_with(self.keys) if self.keys else KEYMAP

    def own_after(self, keys: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """The coder's own keys once `keys` are chosen: those, or the former where it is a set."""
        for latest in (keys, self.keys):
            if latest not in KEY_SETS.values():
                return latest
        return self.own_keys

    def key_sets(self) -> dict[str, tuple[KeyBinding, ...]]:
        """The ready-made key maps by name, and the coder's own as ``yours`` where there is one."""
        own = {OWN_SET: self.own_keys} if self.own_keys else {}
        return {name: keymap_with(keys) for name, keys in (KEY_SETS | own).items()}


class ChoicesFile:
    """Reads and writes a coder's choices, ``coders/<coder>.json`` in the workspace.

    Parameters
    ----------
    workspace : path
    coder : str
    """

    def __init__(self, workspace: Path, coder: str) -> None:
        self.path = workspace / "coders" / f"{quote(coder, safe='')}.json"

    def read(self) -> CoderChoices:
        """What was saved; the shipped choices where nothing was.

        Raises
        ------
        InputError
            Where the file cannot be understood: it is left as it is.
        """
        try:
            content = json.loads(self.path.read_text("utf-8"))
            choices = CoderChoices(
                keys=_read_keys(content["keys"]),
                own_keys=_read_keys(content.get("own_keys", {})),
                order="random" if content["order"] == "random" else "listed",
                queue=[str(key) for key in content["queue"]],
                **{
                    name: content[name]
                    for name, known in _LOOKS.items()
                    if content.get(name) in known
                },
            )
        except FileNotFoundError:
            return CoderChoices()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"your keys and queue cannot be read ({error}); the shipped keys are used",
                where=str(self.path),
                remedy="Mend or delete the file",
            ) from error
        choices.bindings()
        return choices

    def change(self, choices: CoderChoices, **changes: Any) -> CoderChoices:
        """Write choices with some of them changed, whole or not at all; returns the new ones.

        Raises
        ------
        InputError
            For keys in conflict: nothing is written.
        OSError
            Where the workspace cannot be written to.
        """
        if "keys" in changes:
            changes["own_keys"] = choices.own_after(changes["keys"])
        changed = replace(choices, **changes)
        changed.bindings()
        self.path.parent.mkdir(exist_ok=True)
        write_whole(self.path, json.dumps(asdict(changed), ensure_ascii=False, indent=1))
        return changed


def _read_keys(stored: Any) -> dict[str, tuple[str, ...]]:
    """Stored keys; those that the browser keeps, and were once taken, give way to the shipped."""
    found = {
        str(action): tuple(key for key in map(str, keys) if key not in BROWSER_KEYS)
        for action, keys in stored.items()
    }
    return {action: keys for action, keys in found.items() if keys}
