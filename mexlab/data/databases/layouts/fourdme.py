"""4DME: the grey videos of the micro-expressions; the least verified of the layouts.

Source of the layout: public loaders (Li et al., 2022, "4DME: a spontaneous 4D micro-expression
dataset with multimodalities").
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mexlab.data.clips import Clip
from mexlab.data.codings import Coding
from mexlab.data.databases.folders import children, fold, subject_number
from mexlab.data.databases.reading import Reading, release_reader
from mexlab.data.databases.sheets.cells import read_coding
from mexlab.data.databases.sheets.clip_sheets import ClipSheet, clip_rows, read_clips
from mexlab.data.databases.sheets.sheets import Sheet, SheetRow, read_sheet
from mexlab.data.databases.trees.locate import find_sheet, find_tree
from mexlab.data.databases.trees.recognition import recognise_release
from mexlab.data.databases.trees.subject_folders import Subject, SubjectFolders
from mexlab.data.frames.frames import IMAGE_SUFFIXES
from mexlab.data.labels.action_unit_names import AU_NAMES
from mexlab.data.labels.facs import Unit, parse_action_units

LAYOUT = "4dme"
TITLE = "4DME"
FPS = 60.0

#: Several may hold at once, joined with ``+``.
EMOTIONS = ("positive", "negative", "surprise", "repression", "others")

SHEETS = ("4DME_Labelling_Micro_release v1.xlsx",)
TREES = ("gray_micro",)

#: One column an action unit, 0 or 1, beside the text of all.
_FLAGS = {number: f"unit {number}" for number in AU_NAMES}

_TEXTS = {
    "subject": ("sub_ID",),
    "clip": ("fold_name",),
    "onset": ("Onset",),
    "apex": ("Apex",),
    "offset": ("Offset",),
    "action_units": ("AUs",),
    "emotion": ("Emotion",),
}
FIELDS = {
    **_TEXTS,
    **{field: (f"AU{number}", f"AU{number:02d}", str(number)) for number, field in _FLAGS.items()},
}

NEEDS = (
    "A licence from the University of Oulu. Unpack into one folder: "
    "4DME_Labelling_Micro_release v1.xlsx beside gray_micro/<sub_ID>/<fold_name>/1.jpg. The "
    "depth and 3D data are not read."
)


def fill_4dme(reading: Reading) -> None:
    """Take in the grey micro-expression clips of 4DME.

    Emotions that hold together are joined with ``+``, as in the sheet.

    Raises
    ------
    InputError
        No sheet, no tree, a sheet of another database, or no clip with frames.
    """
    sheet = read_sheet(
        find_sheet(reading, SHEETS, ("4dme", "micro")),
        FIELDS,
        optional=tuple(_FLAGS.values()),
        mark="sub_ID",
    )
    tree = find_tree(reading, TREES, holds=_holds_clips, example="<sub_ID>/<fold_name>")
    folders = SubjectFolders(reading, [tree], example="<sub_ID>", number=_subject)
    rows = clip_rows(
        reading,
        sheet,
        tuple(_TEXTS),
        str,
        need_number=False,
        known_by=lambda key: (str(_subject(key.subject)), key.name),
    )
    read_clips(reading, [ClipSheet(sheet, rows, folders)], partial(_code, sheet))


def _code(
    sheet: Sheet, reading: Reading, row: SheetRow, clip: Clip, where: str
) -> list[tuple[Coding, str]]:
    coding = read_coding(reading, row, clip.key, where, kind="micro", several=True)
    _compare_units(reading, sheet, row, where)
    return [(coding, where)]


def _compare_units(reading: Reading, sheet: Sheet, row: SheetRow, where: str) -> None:
    """Report where the text of the action units and their 0/1 columns say different things."""
    columns = {number for number, field in _FLAGS.items() if field in sheet.fields}
    flagged = {number for number in columns if row.text(_FLAGS[number]) == "1"}
    parsed = parse_action_units(row.text("action_units"))
    # Whether a static unit counts as there is not told: either is fine.
    static = {unit.number for unit in parsed.units if isinstance(unit, Unit) and unit.static}
    written = set(parsed.numbers) & columns
    if not columns or (flagged ^ written) <= static:
        return
    only_text = ", ".join(map(str, sorted(written - flagged - static)))
    only_flag = ", ".join(map(str, sorted(flagged - written - static)))
    parts = [f"{only_text} only in the text"] if only_text else []
    parts += [f"{only_flag} only in the columns"] if only_flag else []
    reading.report.add(
        "warning",
        where,
        f"the action units' text and their 0/1 columns differ ({'; '.join(parts)}): the text is "
        "kept",
    )


def _subject(text: str) -> Subject:
    number = subject_number(text)
    return fold(text) if number is None else number


def _holds_clips(folder: Path) -> bool:
    """Whether images lie two folders below: ``<sub_ID>/<fold_name>/<n>.jpg``."""
    return any(
        image.suffix.lower() in IMAGE_SUFFIXES
        for subject in children(folder)
        for clip in children(subject)
        for image in children(clip)
    )


recognise_4dme = partial(
    recognise_release, sheets=SHEETS, holds=_holds_clips, similar=("4dme", "micro")
)

READER = release_reader(LAYOUT, TITLE, NEEDS, EMOTIONS, FPS, fill_4dme, recognise_4dme)
