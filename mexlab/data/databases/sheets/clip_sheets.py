"""Sheets with one row a clip: each row's frames are found and coded, what has no match is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.reading import Reading, nothing_found
from mexlab.data.databases.sheets.cells import Once, names_a_clip
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, no_rows
from mexlab.data.databases.trees.subject_folders import SubjectFolders

#: From a row, its clip and where both stand for the report to the clip's codings, each with
#: where it stands.
CodeRow = Callable[[Reading, SheetRow, Clip, str], list[tuple[Coding, str]]]


@dataclass(frozen=True, slots=True)
class ClipSheet:
    """A sheet, its rows that name a clip, and the folders that those clips lie in."""

    sheet: Sheet
    rows: list[tuple[SheetRow, ClipKey]]
    folders: SubjectFolders


def subject_and_name(key: ClipKey) -> tuple[str, ...]:
    """What a clip is known by where clips of two subjects may be called alike."""
    return key.subject, key.name


def clip_rows(
    reading: Reading,
    sheet: Sheet,
    fields: Sequence[str],
    name_subject: Callable[[str], str],
    *,
    need_number: bool = True,
    known_by: Callable[[ClipKey], Sequence[str]] = subject_and_name,
) -> list[tuple[SheetRow, ClipKey]]:
    """The rows that name a clip, each clip once.

    Parameters
    ----------
    reading : Reading
    sheet : Sheet
    fields : sequence of str
        By which two rows of one clip are compared.
    name_subject : callable
        From the cell of a subject to the subject's name in the key.
    need_number : bool
        Whether the subjects of the release have numbers.
    known_by : callable
        By what two rows are of one clip, compared without case.

    Raises
    ------
    InputError
        Where no row names a clip.
    """
    rows: list[tuple[SheetRow, ClipKey]] = []
    once = Once(reading, fields)
    for row in sheet.rows:
        if not names_a_clip(reading, sheet, row, need_number=need_number):
            continue
        key = reading.key(name_subject(row.text("subject")), row.text("clip"))
        if once.is_new(key, sheet, row, *known_by(key)):
            rows.append((row, key))
    if not rows:
        raise no_rows(sheet)
    return rows


def read_clips(reading: Reading, sheets: Sequence[ClipSheet], code: CodeRow) -> None:
    """Take in the clips of the sheets' rows; rows without a folder and folders without are told.

    Parameters
    ----------
    reading : Reading
    sheets : sequence of ClipSheet
        Several may share their folders.
    code : callable
        From a row to the codings of its clip.

    Raises
    ------
    InputError
        Where no clip has frames.
    """
    total = sum(len(one.rows) for one in sheets)
    done = 0
    for one in sheets:
        for row, key in one.rows:
            where = f"{key} ({one.sheet.place(row)})"
            clip = _open_clip(reading, one.folders, row, key, where)
            if clip is not None:
                reading.add(clip, code(reading, row, clip, where))
            done += 1
            reading.step(done, total)
    names = sheet_names(one.sheet for one in sheets)
    for folders in {id(one.folders): one.folders for one in sheets}.values():
        folders.report_unmatched(names)
    if not reading.clips:
        trees: list[Path] = [tree for one in sheets for tree in one.folders.trees]
        raise nothing_found(reading, total, names, trees)


def sheet_names(sheets: Iterable[Sheet]) -> str:
    """The files, each named once."""
    return ", ".join(dict.fromkeys(sheet.path.name for sheet in sheets))


def _open_clip(
    reading: Reading, folders: SubjectFolders, row: SheetRow, key: ClipKey, where: str
) -> Clip | None:
    # The row's own word: a key may be told apart from another section's by more.
    name = row.text("clip")
    found = folders.find_named(key.subject, name)
    if found is None:
        folders.report_missing(where, f"{key.subject}/{name}")
        return None
    return reading.scan_clip(key, found, where)
