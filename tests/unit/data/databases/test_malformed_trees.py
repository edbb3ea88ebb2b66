"""Malformed trees of frames, one damage a case: the message each gives, and the rest goes on.

Three layouts whose clips are found in three ways: by the rows of a sheet (CASME II), by folders
alone (SMIC) and by videos that rows speak of (SAMM Long Videos). Each has two clips or videos; the
damage is done to the first.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import read_databases
from mexlab.errors import InputError

FIRST, LAST = 46, 55
LONG_HEADER = ("Subject", "Filename", "Onset", "Apex", "Offset", "Type", "Action Units", "Notes")


@dataclass
class Tree:
    """A database of two clips on disk."""

    layout: str
    root: Path
    first: Path
    second: Path
    disk: Any

    @property
    def outside(self) -> Path:
        """A place beside the root, which no link may reach."""
        (self.root.parent / "outside").mkdir(exist_ok=True)
        return self.root.parent / "outside"

    def frame(self, number: int) -> Path:
        return next(f for f in sorted(self.first.iterdir()) if f.stem.endswith(str(number)))


def casme2(root: Path, disk: Any) -> Tree:
    disk.sheet(root / disk.SHEET, [disk.row(1), disk.row(2)])
    clips = [root / disk.TREE / f"sub0{n}" / "EP02_01f" for n in (1, 2)]
    return Tree("casme2", root, *(disk.frames(clip, FIRST, LAST) for clip in clips), disk)


def smic(root: Path, disk: Any) -> Tree:
    clips = [root / "SMIC_all_raw/HS" / f"s{n}/micro/positive/s{n}_po_01" for n in (1, 2)]
    pattern = "image{:06d}.jpg"
    return Tree("smic", root, *(disk.frames(clip, FIRST, LAST, pattern) for clip in clips), disk)


def samm_lv(root: Path, disk: Any) -> Tree:
    rows = [(n, f"00{n}_1_1", 47, 50, 53, "Macro", "12", None) for n in (6, 7)]
    disk.sheet(root / "SAMM_LongVideos_V3_Release.xlsx", rows, LONG_HEADER)
    clips = [root / "SAMM_longvideos" / f"00{n}_1" for n in (6, 7)]
    pattern = "{}_1_{{:04d}}.jpg"
    first, second = (
        disk.frames(clip, FIRST, LAST, pattern.format(clip.name[:3])) for clip in clips
    )
    return Tree("samm_lv", root, first, second, disk)


LAYOUTS = {"casme2": casme2, "smic": smic, "samm_lv": samm_lv}


@pytest.fixture(params=list(LAYOUTS))
def tree(request: pytest.FixtureRequest, tmp_path: Path, disk: Any) -> Tree:
    (tmp_path / "root").mkdir()
    return LAYOUTS[request.param](tmp_path / "root", disk)


def no_clip_folder(tree: Tree) -> None:
    shutil.rmtree(tree.first)


def file_for_a_clip(tree: Tree) -> None:
    shutil.rmtree(tree.first)
    tree.first.write_bytes(b"a file")


def empty_folder(tree: Tree) -> None:
    shutil.rmtree(tree.first)
    tree.first.mkdir()


def frames_one_deeper(tree: Tree) -> None:
    tree.first.rename(tree.first.with_name("moved"))
    tree.first.mkdir()
    tree.first.with_name("moved").rename(tree.first / "frames")


def all_empty(tree: Tree) -> None:
    for file in tree.first.iterdir():
        file.write_bytes(b"")


def text_files(tree: Tree) -> None:
    for file in tree.first.iterdir():
        file.rename(file.with_suffix(".txt"))


def unnumbered(tree: Tree) -> None:
    for at, file in enumerate(sorted(tree.first.iterdir())):
        file.rename(file.with_name("abcdefghijkl"[at] + ".jpg"))


def out_of_root(tree: Tree) -> None:
    tree.first.rename(tree.outside / tree.first.name)
    tree.first.symlink_to(tree.outside / tree.first.name)


def to_itself(tree: Tree) -> None:
    shutil.rmtree(tree.first)
    tree.first.symlink_to(tree.first.name)


def to_nowhere(tree: Tree) -> None:
    shutil.rmtree(tree.first)
    tree.first.symlink_to(tree.root / "gone")


def up_to_its_parent(tree: Tree) -> None:
    shutil.rmtree(tree.first)
    tree.first.symlink_to(tree.first.parent)


def every_frame_outside(tree: Tree) -> None:
    for file in sorted(tree.first.iterdir()):
        file.rename(tree.outside / file.name)
        file.symlink_to(tree.outside / file.name)


def frames_in_a_ring(tree: Tree) -> None:
    files = sorted(tree.first.iterdir())
    for file in files:
        file.unlink()
    for file, other in zip(files, [*files[1:], files[0]], strict=True):
        file.symlink_to(other.name)


#: Damages after which there is no first clip: words of the report in each layout.
LOST: dict[str, tuple[Callable[[Tree], None], str, str, str]] = {
    "no clip's folder": (no_clip_folder, "no folder ", "", "no folder "),
    "a file for a clip": (file_for_a_clip, "no folder ", "a file where", "no folder "),
    "an empty folder": (empty_folder, *["its folder has no images"] * 3),
    "frames one deeper": (frames_one_deeper, *["its folder has no images"] * 3),
    "frames of zero bytes": (all_empty, *["none of its files is readable"] * 3),
    "frames called txt": (text_files, *["its folder has no images"] * 3),
    "names without numbers": (unnumbered, *["none of its files is readable"] * 3),
    "linked out of the root": (out_of_root, *["a link that leaves the database's folder"] * 3),
    "linked to itself": (to_itself, *["or leads nowhere: not followed"] * 3),
    "linked to nowhere": (to_nowhere, *["or leads nowhere: not followed"] * 3),
    "linked to its parent": (up_to_its_parent, *["a link to a folder that it lies in"] * 3),
    "every frame linked out": (every_frame_outside, *["none of its files is readable"] * 3),
    "frames in a ring of links": (frames_in_a_ring, *["none of its files is readable"] * 3),
}


@pytest.mark.parametrize("case", list(LOST))
def test_a_clip_that_cannot_be_read_is_told_and_the_other_is_read(
    tree: Tree, report: Any, case: str
) -> None:
    damage, *words = LOST[case]
    damage(tree)
    (imported,) = read_databases(tree.layout, tree.root)
    wanted = words[list(LAYOUTS).index(tree.layout)]
    # Without a sheet nobody can know of a clip that is not there at all.
    if wanted or tree.layout != "smic":
        assert report.entries(imported, "skipped", wanted), imported.report.entries
    (clip,) = imported.clips
    assert clip.frames.folder == tree.second
    assert list(clip.frames.numbers) == list(range(FIRST, LAST + 1))


def test_a_folder_that_cannot_be_listed_hides_no_other(
    tree: Tree, report: Any, refuse: Callable[[Path], None]
) -> None:
    refuse(tree.first)
    (imported,) = read_databases(tree.layout, tree.root)
    assert report.entries(imported, "warning", "Permission denied")
    assert [clip.frames.folder for clip in imported.clips] == [tree.second]


@pytest.mark.parametrize("write", [casme2, smic])
def test_a_subject_that_cannot_be_listed_hides_no_other(
    tmp_path: Path, disk: Any, report: Any, refuse: Callable[[Path], None], write: Any
) -> None:
    tree = write(tmp_path / "root", disk)
    folder = next(p for p in tree.first.parents if p.name in ("sub01", "s1"))
    refuse(folder)
    (imported,) = read_databases(tree.layout, tree.root)
    told = report.only(imported, "skipped", "the folder cannot be listed (Permission denied)")
    assert told.where.endswith(folder.name)
    assert [clip.frames.folder for clip in imported.clips] == [tree.second]


def test_a_root_that_cannot_be_listed_is_named(tree: Tree, refuse: Callable[[Path], None]) -> None:
    refuse(tree.root)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)") as caught:
        read_databases(tree.layout, tree.root)
    assert caught.value.where == str(tree.root)


def missing(tree: Tree) -> None:
    tree.frame(50).unlink()


def zero_bytes(tree: Tree) -> None:
    tree.frame(50).write_bytes(b"")


def linked_out(tree: Tree) -> None:
    file = tree.frame(50)
    file.rename(tree.outside / file.name)
    file.symlink_to(tree.outside / file.name)


def a_folder_called_a_frame(tree: Tree) -> None:
    file = tree.frame(50)
    file.unlink()
    file.mkdir()


def a_pipe(tree: Tree) -> None:
    file = tree.frame(50)
    file.unlink()
    os.mkfifo(file)


def same_number_twice(tree: Tree) -> None:
    shutil.copy(tree.frame(50), tree.first / "copy of 050.jpg")


def same_number_other_kind(tree: Tree) -> None:
    shutil.copy(tree.frame(50), tree.frame(50).with_suffix(".png"))


def no_number(tree: Tree) -> None:
    shutil.copy(tree.frame(50), tree.first / "cover.jpg")


def a_time_stamp(tree: Tree) -> None:
    shutil.copy(tree.frame(50), tree.first / "20140508123456789.jpg")


def a_link_to_nowhere(tree: Tree) -> None:
    tree.frame(50).unlink()
    (tree.first / "img50.jpg").symlink_to("gone.jpg")


#: Damages to frame 50 alone: the words, and whether the frame is lost.
HURT: dict[str, tuple[Callable[[Tree], None], str, bool]] = {
    "a frame is missing": (missing, "1 of the frames 46–55 are missing: 50", True),
    "a frame of zero bytes": (zero_bytes, "of zero bytes, kept as gaps", True),
    "a frame linked out": (linked_out, "linked to outside the database, left out", True),
    "a frame linked to nowhere": (
        a_link_to_nowhere,
        "a link to nowhere) that cannot be read, kept as gaps",
        True,
    ),
    "a folder called a frame": (
        a_folder_called_a_frame,
        "not a file) that cannot be read, kept as gaps",
        True,
    ),
    "a pipe called a frame": (a_pipe, "not a file) that cannot be read, kept as gaps", True),
    "a number twice": (same_number_twice, "have the same frame number", False),
    "a number in two kinds": (same_number_other_kind, "have the same frame number", False),
    "a name without number": (no_number, "without a number in the name, left out", False),
    "a time stamp for a number": (a_time_stamp, "20140508123456733 of the frames", False),
}


@pytest.mark.parametrize("case", list(HURT))
def test_a_bad_frame_is_told_and_the_others_keep_their_numbers(
    tree: Tree, report: Any, case: str
) -> None:
    damage, words, lost = HURT[case]
    damage(tree)
    (imported,) = read_databases(tree.layout, tree.root)
    assert report.entries(imported, "warning", words), imported.report.entries
    assert len(imported.clips) == 2
    numbers = [n for n in imported.clips[0].frames.numbers if n <= LAST]
    assert numbers == [n for n in range(FIRST, LAST + 1) if not (lost and n == 50)]
    assert list(imported.clips[1].frames.numbers) == list(range(FIRST, LAST + 1))


def hidden_leftovers(tree: Tree) -> None:
    for name in (".DS_Store", "._img50.jpg", "Thumbs.db", "desktop.ini"):
        (tree.first / name).write_bytes(b"left by a system")


def other_case(tree: Tree) -> None:
    tree.first.rename(tree.first.with_name(tree.first.name.swapcase()))


def other_suffix(tree: Tree) -> None:
    for file in list(tree.first.iterdir()):
        file.rename(file.with_suffix(".JPG"))


def root_is_a_link(tree: Tree) -> None:
    tree.root.rename(tree.root.with_name("real"))
    tree.root.symlink_to(tree.root.with_name("real"))


def unpacked_in_itself(tree: Tree) -> None:
    top = tree.root / tree.first.relative_to(tree.root).parts[0]
    top.rename(tree.root / "moving")
    top.mkdir()
    (tree.root / "moving").rename(top / top.name)


@pytest.mark.parametrize(
    "change", [hidden_leftovers, other_case, other_suffix, root_is_a_link, unpacked_in_itself]
)
def test_what_only_looks_malformed_is_read_as_meant(
    tree: Tree, report: Any, change: Callable[[Tree], None]
) -> None:
    change(tree)
    (imported,) = read_databases(tree.layout, tree.root)
    loud = [e for e in imported.report.entries if e.kind != "note" and "emotions" not in e.reason]
    assert loud == []
    assert [list(clip.frames.numbers) for clip in imported.clips] == [
        list(range(FIRST, LAST + 1))
    ] * 2


# Names: a clip of CASME II that is called otherwise in sheet and folder.


@pytest.mark.parametrize("name", ["EP 02 (1)", "Épisode-ü", "表情01", "a'b\"c", "100%", "x" * 200])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_with_blanks_signs_and_accents(
    tmp_path: Path, disk: Any, report: Any, name: str, form: str
) -> None:
    disk.sheet(tmp_path / disk.SHEET, [disk.row(1, name)])
    folder = tmp_path / disk.TREE / "sub01" / unicodedata.normalize(form, name)
    disk.frames(folder, FIRST, LAST)
    (imported,) = read_databases("casme2", tmp_path)
    assert report.quiet(imported)
    assert imported.clips[0].key.name == name
    assert imported.clips[0].frames.read(FIRST).shape == (8, 8, 3)


def clash_of_subjects(tree: Tree) -> None:
    tree.disk.frames(tree.second.parent.with_name("SUB02") / "EP09_09", FIRST, LAST)
    rows = [tree.disk.row(1), tree.disk.row(2), tree.disk.row(2, "EP09_09")]
    tree.disk.sheet(tree.root / tree.disk.SHEET, rows)


def clash_of_clips(tree: Tree) -> None:
    tree.disk.frames(tree.first.with_name("ep02_01F"), FIRST, LAST)


@pytest.mark.parametrize("clash", [clash_of_subjects, clash_of_clips])
def test_names_that_differ_in_case_alone_are_told(
    tmp_path: Path, disk: Any, report: Any, clash: Callable[[Tree], None]
) -> None:
    tree = casme2(tmp_path / "root", disk)
    clash(tree)
    (imported,) = read_databases("casme2", tree.root)
    report.only(imported, "warning", "in upper and lower case only")
    assert len(imported.clips) == (3 if clash is clash_of_subjects else 2)
    assert [clip.frames.folder for clip in imported.clips[:2]] == [tree.first, tree.second]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nowhere", "no such folder"),
        ("a file.xlsx", "expected a folder, got a file"),
        ("a.zip", "expected a folder, got a file"),
        ("x" * 300, "cannot be read (File name too long)"),
        ("loop", "no such folder"),
    ],
)
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_root_that_is_none_is_refused(
    tmp_path: Path, layout: str, place: str, words: str
) -> None:
    (tmp_path / "a file.xlsx").write_bytes(b"")
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError) as caught:
        read_databases(layout, tmp_path / place)
    assert words in caught.value.problem
    assert caught.value.remedy
