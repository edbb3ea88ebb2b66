"""Which row of a coding sheet of one's own speaks of which clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mexlab.data.databases.folders import fold, subject_number
from mexlab.data.databases.sheets.cells import same_cells
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError


class NamedClip(Protocol):
    """What is known of a clip before its frames are looked at."""

    @property
    def subject(self) -> str: ...
    @property
    def clip(self) -> str: ...
    @property
    def path(self) -> Path: ...


@dataclass(slots=True)
class MatchedRows:
    """The rows of a sheet by the clip they speak of.

    Attributes
    ----------
    rows : dict of int to list of SheetRow
        By the clip's place in the list that was matched.
    subjects : dict of int to str
        For clips that no folder gives a subject: the one the sheet gives.
    """

    rows: dict[int, list[SheetRow]] = field(default_factory=dict)
    subjects: dict[int, str] = field(default_factory=dict)


def match_rows(
    sheet: Sheet, clips: Sequence[NamedClip], root: Path, unnamed: str, report: ImportReport
) -> MatchedRows:
    """Which rows speak of which clip.

    A row names its clip by name, file name or path, and its subject by name or number. A clip
    that lies in no subject's folder takes the subject that the sheet gives it.

    Parameters
    ----------
    sheet : Sheet
    clips : sequence of NamedClip
    root : Path
    unnamed : str
        The subject of clips that lie in no subject's folder.
    report : ImportReport
        Gets the rows without a clip, those that could mean several, and clips without a row.

    Raises
    ------
    InputError
        Where no row at all names a clip.
    """
    by_name: dict[str, list[int]] = {}
    for index, clip in enumerate(clips):
        for name in _names(clip, root):
            by_name.setdefault(name, []).append(index)
    matched = MatchedRows()
    problems: list[tuple[SheetRow, str]] = []
    for row in sheet.rows:
        place, problem = _place(row, clips, by_name, unnamed)
        if place is None:
            problems.append((row, problem))
            continue
        rows = matched.rows.setdefault(place, [])
        twin = next((one for one in rows if same_cells(one, row, sheet.fields)), None)
        if twin is not None:
            report.add(
                "skipped",
                sheet.place(row),
                f"says the same as row {twin.number}. Remove one of them",
            )
            continue
        rows.append(row)
    if not matched.rows:
        first = f" (the first: {problems[0][1]})" if problems else ""
        raise InputError(
            f"none of the {len(sheet.rows)} rows names a clip of this folder{first}",
            where=sheet.path,
            remedy=f"Clips are named as {clips[0].subject}/{clips[0].clip}; say which column has "
            "that name with --columns clip=...",
        )
    for row, problem in problems:
        report.add("skipped", sheet.place(row), f"{problem}. Correct the row and import again")
    _name_subjects(matched, sheet, clips, unnamed, report)
    bare = [
        f"{matched.subjects.get(index, clip.subject)}/{clip.clip}"
        for index, clip in enumerate(clips)
        if index not in matched.rows
    ]
    if bare:
        report.add(
            "warning",
            sheet.path.name,
            f"{len(bare)} clips have no row and come without a coding: {', '.join(bare)}",
        )
    return matched


def _names(clip: NamedClip, root: Path) -> set[str]:
    """What a row may call a clip."""
    relative = clip.path.relative_to(root) if clip.path != root else Path(clip.path.name)
    names = {clip.clip, f"{clip.subject}/{clip.clip}", clip.path.name, relative.as_posix()}
    names |= {clip.path.stem, relative.with_suffix("").as_posix()}
    if clip.clip.isdecimal():
        # A spreadsheet makes a number of 007.
        names.add(str(int(clip.clip)))
    return set(map(fold, names))


def _place(
    row: SheetRow, clips: Sequence[NamedClip], by_name: Mapping[str, list[int]], unnamed: str
) -> tuple[int | None, str]:
    """The clip that a row speaks of, or None and why there is none."""
    cell, subject = row.text("clip"), row.text("subject")
    if not cell:
        return None, "no clip is named"
    name = fold(cell.replace("\\", "/").removeprefix("./"))
    found = by_name.get(name) or by_name.get(name.rsplit("/", 1)[-1]) or []
    found = [one for one in found if fold(clips[one].clip) == name] or found
    of = f" of subject {subject!r}" if subject else ""
    if not found:
        return None, f"there is no clip {cell!r} in the folder"
    if subject:
        own = [one for one in found if _same_subject(subject, clips[one].subject)]
        found = own or [one for one in found if clips[one].subject == unnamed]
        if not found:
            return None, f"there is no clip {cell!r}{of} in the folder"
    if len(found) > 1:
        several = ", ".join(f"{clips[one].subject}/{clips[one].clip}" for one in found)
        return None, f"{cell!r}{of} could be {several}"
    return found[0], ""


def _same_subject(cell: str, subject: str) -> bool:
    number = subject_number(cell)
    return fold(cell) == fold(subject) or (number is not None and number == subject_number(subject))


def _name_subjects(
    matched: MatchedRows,
    sheet: Sheet,
    clips: Sequence[NamedClip],
    unnamed: str,
    report: ImportReport,
) -> None:
    for index, rows in matched.rows.items():
        clip = clips[index]
        if clip.subject != unnamed:
            continue
        told = {fold(text): text for row in rows if (text := row.text("subject"))}
        if len(told) == 1:
            # A slash would end the subject's part of the clip's key.
            matched.subjects[index] = next(iter(told.values())).replace("/", "-")
        elif told:
            report.add(
                "warning",
                f"{clip.clip} ({sheet.place(rows[0])})",
                f"the rows name several subjects ({', '.join(told.values())}): kept as "
                f"{unnamed!r}. Put the clip into the folder of its subject",
            )
