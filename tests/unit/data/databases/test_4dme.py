"""4DME: another header mark, several emotions at once, 0/1 columns of action units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mexlab.data.labels.facs import parse_action_units
from mexlab.errors import InputError

SHEET = "4DME_Labelling_Micro_release v1.xlsx"
HEADER = (
    "fold",
    "sub_ID",
    "fold_name",
    "Emotion",
    "Onset",
    "Apex",
    "Offset",
    "AUs",
    "AU4",
    "AU7",
    "AU12",
)


def row(
    subject: object = 1,
    clip: object = "f1_3",
    emotion: object = "Negative",
    marks: tuple[object, object, object] = (10, 14, 19),
    units: object = "AU4+L7",
    flags: tuple[object, object, object] = (1, 1, 0),
) -> tuple[object, ...]:
    return (1, subject, clip, emotion, *marks, units, *flags)


def write(
    root: Path,
    disk: Any,
    rows: list[tuple[object, ...]] | None = None,
    folders: list[str] | None = None,
    header: tuple[str, ...] = HEADER,
) -> Path:
    rows = [row()] if rows is None else rows
    disk.sheet(root / SHEET, rows, header)
    for folder in [f"{cells[1]}/{cells[2]}" for cells in rows] if folders is None else folders:
        disk.frames(root / "gray_micro" / folder, 5, 24, "{}.jpg")
    return root


def test_it_is_read(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("4dme", write(tmp_path, disk))
    assert report.quiet(imported)
    (clip,), (coding,) = imported.clips, imported.codings
    assert (str(clip.key), clip.fps) == ("4dme/1/f1_3", 60.0)
    assert list(clip.frames.numbers) == list(range(5, 25))
    assert (coding.onset, coding.apex, coding.offset) == (10, 14, 19)
    assert (coding.emotion, coding.action_units, coding.kind) == ("negative", "AU4+L7", "micro")


@pytest.mark.parametrize(
    ("emotion", "kept", "unknown"),
    [
        ("Surprise+Positive", "surprise+positive", ""),
        ("Surprise + Negative", "surprise+negative", ""),
        ("Other", "other", ""),
        ("Surprise+Joy", "surprise+joy", "'joy'"),
    ],
)
def test_several_emotions_at_once(
    tmp_path: Path, disk: Any, report: Any, emotion: str, kept: str, unknown: str
) -> None:
    imported = report.read("4dme", write(tmp_path, disk, [row(emotion=emotion)]))
    assert imported.codings[0].emotion == kept
    assert len(report.entries(imported, "warning", f"emotion {unknown}")) == bool(unknown)


@pytest.mark.parametrize(
    ("units", "flags", "words"),
    [
        ("AU4(k)+L7", (0, 1, 0), ""),
        ("AU4(k)+L7", (1, 1, 0), ""),
        ("AU4+L7", (1, 0, 0), "7 only in the text"),
        ("AU4", (1, 0, 1), "12 only in the columns"),
        ("AU4+AU12", (0, 1, 1), "4 only in the text; 7 only in the columns"),
        ("AU4+AU17", (1, 0, 0), ""),
    ],
)
def test_action_units_are_compared_with_their_columns(
    tmp_path: Path, disk: Any, report: Any, units: str, flags: Any, words: str
) -> None:
    imported = report.read("4dme", write(tmp_path, disk, [row(units=units, flags=flags)]))
    assert imported.codings[0].action_units == units
    if words:
        report.only(imported, "warning", f"columns differ ({words})")
    else:
        assert report.quiet(imported)


def test_a_static_unit_is_kept_as_static(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("4dme", write(tmp_path, disk, [row(units="AU4(k)+L7")]))
    parsed = parse_action_units(imported.codings[0].action_units)
    assert [(u.number, u.static) for u in parsed.units] == [(4, True), (7, False)]
    assert parsed.numbers == {7}


def test_subjects_may_be_named_or_numbered(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row("01", "f1"), row("Anna", "f2")]
    imported = report.read("4dme", write(tmp_path, disk, rows, ["sub1/f1", "ANNA/f2"]))
    assert report.quiet(imported)
    assert [c.key.subject for c in imported.clips] == ["01", "Anna"]


def test_a_sheet_without_flag_columns_is_enough(tmp_path: Path, disk: Any, report: Any) -> None:
    rows = [row()[:8]]
    assert report.quiet(report.read("4dme", write(tmp_path, disk, rows, header=HEADER[:8])))


def test_the_header_is_known_by_sub_id(tmp_path: Path, disk: Any, report: Any) -> None:
    header = tuple(name.replace("sub_ID", "person") for name in HEADER)
    with pytest.raises(InputError, match="header row with a cell 'sub_ID'"):
        report.read("4dme", write(tmp_path, disk, header=header))
