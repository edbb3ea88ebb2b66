"""CASME II: three sheets, three trees of frames, one set of clips.

Source of the layout: the release's readme and sheets (Yan et al., 2014, "CASME II: an improved
spontaneous micro-expression database and the baseline evaluation").
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import DATABASE_CODER, Coding
from mexlab.data.corrections import apply_corrections as correct
from mexlab.data.databases.folders import (
    Folder,
    fold,
    list_folder,
    shown,
    subject_number,
)
from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    Progress,
    check_folder,
    check_fps,
    check_name,
    is_synthetic,
)
from mexlab.data.databases.locate import find_sheet, find_tree
from mexlab.data.databases.marks import frame_faults, mark_faults
from mexlab.data.databases.sheets import Sheet, SheetRow, frame_number, read_sheet
from mexlab.data.facs import parse_action_units
from mexlab.data.frames import IMAGE_SUFFIXES, scan_images
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError

LAYOUT = "casme2"
TITLE = "CASME II"
FPS = 200.0
EMOTIONS = ("happiness", "surprise", "disgust", "repression", "sadness", "fear", "others")

#: Sheets of the release, the newest first: the first one found is read.
SHEETS = (
    "CASME2-coding-20190701.xlsx",
    "CASME2-coding-20140508.xlsx",
    "CASME2_label_Ver_2.xls",
)

#: Trees of the release, by the share of the question they answer: the coded part of each clip as
#: filmed, then the same cropped and aligned, then the full recordings.
TREES = ("CASME2_RAW_selected", "Cropped", "CASME2-RAW")

FIELDS = {
    "subject": ("Subject",),
    "clip": ("Filename", "File name"),
    "onset": ("OnsetFrame", "Onset"),
    "apex": ("ApexFrame", "Apex"),
    "offset": ("OffsetFrame", "Offset"),
    "action_units": ("Action Units", "AUs", "AU"),
    "emotion": ("Estimated Emotion", "Emotion"),
}

NEEDS = (
    "A licence from the Institute of Psychology, Chinese Academy of Sciences. Unpack into one "
    "folder: CASME2-coding-20140508.xlsx (or -20190701.xlsx, or CASME2_label_Ver_2.xls) beside "
    "CASME2_RAW_selected/sub01/EP02_01f/img46.jpg (or Cropped/, or CASME2-RAW/)."
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the sheet that names a clip."""

    row: SheetRow
    key: ClipKey


def read_casme2(
    path: Path,
    *,
    name: str | None = None,
    apply_corrections: bool = True,
    fps: float | None = None,
    progress: Progress | None = None,
) -> list[ImportedDatabase]:
    """Read CASME II, or a synthetic database in its shape.

    Parameters
    ----------
    path : Path
        The folder with sheet and trees, or a tree itself with the sheet beside it.
    name : str, optional
        ``casme2`` by default.
    apply_corrections : bool
        Put known mistakes of the sheet right; each is listed in the report.
    fps : float, optional
        200 by default, as the release says.
    progress : callable, optional

    Returns
    -------
    list of ImportedDatabase
        One.

    Raises
    ------
    InputError
        No sheet, no tree, or a sheet that is not CASME II's; whatever concerns single clips is
        in the report instead.
    """
    root = check_folder(Path(path).expanduser().absolute(), f"{TITLE}, with sheet and frames")
    database = check_name(LAYOUT if name is None else name)
    rate = check_fps(fps) or FPS
    synthetic = is_synthetic(root)
    title = f"{TITLE} (synthetic)" if synthetic else TITLE
    report = ImportReport(database, title, str(root))
    is_synthetic(root, report)
    sheet = read_sheet(find_sheet(root, SHEETS, ("casme2",), report), FIELDS)
    tree = find_tree(root, TREES, NEEDS, report)
    rows = _read_rows(sheet, database, report)
    subjects = _list_subjects(tree, root, report)

    clips: list[Clip] = []
    codings: list[Coding] = []
    places: dict[ClipKey, str] = {}
    matched: set[Path] = set()
    opened: dict[str, Folder] = {}
    for done, entry in enumerate(rows, start=1):
        clip = _read_clip(entry, sheet, subjects, opened, matched, rate, tree, root, report)
        if clip is not None:
            clips.append(clip)
            codings.append(_read_coding(entry, sheet, report))
            places[clip.key] = f"{clip.key} ({sheet.place(entry.row)})"
        if progress is not None:
            progress(done, len(rows))
    _report_unlisted(subjects, opened, matched, sheet, root, report)
    if not clips:
        raise InputError(
            f"none of the {len(rows)} clips of {sheet.path.name} has readable frames in "
            f"{shown(tree, root)}",
            where=root,
            remedy="Give the folder that holds both the sheet and its own frames. " + NEEDS,
        )
    if apply_corrections:
        codings, entries = correct(LAYOUT, codings, report_unmet=not synthetic)
        report.extend(entries)
    for clip, coding in zip(clips, codings, strict=True):
        assert clip.frames is not None
        for fault in [*mark_faults(coding), *frame_faults(coding, clip.frames)]:
            report.add("warning", places[clip.key], fault)
    imported = ImportedDatabase(
        name=database,
        title=title,
        layout=LAYOUT,
        root=root,
        synthetic=synthetic,
        emotions=EMOTIONS,
        clips=clips,
        codings=codings,
        report=report,
    )
    return [imported.finish()]


def _read_rows(sheet: Sheet, database: str, report: ImportReport) -> list[_Row]:
    rows: list[_Row] = []
    seen: dict[tuple[str, str], SheetRow] = {}
    for row in sheet.rows:
        subject, clip = row.text("subject"), row.text("clip")
        number = subject_number(subject)
        if not clip and number is None:
            report.add("note", sheet.place(row), f"not a clip, passed over: {_words(row)}")
            continue
        if number is None or not clip:
            what = f"subject {subject!r} has no number" if clip else "no file name"
            report.add("skipped", sheet.place(row), f"{what}. Complete the row and import again")
            continue
        if any(sign in clip for sign in "/\\") or clip in (".", ".."):
            report.add(
                "skipped",
                sheet.place(row),
                f"{clip!r} is not the name of a folder. Put the clip's own name there",
            )
            continue
        key = ClipKey(database, f"sub{number:02d}", clip)
        first = seen.setdefault((key.subject, fold(clip)), row)
        if first is not row:
            same = all(first.text(field) == row.text(field) for field in FIELDS)
            report.add(
                "skipped",
                f"{key} ({sheet.place(row)})",
                f"the clip already stands in row {first.number}, "
                + ("with the same coding" if same else "with another coding: that one is kept")
                + ". Remove one of the rows",
            )
            continue
        rows.append(_Row(row, key))
    if not rows:
        raise InputError(
            f"worksheet {sheet.worksheet!r} has no row with a subject and a file name",
            where=sheet.path,
            row=sheet.header_row,
            remedy="Take the sheet as it came with the licence",
        )
    return rows


def _list_subjects(tree: Path, root: Path, report: ImportReport) -> dict[int, list[Path]]:
    """Folders by the subject's number; ``sub1`` beside ``sub01`` are one subject's."""
    subjects: dict[int, list[Path]] = {}
    for path in list_folder(tree, root, report).children.values():
        number = subject_number(path.name)
        if number is None:
            report.add(
                "note", shown(path, root), "not a subject's folder (sub01, sub02, …): passed over"
            )
        else:
            subjects.setdefault(number, []).append(path)
    return subjects


def _read_clip(
    entry: _Row,
    sheet: Sheet,
    subjects: dict[int, list[Path]],
    opened: dict[str, Folder],
    matched: set[Path],
    fps: float,
    tree: Path,
    root: Path,
    report: ImportReport,
) -> Clip | None:
    where = f"{entry.key} ({sheet.place(entry.row)})"
    found: Path | None = None
    for path in subjects.get(subject_number(entry.key.subject) or -1, ()):
        folder = opened.get(str(path))
        if folder is None:
            folder = opened[str(path)] = list_folder(path, root, report)
        found = found or folder.child(entry.key.name)
    if found is None:
        report.add(
            "skipped",
            where,
            f"no folder {entry.key.subject}/{entry.key.name} in {shown(tree, root)}. Unpack the "
            "frames again, or check the row",
        )
        return None
    matched.add(found)
    scan = scan_images(found, root)
    for fault in scan.faults():
        report.add(
            "warning",
            f"{where}, {shown(found, root)}",
            f"{fault}. Unpack those files again and import again",
        )
    if scan.frames is None:
        nothing = "none of its files is readable" if scan.faults() else "its folder has no images"
        report.add(
            "skipped",
            where,
            f"{nothing} ({shown(found, root)}; expected "
            f"{', '.join(sorted(IMAGE_SUFFIXES))}). Unpack it again and import again",
        )
        return None
    return Clip(entry.key, fps, scan.frames)


def _read_coding(entry: _Row, sheet: Sheet, report: ImportReport) -> Coding:
    row, key = entry.row, entry.key
    where = f"{key} ({sheet.place(row)})"
    marks: dict[str, int | None] = {}
    for field in ("onset", "apex", "offset"):
        marks[field] = frame_number(row[field])
        if marks[field] is None:
            cell = row.text(field)
            what = f"{field} is {cell!r}, not a frame number" if cell else f"no {field}"
            report.add("warning", where, f"{what}: kept without. It can be coded by hand")
    action_units = row.text("action_units")
    for problem in parse_action_units(action_units).problems:
        report.add(
            "warning",
            where,
            f"action units {action_units!r}, at sign {problem.position + 1}: "
            f"{problem.reason}. The text is kept as it is",
        )
    emotion = row.text("emotion").lower()
    if not emotion:
        report.add("warning", where, "no emotion: kept without. It can be coded by hand")
    elif emotion not in EMOTIONS:
        report.add(
            "warning",
            where,
            f"emotion {emotion!r} is not of {TITLE} ({', '.join(EMOTIONS)}): kept as it is",
        )
    return Coding(
        clip=key,
        coder=DATABASE_CODER,
        onset=marks["onset"],
        apex=marks["apex"],
        offset=marks["offset"],
        emotion=emotion,
        action_units=action_units,
        status="committed",
    )


def _report_unlisted(
    subjects: dict[int, list[Path]],
    opened: dict[str, Folder],
    matched: set[Path],
    sheet: Sheet,
    root: Path,
    report: ImportReport,
) -> None:
    for paths in subjects.values():
        for path in paths:
            folder = opened.get(str(path)) or list_folder(path, root, report)
            for child in folder.children.values():
                if child not in matched:
                    report.add(
                        "skipped",
                        shown(child, root),
                        f"no row in {sheet.path.name}: left out. `mexlab import folder` takes "
                        "clips without a coding",
                    )


def _words(row: SheetRow) -> str:
    text = " ".join(filter(None, (row.text(field) for field in FIELDS)))
    return repr(text if len(text) <= 60 else text[:57] + "…")


READER = DatabaseReader(
    name=LAYOUT, title=TITLE, needs=NEEDS, emotions=EMOTIONS, fps=FPS, read=read_casme2
)
