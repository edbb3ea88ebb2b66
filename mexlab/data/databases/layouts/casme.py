"""CASME: the merged release, or its two sections A and B with a sheet each.

Source of the layout: the release's sheets and public loaders (Yan et al., 2013, "CASME database:
a dataset of spontaneous micro-expressions collected from neutralized faces").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import find_folders, fold, subject_number
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import Once, names_a_clip, read_coding
from mexlab.data.databases.sheets.clip_sheets import ClipSheet, read_clips, sheet_names
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, frame_number, no_rows, read_sheet
from mexlab.data.databases.trees.locate import holds_subjects, known_sheets, tree_rank
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import SubjectFolders
from mexlab.errors import InputError

LAYOUT = "casme"
TITLE = "CASME"
FPS = 60.0
EMOTIONS = (
    "tense",
    "happiness",
    "repression",
    "disgust",
    "surprise",
    "contempt",
    "fear",
    "sadness",
)

#: The release spells it so, in sheet and folders alike.
SPELLINGS = {"comtempt": "contempt"}

MERGED_SHEETS = ("casme.xlsx", "casme.xls")
SECTION_SHEETS = {
    "A": ("CASME_SectionA.xls", "CASME_SectionA.xlsx"),
    "B": ("CASME_SectionB.xls", "CASME_SectionB.xlsx"),
}

_ALL_SHEETS = (*MERGED_SHEETS, *SECTION_SHEETS["A"], *SECTION_SHEETS["B"])

#: Trees of the merged release, the one to prefer first.
TREES = ("CASME_raw_selected", "Cropped")

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("OnsetF", "OnsetFrame", "Onset"),
    "apex": ("ApexF1", "ApexF", "ApexFrame", "Apex"),
    "last_apex": ("ApexF2",),
    "offset": ("OffsetF", "OffsetFrame", "Offset"),
    "action_units": ("AU", "AUs", "Action Units"),
    "emotion": ("Emotion", "Estimated Emotion"),
}

NEEDS = (
    "A licence from the Institute of Psychology, Chinese Academy of Sciences. Unpack into one "
    "folder: casme.xlsx beside CASME_raw_selected/sub01/EP01_5/EP01_5-113.jpg (or Cropped/), or "
    "CASME_SectionA.xls and CASME_SectionB.xls beside CASME_A/Section A/sub01/EP01_5/ and "
    "CASME_B/Section B/. One section alone is read as well."
)

_SECTION = re.compile(r"(?:section|casme)[\s_-]*([ab])\b")


@dataclass(frozen=True, slots=True)
class _Part:
    """A sheet with the frames that it speaks of; `section` is "" for the whole release."""

    section: str
    sheet: Sheet
    folders: SubjectFolders


def fill_casme(reading: Reading) -> None:
    """Take in CASME: the merged release, both sections, or one of them.

    The sheets give the first and the last apex frame: the first becomes the apex, the span is
    kept in the note.

    Raises
    ------
    InputError
        No sheet, no tree, or a sheet that is not CASME's.
    """
    parts = _find_parts(reading)
    read_clips(reading, _read_rows(reading, parts), _code)


def _find_parts(reading: Reading) -> list[_Part]:
    """Pair sheets with trees: a section's sheet with its own tree, the merged one with any."""
    root, report = reading.root, reading.report
    found, _ = known_sheets(root, _ALL_SHEETS)
    merged = _first(found, MERGED_SHEETS)
    by_section = {
        section: sheet
        for section, wanted in SECTION_SHEETS.items()
        if (sheet := _first(found, wanted)) is not None
    }
    if not found:
        raise InputError(
            f"no coding sheet found; expected {MERGED_SHEETS[0]}, or {SECTION_SHEETS['A'][0]} "
            f"and {SECTION_SHEETS['B'][0]}",
            where=root,
            remedy="Put the sheet that came with the licence beside the folders of frames",
        )
    trees: dict[str, list[Path]] = {}
    for tree in find_folders(root, holds_subjects):
        trees.setdefault(_section_of(tree, root), []).append(tree)
    if not trees:
        raise InputError(
            f"no folder of frames found; expected {TREES[0]}, {TREES[1]}, Section A or Section B "
            "with folders sub01, sub02, …",
            where=root,
            remedy=NEEDS,
        )
    whole = sorted(trees.pop("", []), key=partial(tree_rank, trees=TREES))
    parts: list[_Part] = []
    used: list[Path] = []
    if whole and (merged is not None or not by_section.keys() & trees.keys()):
        folders = SubjectFolders(reading, whole[:1])
        used = [whole[0]]
        paths = [merged] if merged is not None else list(by_section.values())
        parts = [_Part("", _read(path), folders) for path in paths]
    elif by_section.keys() & trees.keys():
        for section, places in sorted(trees.items()):
            if section not in by_section:
                report.add(
                    "warning",
                    reading.shown(places[0]),
                    f"{SECTION_SHEETS[section][0]} is missing: section {section} is left out. "
                    "Put the sheet beside its folder",
                )
                continue
            folders = SubjectFolders(reading, places[:1])
            parts.append(_Part(section, _read(by_section[section]), folders))
            used.append(places[0])
    elif merged is not None:
        used = [places[0] for _, places in sorted(trees.items())]
        parts = [_Part("", _read(merged), SubjectFolders(reading, used))]
    else:
        raise InputError(
            f"the sheet of section {', '.join(by_section)} is there, but only the frames of "
            f"section {', '.join(trees)}",
            where=root,
            remedy=NEEDS,
        )
    _report_choice(reading, found, parts, [*whole, *(t for ts in trees.values() for t in ts)], used)
    return parts


def _report_choice(
    reading: Reading,
    found: dict[str, Path],
    parts: Sequence[_Part],
    trees: Sequence[Path],
    used: Sequence[Path],
) -> None:
    unread = [sheet for sheet in found.values() if sheet not in [p.sheet.path for p in parts]]
    if unread:
        reading.report.add(
            "note",
            sheet_names(part.sheet for part in parts),
            f"read; {', '.join(sheet.name for sheet in unread)} was not, as its frames are not "
            "here or the other sheet has all rows",
        )
    if rest := [reading.shown(tree) for tree in trees if tree not in used]:
        reading.report.add(
            "note",
            ", ".join(map(reading.shown, used)),
            f"frames were taken from here; {', '.join(rest)} not read. Give that folder itself "
            "to import it instead, under another --name",
        )


def _read_rows(reading: Reading, parts: Sequence[_Part]) -> list[ClipSheet]:
    """The rows that name a clip; of two sections' clips of one name the later's key differs."""
    sheets: list[ClipSheet] = []
    once = Once(reading, tuple(FIELDS))
    sections: dict[tuple[str, str], str] = {}
    people: dict[str, set[str]] = {}
    for part in parts:
        rows: list[tuple[SheetRow, ClipKey]] = []
        for row in part.sheet.rows:
            if not names_a_clip(reading, part.sheet, row):
                continue
            subject = f"sub{subject_number(row.text('subject')):02d}"
            folder = row.text("clip")
            key = reading.key(subject, folder)
            if not once.is_new(key, part.sheet, row, part.section, subject, folder):
                continue
            people.setdefault(subject, set()).add(part.section)
            if sections.setdefault((subject, fold(folder)), part.section) != part.section:
                key = reading.key(subject, f"{folder}-{part.section}")
                reading.report.add(
                    "note",
                    f"{key} ({part.sheet.place(row)})",
                    f"section {sections[subject, fold(folder)]} has a clip {folder} of {subject} "
                    "as well: this one is named after its section",
                )
            rows.append((row, key))
        if not rows:
            raise no_rows(part.sheet)
        sheets.append(ClipSheet(part.sheet, rows, part.folders))
    if both := sorted(subject for subject, found in people.items() if len(found) > 1):
        reading.report.add(
            "note",
            ", ".join(both),
            "in both sections: taken as one person each, so that no fold tests on a person that "
            "it was trained on",
        )
    return sheets


def _code(reading: Reading, row: SheetRow, clip: Clip, where: str) -> list[tuple[Coding, str]]:
    coding = read_coding(reading, row, clip.key, where, kind="micro", spellings=SPELLINGS)
    return [(_with_last_apex(reading, coding, row, where), where)]


def _with_last_apex(reading: Reading, coding: Coding, row: SheetRow, where: str) -> Coding:
    """The coding with the span of its apex in the note."""
    last = frame_number(row["last_apex"])
    if last is None or last == coding.apex:
        return coding
    if coding.apex is None:
        reading.report.add("warning", where, f"only the last apex frame is told: {last} is taken")
        return coding.with_changes(apex=last)
    if last < coding.apex:
        reading.report.add(
            "warning", where, f"the last apex frame {last} comes before the first, {coding.apex}"
        )
    return coding.with_changes(note=f"apex frames {coding.apex}–{last}")


def _read(path: Path) -> Sheet:
    return read_sheet(path, FIELDS, optional=("last_apex",))


def _first(found: dict[str, Path], names: Sequence[str]) -> Path | None:
    return next((found[name] for name in names if name in found), None)


def _section_of(tree: Path, root: Path) -> str:
    """``A`` or ``B`` by the names of the tree and the folders above it up to the root."""
    for folder in (tree, *tree.parents):
        match = _SECTION.search(fold(folder.name))
        if match:
            return match[1].upper()
        if folder == root:
            break
    return ""


recognise_casme = partial(recognise_release, sheets=_ALL_SHEETS, holds=holds_subjects)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_casme, recognise_casme)
