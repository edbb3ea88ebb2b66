"""What a person says of a run: a name and a note, in a file of their own.

Not in ``run.json``: the process that trains writes that one, and would undo what was said
meanwhile.
"""

from __future__ import annotations

from pathlib import Path

from mexlab.errors import InputError, RunError
from mexlab.runs.files import read_json, write_json

LABELS = "labels.json"

LONGEST_NAME, LONGEST_NOTE = 200, 10_000


def read_labels(folder: Path) -> dict[str, str]:
    """``name`` and ``note``, those that were given.

    Raises
    ------
    RunError
        Where the file is damaged.
    """
    if not (folder / LABELS).exists():
        return {}
    record = read_json(folder / LABELS)
    if not all(isinstance(value, str) for value in record.values()):
        raise RunError("expected text", where=LABELS, remedy="Give the name or the note again")
    return {key: record[key] for key in ("name", "note") if key in record}


def labels_or_fault(folder: Path) -> tuple[dict[str, str], str]:
    """The labels, and what is wrong with their file: a damaged one does not hide the run."""
    try:
        return read_labels(folder), ""
    except RunError as error:
        return {}, str(error)


def label_run(folder: Path, *, name: str | None = None, note: str | None = None) -> None:
    """Give a run a name or a note of one's own; also while it trains.

    Parameters
    ----------
    folder : Path
        Of the run.
    name, note : str, optional
        None leaves what there is; empty text takes it away.

    Raises
    ------
    InputError
        For a text that is too long, or a name of several lines.
    RunError
        Where the folder cannot be written to.
    """
    given = {"name": name, "note": note}
    for part, longest in (("name", LONGEST_NAME), ("note", LONGEST_NOTE)):
        text = given[part]
        if text is not None and len(text) > longest:
            raise InputError(f"expected at most {longest} characters, got {len(text)}", where=part)
    if name is not None and len(name.splitlines()) > 1:
        raise InputError("expected one line", where="name")
    try:
        labels = read_labels(folder)
    except RunError:
        # A damaged file is what this one takes the place of.
        labels = {}
    labels.update({key: text.strip() for key, text in given.items() if text is not None})
    write_json(folder / LABELS, labels)
