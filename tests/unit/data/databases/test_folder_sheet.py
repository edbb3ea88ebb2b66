"""Own recordings with a coding sheet: columns by name, rows by clip, and what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.layouts.folder_sheet import COLUMNS, parse_columns
from mexlab.data.databases.registry import read_databases
from mexlab.errors import InputError

HEADER = "Subject,Clip,Onset,Apex,Offset,Emotion,AUs"
SMILE = "anna,smile,2,4,6,Happiness,6+12"
FROWN = "bert,frown,3,5,7,Anger,4"


@pytest.fixture
def lab(tmp_path: Path, disk: Any) -> Path:
    """``lab/anna/smile`` and ``lab/bert/frown``, frames 1 to 9 each."""
    for name in ("anna/smile", "bert/frown"):
        disk.frames(tmp_path / "lab" / name, 1, 9)
    return tmp_path / "lab"


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


def read(root: Path, sheet: Path | None = None, *columns: str) -> ImportedDatabase:
    (imported,) = read_databases(
        "folder", root, fps=100.0, sheet=sheet, columns=parse_columns(columns)
    )
    return imported


def told(imported: ImportedDatabase, kind: str, words: str) -> list[str]:
    return [
        f"{one.where}: {one.reason}"
        for one in imported.report.entries
        if one.kind == kind and words in one.reason
    ]


def coded(imported: ImportedDatabase) -> list[Sequence[object]]:
    return [
        (one.clip.subject, one.clip.name, one.expression, one.onset, one.apex, one.offset)
        for one in imported.codings
    ]


def test_a_sheet_in_the_folder_is_the_ground_truth(lab: Path) -> None:
    write(lab / "coding.csv", HEADER, SMILE, FROWN)
    imported = read(lab)
    assert imported.codings[0] == Coding(
        imported.clips[0].key,
        "database",
        onset=2,
        apex=4,
        offset=6,
        emotion="happiness",
        action_units="6+12",
        status="committed",
    )
    assert coded(imported)[1] == ("bert", "frown", 1, 3, 5, 7)
    assert dict(imported.report.emotions) == {"happiness": 1, "anger": 1}
    (note,) = told(imported, "note", "columns read")
    assert note.startswith("coding.csv, row 1:")
    assert "onset from 'Onset'" in note
    assert len(imported.report.entries) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Estimated Emotion,Action Units",
        "participant,VIDEO,start,peak,end,label,facs",
        "Person ID,clip_name,Onset frame,APEX FRAME,offset-frame,Category,AU",
        "Subject No.,File,Begin,Apex,Stop,Emotion Label,FACS codes",
    ],
)
def test_usual_headers_are_known(lab: Path, header: str) -> None:
    write(lab / "coding.csv", header, SMILE, FROWN)
    imported = read(lab)
    assert [row[3:] for row in coded(imported)] == [(2, 4, 6), (3, 5, 7)]
    assert [one.emotion for one in imported.codings] == ["happiness", "anger"]
    assert [one.action_units for one in imported.codings] == ["6+12", "4"]


def test_no_usual_header_means_two_fields() -> None:
    plain = [header.lower().replace(" ", "") for names in COLUMNS.values() for header in names]
    assert len(plain) == len(set(plain))


@pytest.mark.parametrize("form", ["semicolon", "tab", "windows", "utf-16", "bom", "xlsx", "lower"])
def test_any_spreadsheet_will_do(lab: Path, form: str) -> None:
    lines = [HEADER + ",Größe", SMILE + ",ü", FROWN + ",é"]
    path = lab / ("coding.xlsx" if form == "xlsx" else "coding.csv")
    if form == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["Our study, 2024"])
        for line in lines:
            book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
        book.create_sheet("Legend").append(["Emotion", "what we mean"])
        book.save(path)
    else:
        sign = {"semicolon": ";", "tab": "\t"}.get(form, ",")
        encoding = {"windows": "cp1252", "utf-16": "utf-16", "bom": "utf-8-sig"}.get(form, "utf-8")
        write(path, *(line.replace(",", sign) for line in lines), encoding=encoding)
    imported = read(lab)
    assert [row[3:] for row in coded(imported)] == [(2, 4, 6), (3, 5, 7)]
    assert told(imported, "note", "not read: 'Größe'")


def test_named_columns_win_and_an_empty_one_is_not_read(lab: Path, tmp_path: Path) -> None:
    sheet = write(
        tmp_path / "ours.csv",
        "Who,Clip,Code,Start,T0,Emotion,Remark",
        "anna,1,smile,99,2,fear,sic",
        "bert,2,frown,99,3,fear,",
    )
    imported = read(lab, sheet, "subject=who, clip=Code", "onset=T0,emotion=")
    assert [(one.onset, one.emotion) for one in imported.codings] == [(2, ""), (3, "")]
    assert imported.codings[0].note == "sic"
    (note,) = told(imported, "note", "columns read")
    assert "not read: 'Clip', 'Start', 'Emotion'" in note


@pytest.mark.parametrize(
    ("cells", "clips"),
    [
        (("1", "smile"), [("s01", "smile")]),
        (("S1", "SMILE.jpg"), []),
        (("", "smile"), [("s01", "smile")]),
        (("s02", "same"), [("s02", "same")]),
        (("", "same"), []),
        (("", "s02/same"), [("s02", "same")]),
        (("", ".\\s01\\same"), [("s01", "same")]),
        (("1", "D:\\study\\films\\smile"), [("s01", "smile")]),
        (("2", "7"), [("s02", "007")]),
        (("3", "smile"), []),
        (("", ""), []),
    ],
)
def test_a_row_finds_its_clip(
    tmp_path: Path, disk: Any, cells: tuple[str, str], clips: list[tuple[str, str]]
) -> None:
    root = tmp_path / "lab"
    for name in ("s01/smile", "s01/same", "s02/same", "s02/007", "s02/sure"):
        disk.frames(root / name, 1, 9)
    sheet = write(tmp_path / "coding.csv", "Subject,Clip,Onset", f"{','.join(cells)},2", "2,sure,3")
    imported = read(root, sheet)
    assert [(one.clip.subject, one.clip.name) for one in imported.codings][:-1] == clips
    skipped = told(imported, "skipped", "Correct the row")
    assert [one.split(":")[0] for one in skipped] == ([] if clips else ["coding.csv, row 2"])


def test_rows_without_clip_and_clips_without_row_are_told(lab: Path, disk: Any) -> None:
    disk.frames(lab / "anna" / "new", 1, 3)
    write(lab / "coding.csv", HEADER, SMILE, FROWN, "anna,gone,1,2,3,fear,", ",,4,5,6,fear,")
    imported = read(lab)
    gone, blank = told(imported, "skipped", "Correct the row and import again")
    assert gone.startswith("coding.csv, row 4: there is no clip 'gone' in the folder")
    assert blank.startswith("coding.csv, row 5: no clip is named")
    assert told(imported, "warning", "") == [
        "coding.csv: 1 clips have no row and come without a coding: anna/new"
    ]


def test_several_rows_of_a_clip_are_its_expressions_by_time(lab: Path) -> None:
    rows = ["anna,smile,6,7,8,fear,", SMILE, SMILE, FROWN, "anna,smile,,,,anger,"]
    write(lab / "coding.csv", HEADER + ",Type", *(f"{row},Micro-expression" for row in rows))
    imported = read(lab)
    assert [row[2:4] for row in coded(imported)] == [(1, 2), (2, 6), (3, None), (1, 3)]
    assert {one.kind for one in imported.codings} == {"micro"}
    assert told(imported, "skipped", "the same as row 3")


def test_videos_beside_each_other_take_their_subject_from_the_sheet(
    tmp_path: Path, disk: Any
) -> None:
    root = tmp_path / "lab"
    for name in ("one", "two", "three"):
        disk.frames(root / name, 1, 9)
    write(
        root / "coding.csv",
        "Person,Clip,Onset",
        *("Anna B/C,one,2", "bert,two,3", "anna,three,1", "bert,three,5"),
    )
    imported = read(root)
    assert [clip.key.subject for clip in imported.clips] == ["Anna B-C", "unnamed", "bert"]
    assert [one.clip.subject for one in imported.codings] == [
        *("Anna B-C", "unnamed", "unnamed", "bert")
    ]
    assert told(imported, "warning", "several subjects (anna, bert)")


def test_cells_that_are_no_marks_are_kept_out_and_told(lab: Path) -> None:
    write(
        lab / "coding.csv",
        HEADER + ",Kind",
        "anna,smile,0.25,/,6.0,joie,6+??,medium",
        "bert,frown,30,,,anger,4,macro",
    )
    imported = read(lab)
    assert [row[3:] for row in coded(imported)] == [(None, None, 6), (30, None, None)]
    assert "joie" in imported.emotions, "coders are offered the sheet's own words"
    assert told(imported, "warning", "onset is '0.25', no whole number: marks are frames, not time")
    assert told(imported, "warning", "apex is '/', not a frame number")
    assert told(imported, "warning", "kind is 'medium'")
    assert told(imported, "warning", "action units '6+??'")
    assert told(imported, "warning", "no picture of onset 30")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("onset", "expected field=header, got 'onset'"),
        ("begin=Start", "there is no field 'begin'"),
        ("onset=Start,onset=Begin", "'onset' is named twice"),
    ],
)
def test_wrong_columns_are_refused(columns: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_columns([columns])
    assert caught.value.where == "--columns"


@pytest.mark.parametrize(
    ("content", "columns", "words"),
    [
        (None, "", "there is no such coding sheet"),
        (b"", "", "zero bytes"),
        (b"\0\1\2\3", "", "neither an Excel file nor a table of text"),
        (b"PK\3\4broken", "", "truncated, damaged"),
        (b"a,b,c\n1,2,3\n", "", "no row has the header of a coding sheet"),
        (b"Subject,Onset\nanna,2\n", "", "no column names the clip; the header has 'Subject'"),
        (b"Clip,Onset\nsmile,2\n", "apex=Top", r"no column 'Top' \(for apex\); the header has"),
        (b"Clip,Onset\nlaugh,2\n", "", "none of the 1 rows names a clip of this folder"),
        (b"Clip,Onset\n", "", "none of the 0 rows names a clip"),
    ],
)
def test_a_given_sheet_that_cannot_be_used_is_an_error(
    lab: Path, tmp_path: Path, content: bytes | None, columns: str, words: str
) -> None:
    sheet = tmp_path / "ours.csv"
    if content is not None:
        sheet.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read(lab, sheet, *filter(None, [columns]))
    assert caught.value.where == str(sheet)


@pytest.mark.parametrize(
    ("files", "kind", "words"),
    [
        ({"people.csv": "Name,Age\nanna,30"}, "note", "not read as a coding sheet"),
        ({"films.csv": "Clip,Onset\nlaugh,2"}, "warning", "the sheet is not used"),
        ({"a.csv": "Clip,Onset\nsmile,2", "b.csv": "Clip,Onset\nsmile,3"}, "warning", "several"),
    ],
)
def test_what_lies_beside_the_clips_never_stops_an_import(
    lab: Path, files: dict[str, str], kind: str, words: str
) -> None:
    for name, text in files.items():
        write(lab / name, text)
    imported = read(lab)
    assert (len(imported.clips), imported.codings) == (2, [])
    assert told(imported, kind, words)


def test_a_folder_given_as_sheet_is_an_error(lab: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(lab, lab)


def test_only_own_recordings_take_a_sheet(lab: Path) -> None:
    with pytest.raises(InputError, match="CASME II has a coding sheet of its own"):
        read_databases("casme2", lab, sheet=lab / "coding.csv")


def test_columns_alone_mean_the_sheet_in_the_folder(lab: Path) -> None:
    with pytest.raises(InputError, match="columns of no sheet"):
        read(lab, None, "clip=Code,onset=From")
    write(lab / "ours.csv", "Code,From", "smile,4", "frown,5")
    imported = read(lab, None, "clip=Code,onset=From")
    assert [one.onset for one in imported.codings] == [4, 5]
    write(lab / "theirs.csv", "Code,From", "smile,4")
    with pytest.raises(InputError, match=r"Here lie ours\.csv, theirs\.csv"):
        read(lab, None, "clip=Code,onset=From")
