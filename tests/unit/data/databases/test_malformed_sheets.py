"""Malformed coding sheets, one damage a case: the message each gives, and that the rest goes on.

Two clips of CASME II; what damages a cell or row does so to the first. Damages that all layouts
share stand in ``test_bad_input.py``, those of a layout's own in its tests.
"""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mexlab.data.databases.registry import read_databases
from mexlab.errors import InputError

FIRST, SECOND = "sub01/EP02_01f", "sub02/EP02_01f"


@dataclass
class Two:
    """Two clips of frames 46–55 with their sheet, as rows that a case changes and saves."""

    root: Path
    disk: Any

    @property
    def sheet(self) -> Path:
        return self.root / self.disk.SHEET

    @property
    def header(self) -> list[object]:
        return list(self.disk.HEADER)

    @property
    def rows(self) -> list[list[object]]:
        return [list(self.disk.row(1)), list(self.disk.row(2))]

    def save(self, rows: Any = None, header: Any = None, **options: Any) -> None:
        rows = self.rows if rows is None else rows
        self.disk.sheet(self.sheet, rows, header or self.header, **options)

    def cell(self, column: str, value: object) -> None:
        """The sheet with one cell of the first row changed."""
        rows = self.rows
        rows[0][self.header.index(column)] = value
        self.save(rows)

    def edit(self, change: Callable[[Any], None]) -> None:
        """The saved sheet opened, changed and saved again."""
        book = openpyxl.load_workbook(self.sheet)
        change(book)
        book.save(self.sheet)


@pytest.fixture
def two(tmp_path: Path, disk: Any) -> Two:
    written = Two(tmp_path / "root", disk)
    written.save()
    for clip in (FIRST, SECOND):
        disk.frames(written.root / disk.TREE / clip, 46, 55)
    return written


# What stops the import, because no row can be trusted.


def _zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _put(content: bytes) -> Callable[[Two], None]:
    return lambda two: two.sheet.write_bytes(content) and None


def _cut(keep: float) -> Callable[[Two], None]:
    def damage(two: Two) -> None:
        whole = two.sheet.read_bytes()
        two.sheet.write_bytes(whole[: int(len(whole) * keep)])

    return damage


def _flip(two: Two) -> None:
    """One damaged member in an archive whose directory is whole."""
    data = bytearray(two.sheet.read_bytes())
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 40] = bytes(40)
    two.sheet.write_bytes(bytes(data))


def _unpacks_to_much(two: Two) -> None:
    two.sheet.write_bytes(_zip_of({"xl/worksheets/sheet1.xml": bytes(120_000_000)}))


def _folder(two: Two) -> None:
    two.sheet.unlink()
    two.sheet.mkdir()


def _dead_link(two: Two) -> None:
    two.sheet.unlink()
    two.sheet.symlink_to(two.root / "gone.xlsx")


def _pipe(two: Two) -> None:
    two.sheet.unlink()
    os.mkfifo(two.sheet)


def _only_a_lock(two: Two) -> None:
    two.sheet.rename(two.sheet.with_name(f"~${two.sheet.name}"))


def _no_worksheet_with_header(two: Two) -> None:
    two.save(rows=[], header=["Pupil", "Mark"])


def _header_too_low(two: Two) -> None:
    two.save(above=[("remark",)] * 61)


def _without(*columns: str) -> Callable[[Two], None]:
    return lambda two: two.save(header=[None if c in columns else c for c in two.header])


def _without_subject(two: Two) -> None:
    two.save(header=[None if c == "Subject" else c for c in two.header])


def _twin_columns(two: Two) -> None:
    rows = [[*row, 99] for row in two.rows]
    two.save(rows, [*two.header, "OnsetFrame"])


def _header_alone(two: Two) -> None:
    two.save(rows=[])


def _no_clip_named(two: Two) -> None:
    two.save(rows=[[None, None, "see readme"], ["Total: 255"]])


def _of_other_clips(two: Two) -> None:
    two.save([two.disk.row(7, "EP99_99"), two.disk.row(8, "EP99_98")])


HTML = b"<html><head><meta charset=utf-8></head><table><tr><td>Subject</td></tr></table></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STOPS: dict[str, tuple[Callable[[Two], None], str]] = {
    "zero bytes": (_put(b""), "the coding sheet is empty (zero bytes)"),
    "one byte": (_put(b"P"), "not an Excel file"),
    "cut in half": (_cut(0.5), "truncated, damaged or protected"),
    "cut before the last byte": (_cut(0.999), "truncated, damaged or protected"),
    "damaged inside": (_flip, "truncated, damaged or protected"),
    "csv called xlsx": (_put(b"Subject,Filename\n1,EP02_01f\n"), "plain text (CSV)"),
    "csv with semicolons": (_put("Subject;Fil\u00e9\n1;a\n".encode()), "plain text (CSV)"),
    "csv with a byte order mark": (_put("\ufeffSubject,File\n".encode()), "plain text (CSV)"),
    "csv in UTF-16": (_put("Subject,File\n".encode("utf-16")), "plain text (CSV)"),
    "web page called xls": (_put(HTML), "a web page (HTML) with the name of a sheet"),
    "picture called xlsx": (_put(b"\xff\xd8\xff\xe0 a picture"), "not an Excel file"),
    "another zip": (_put(_zip_of({"a.txt": b"no sheet"})), "truncated, damaged or protected"),
    "empty zip": (_put(_zip_of({})), "truncated, damaged or protected"),
    "unpacks to 120 MB": (_unpacks_to_much, "unpacks to 120 MB, more than 100 MB"),
    "encrypted or cut xls": (_put(OLE + bytes(600)), "truncated, damaged or protected"),
    "a folder": (_folder, "the coding sheet cannot be read (Is a directory)"),
    "a pipe": (_pipe, "not a file, but a pipe or a device"),
    "a dead link": (_dead_link, "the coding sheet is missing"),
    "only Excel's lock file": (_only_a_lock, "no coding sheet found; expected one of"),
    "no header": (_no_worksheet_with_header, "no worksheet has a header row with a cell 'Subject'"),
    "header in row 62": (_header_too_low, "no worksheet has a header row with a cell 'Subject'"),
    "no subject column": (_without_subject, "no worksheet has a header row with a cell 'Subject'"),
    "one column missing": (_without("ApexFrame"), "has no column 'ApexFrame'; its header has"),
    "three missing": (
        _without("Filename", "OnsetFrame", "Estimated Emotion"),
        "has no columns 'Filename', 'OnsetFrame', 'Estimated Emotion'",
    ),
    "a column twice": (_twin_columns, "has 2 columns 'OnsetFrame' that differ"),
    "a header alone": (_header_alone, "has no row with a subject and a file name"),
    "remarks alone": (_no_clip_named, "has no row with a subject and a file name"),
    "of other clips": (_of_other_clips, "none of the 2 clips of"),
}


@pytest.mark.parametrize("case", list(STOPS))
def test_a_sheet_that_cannot_be_trusted_stops_the_import_with_its_name(two: Two, case: str) -> None:
    damage, words = STOPS[case]
    damage(two)
    with pytest.raises(InputError) as caught:
        read_databases("casme2", two.root)
    assert words in caught.value.problem
    assert str(caught.value.where).startswith(str(two.root))
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_an_unreadable_sheet_is_named(two: Two, refuse: Callable[[Path], None]) -> None:
    refuse(two.sheet)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)") as caught:
        read_databases("casme2", two.root)
    assert caught.value.where == str(two.sheet)


# What is told of a row while the other is read.


def _rows(*cells: tuple[object, ...]) -> Callable[[Two], None]:
    """The first row replaced by others."""
    return lambda two: two.save([*cells, two.disk.row(2)])


def _again(**changes: object) -> Callable[[Two], None]:
    return lambda two: two.save([*two.rows, two.disk.row(**changes)])


def _set(column: str, value: object) -> Callable[[Two], None]:
    return lambda two: two.cell(column, value)


def _swapped_cells(two: Two) -> None:
    rows = two.rows
    rows[0][3], rows[0][5] = rows[0][5], rows[0][3]
    two.save(rows)


def _merged_footer(two: Two) -> None:
    two.save([*two.rows, [None] * 9, ["Remark: coded by two coders"]])
    two.edit(lambda book: book.active.merge_cells("A5:I5"))


def _formula(two: Two) -> None:
    two.edit(lambda book: book.active.__setitem__("D2", "=C2+1"))


WHEN = datetime.datetime(2014, 5, 8)
ROWS: dict[str, tuple[Callable[[Two], None], str, str, int]] = {
    "text for a frame": (_set("OnsetFrame", "start"), "warning", "onset is 'start', not a", 2),
    "a slash for a frame": (_set("ApexFrame", "/"), "warning", "apex is '/', not a frame", 2),
    "a unit of time": (_set("OffsetFrame", "55 ms"), "warning", "offset is '55 ms', not a", 2),
    "an error of Excel": (_set("OnsetFrame", "#REF!"), "warning", "onset is '#REF!', not a", 2),
    "true or false": (_set("ApexFrame", True), "warning", "apex is 'True', not a frame", 2),
    "a date for a frame": (_set("OffsetFrame", WHEN), "warning", "offset is '2014-05-08 00", 2),
    "a formula never computed": (_formula, "warning", "no onset: kept without", 2),
    "a fraction": (_set("OnsetFrame", 46.5), "warning", "onset is 46.5, not a whole frame: 46", 2),
    "a fraction as text": (_set("ApexFrame", "50.25"), "warning", "apex is 50.25, not a whole", 2),
    "infinite": (_set("OffsetFrame", "inf"), "warning", "offset is 'inf', not a frame", 2),
    "negative": (_set("OnsetFrame", -46), "warning", "negative frame number: onset -46", 2),
    "beyond every clip": (_set("OffsetFrame", 10**17), "warning", "frames end at 55, 9999999", 2),
    "reversed": (_swapped_cells, "warning", "onset 55 comes after offset 46", 2),
    "apex before onset": (_set("ApexFrame", 40), "warning", "apex 40 lies outside onset–offset", 2),
    "apex after offset": (_set("ApexFrame", 60), "warning", "apex 60 lies outside onset–offset", 2),
    "a date for units": (_set("Action Units", WHEN), "warning", "action units '2014-05-08 00", 2),
    "words for units": (_set("Action Units", "smile"), "warning", "at sign 1: 'smile' is no", 2),
    "a number for emotion": (_set("Estimated Emotion", 3), "warning", "emotion '3' is not of", 2),
    "another language": (
        _set("Estimated Emotion", "悲伤"),
        "warning",
        "emotion '悲伤' is not of",
        2,
    ),
    "no subject": (_set("Subject", None), "skipped", "no subject. Complete the row", 1),
    "subject without number": (_set("Subject", "Ann"), "skipped", "'Ann' has no number", 1),
    "negative subject": (_set("Subject", -1), "skipped", "subject '-1' has no number", 1),
    "no file name": (_set("Filename", None), "skipped", "no file name. Complete the row", 1),
    "file name up": (_set("Filename", "../EP02_01f"), "skipped", "is not the name of a folder", 1),
    "file name a path": (_set("Filename", "/etc"), "skipped", "is not the name of a folder", 1),
    "file name with backslash": (_set("Filename", "a\\b"), "skipped", "not the name of a", 1),
    "file name of 5000 signs": (_set("Filename", "x" * 5000), "skipped", "no folder sub01/xxx", 1),
    "file name as a date": (_set("Filename", WHEN), "skipped", "no folder sub01/2014-05-08", 1),
    "a row again": (_again(), "skipped", "already stands in row 2, with the same coding", 2),
    "a row again, otherwise": (_again(onset=47), "skipped", "with another coding: that one", 2),
    "a row again, padded": (_again(subject="sub01"), "skipped", "already stands in row 2", 2),
    "a row again, other case": (_again(clip="ep02_01F"), "skipped", "already stands in row 2", 2),
    "a merged footer": (_merged_footer, "note", "not a clip, passed over: 'Remark: coded", 2),
}


@pytest.mark.parametrize("case", list(ROWS))
def test_a_malformed_row_is_told_and_the_other_is_read(two: Two, case: str) -> None:
    damage, kind, words, kept = ROWS[case]
    damage(two)
    (imported,) = read_databases("casme2", two.root)
    told = [e for e in imported.report.entries if words in e.reason]
    assert [e.kind for e in told] == [kind], imported.report.entries
    assert two.sheet.name in told[0].where
    assert len(imported.clips) == kept
    whole = imported.codings[-1]
    assert str(whole.clip) == f"casme2/{SECOND}"
    assert (whole.onset, whole.apex, whole.offset, whole.emotion) == (46, 50, 55, "happiness")


# What looks malformed and is not: read as it is meant, with nothing to tell.


def _merged_subjects(two: Two) -> None:
    two.disk.frames(two.root / two.disk.TREE / "sub01" / "EP03_02", 46, 55)
    two.save([two.disk.row(1), two.disk.row(None, "EP03_02"), two.disk.row(2)])
    two.edit(lambda book: book.active.merge_cells("A2:A3"))


def _columns_in_another_order(two: Two) -> None:
    order = [8, 5, 1, 3, 0, 4, 7]
    two.save([[row[i] for i in order] for row in two.rows], [two.header[i] for i in order])


def _headers_spelt_otherwise(two: Two) -> None:
    two.save(header=["SUBJECT ", "file_name", None, "Onset Frame", "apex_frame",
                     "offsetframe", None, "action\u00a0units", "ESTIMATED EMOTION"])  # fmt: skip


def _same_column_twice(two: Two) -> None:
    two.save([[*row, row[3]] for row in two.rows], [*two.header, "OnsetFrame"])


def _worksheet_behind_others(two: Two) -> None:
    def change(book: Any) -> None:
        book.create_sheet("read me", 0).append(["This sheet: see the next"])

    two.edit(change)


def _header_in_row_20(two: Two) -> None:
    two.save(above=[("CASME II", None, "coding"), *[()] * 18])


def _padding(two: Two) -> None:
    rows = two.rows
    rows[0][:2] = "sub 01", " EP02_01f\u00a0"
    rows[1][:2] = "02", "ep02_01F"
    two.save(rows)


def _blank_rows(two: Two) -> None:
    first, second = two.rows
    two.save([[], first, [None, " "], [], second, []])


FINE = [
    _merged_subjects,
    _columns_in_another_order,
    _headers_spelt_otherwise,
    _same_column_twice,
    _worksheet_behind_others,
    _header_in_row_20,
    _padding,
    _blank_rows,
]


@pytest.mark.parametrize("change", FINE)
def test_what_only_looks_malformed_is_read_as_meant(
    two: Two, report: Any, change: Callable[[Two], None]
) -> None:
    change(two)
    (imported,) = read_databases("casme2", two.root)
    assert report.quiet(imported)
    assert {(c.onset, c.apex, c.offset, c.emotion) for c in imported.codings} == {
        (46, 50, 55, "happiness")
    }
    assert {c.clip.subject for c in imported.codings} == {"sub01", "sub02"}
    assert len(imported.clips) == (3 if change is _merged_subjects else 2)
