"""Weights on disk: safetensors, which can hold numbers but no code, unlike a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from mexlab.errors import InputError
from mexlab.runs.files import write_whole
from mexlab.training.backends.recipe import State

#: The name of the only part in a file that holds one network.
WHOLE = "whole"

_FORMAT = "mexlab-weights-1"


def save_weights(
    path: Path,
    states: Mapping[str, State],
    *,
    model: str,
    classes: Sequence[str],
    **more: Any,
) -> None:
    """Write the states of one or several networks of one kind into one file.

    Parameters
    ----------
    path : Path
        ``....safetensors``.
    states : mapping of str to state dict
        By fold (``database/subject``), or under :data:`WHOLE`.
    model : str
    classes : sequence of str
    **more
        Plain JSON types, given back by :func:`load_weights`.

    Raises
    ------
    RunError
        When the disk is full or the folder cannot be written to.
    """
    names = list(states)
    tensors = {
        f"{i}/{name}": value.contiguous()
        for i, part in enumerate(names)
        for name, value in states[part].items()
    }
    about = {"model": model, "classes": list(classes), "parts": names, **more}
    metadata = {"format": _FORMAT, "about": json.dumps(about, ensure_ascii=False)}
    write_whole(path, save(tensors, metadata=metadata))


def load_weights(path: Path) -> tuple[dict[str, State], dict[str, Any]]:
    """The states by part, and what was said about them (``model``, ``classes``, ...).

    Raises
    ------
    InputError
        Where the file is missing, damaged, or not mexlab's.
    """
    states: dict[str, State] = {}
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != _FORMAT:
                raise InputError("holds no weights of mexlab", where=path.name)
            about = json.loads(metadata["about"])
            for key in file.keys():  # noqa: SIM118 - it is no mapping
                part, name = key.split("/", 1)
                states.setdefault(about["parts"][int(part)], {})[name] = file.get_tensor(key)
    except FileNotFoundError:
        raise InputError("there is no such file of weights", where=path.name) from None
    except (SafetensorError, OSError, KeyError, IndexError, ValueError) as error:
        raise InputError(
            f"the weights cannot be read ({error})",
            where=path.name,
            remedy="The file is damaged: train again",
        ) from error
    return states, about
