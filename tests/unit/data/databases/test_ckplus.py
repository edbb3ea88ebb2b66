"""CK+: no sheet, three trees of text files beside the images, most of them missing somewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.databases.registry import recognise
from mexlab.errors import InputError

IMAGES = "cohn-kanade-images"
LAST = "S005_001_00000011"


def text(root: Path, tree: str, suffix: str, content: str, stem: str = LAST) -> Path:
    path = root / tree / "S005" / "001" / f"{stem}_{suffix}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def landmarks(points: int = 68) -> str:
    return "".join(f"   {x:.7e}   {2 * x:.7e}\n" for x in range(points))


def write(
    root: Path,
    disk: Any,
    *,
    images: str = IMAGES,
    emotion: str | None = "   7.0000000e+00\n",
    facs: str | None = "   1.0000000e+00   4.0000000e+00\n   2.0   0.0\n  25.0   3.0\n",
    points: int = 68,
    roots: tuple[str, str, str] = ("Emotion", "FACS", "Landmarks"),
) -> Path:
    """S005/001, labelled in full, and S010/002, with images alone."""
    disk.frames(root / images / "S005" / "001", 1, 11, "S005_001_{:08d}.png")
    disk.frames(root / images / "S010" / "002", 1, 14, "S010_002_{:08d}.png")
    (root / images / ".DS_Store").write_bytes(b"Bud1")
    (root / images / "S005" / ".DS_Store").write_bytes(b"Bud1")
    if emotion is not None:
        text(root, roots[0], "emotion", emotion)
        (root / roots[0] / "S010" / "002").mkdir(parents=True)
    if facs is not None:
        text(root, roots[1], "facs", facs)
    for number in range(1, 12):
        text(root, roots[2], "landmarks", landmarks(points), f"S005_001_{number:08d}")
    return root


def test_labelled_and_unlabelled_sequences(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("ckplus", write(tmp_path, disk))
    assert report.quiet(imported)
    assert [(str(clip.key), clip.fps, len(clip.frames)) for clip in imported.clips] == [
        ("ckplus/S005/001", 30.0, 11),
        ("ckplus/S010/002", 30.0, 14),
    ]
    told = [
        (c.onset, c.apex, c.offset, c.emotion, c.action_units, c.kind) for c in imported.codings
    ]
    assert told == [
        (1, 11, None, "surprise", "1D+2+25C", "macro"),
        (1, 14, None, "", "", "macro"),
    ]
    assert "1 of 2 sequences have an emotion" in report.only(imported, "note", "emotion").reason


@pytest.mark.parametrize(
    ("code", "emotion"),
    [
        *enumerate(
            ("neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
        )
    ],
)
def test_every_code_of_the_emotion_files(
    tmp_path: Path, disk: Any, report: Any, code: int, emotion: str
) -> None:
    imported = report.read("ckplus", write(tmp_path, disk, emotion=f"   {code}.0000000e+00\n"))
    assert imported.codings[0].emotion == emotion


@pytest.mark.parametrize("images", [IMAGES, f"extended-cohn-kanade-images/{IMAGES}"])
@pytest.mark.parametrize(
    "roots",
    [
        ("Emotion", "FACS", "Landmarks"),
        ("Emotion_labels/Emotion", "FACS_labels/FACS", "Landmarks/Landmarks"),
    ],
)
def test_the_trees_are_found_under_either_name(
    tmp_path: Path, disk: Any, report: Any, images: str, roots: tuple[str, str, str]
) -> None:
    imported = report.read("ckplus", write(tmp_path, disk, images=images, roots=roots))
    assert report.quiet(imported)
    assert imported.codings[0].emotion == "surprise"
    reason = report.only(imported, "note", "have an emotion").reason
    assert "1 action units, 1 landmarks" in reason


def test_the_tree_of_images_may_be_given_itself(tmp_path: Path, disk: Any, report: Any) -> None:
    imported = report.read("ckplus", write(tmp_path, disk) / IMAGES)
    assert report.quiet(imported)
    assert imported.codings[0].emotion == "surprise"


def test_images_alone_are_read_and_what_lacks_is_said(
    tmp_path: Path, disk: Any, report: Any
) -> None:
    disk.frames(tmp_path / IMAGES / "S005" / "001", 1, 11, "S005_001_{:08d}.png")
    imported = report.read("ckplus", tmp_path)
    assert len(imported.clips) == 1
    assert len(report.entries(imported, "warning", "kept without")) == 3


def _empty(root: Path) -> None:
    text(root, "Emotion", "emotion", "")


def _two_numbers(root: Path) -> None:
    text(root, "Emotion", "emotion", "1 2\n")


def _word(root: Path) -> None:
    text(root, "Emotion", "emotion", "happy\n")


def _no_code(root: Path) -> None:
    text(root, "Emotion", "emotion", "9.0\n")


def _intensity(root: Path) -> None:
    text(root, "FACS", "facs", "1 2\n4 9\n")


def _three_columns(root: Path) -> None:
    text(root, "FACS", "facs", "1 2 3\n")


def _binary(root: Path) -> None:
    (root / "FACS" / "S005" / "001" / f"{LAST}_facs.txt").write_bytes(b"\x00\xff\x00\xfe")


def _points(root: Path) -> None:
    text(root, "Landmarks", "landmarks", landmarks(67))


def _one_lacking(root: Path) -> None:
    (root / "Landmarks" / "S005" / "001" / "S005_001_00000004_landmarks.txt").unlink()


def _two_files(root: Path) -> None:
    text(root, "Emotion", "emotion", "1.0\n", "S005_001_00000009")


def _other_frame(root: Path) -> None:
    folder = root / "Emotion" / "S005" / "001"
    (folder / f"{LAST}_emotion.txt").rename(folder / "S005_001_00000009_emotion.txt")


@pytest.mark.parametrize(
    ("damage", "words", "emotion", "units"),
    [
        (_empty, "the file is empty", "", "1D+2+25C"),
        (_two_numbers, "expected one number", "", "1D+2+25C"),
        (_word, "expected numbers, got 'happy'", "", "1D+2+25C"),
        (_no_code, "9 is no emotion (0 to 7)", "", "1D+2+25C"),
        (_intensity, "4 at intensity 9 is no action unit", "surprise", ""),
        (_three_columns, "expected an action unit and its intensity", "surprise", ""),
        (_binary, "expected numbers", "surprise", ""),
        (_points, "expected 68 rows of x and y, got 67", "surprise", "1D+2+25C"),
        (_one_lacking, "no landmark file of 1 of 11 frames", "surprise", "1D+2+25C"),
        (_two_files, "the last frame, 11, was expected", "surprise", "1D+2+25C"),
        (_other_frame, "the last frame, 11, was expected", "surprise", "1D+2+25C"),
    ],
)
def test_a_bad_text_file_is_named_and_the_sequence_kept(
    tmp_path: Path,
    disk: Any,
    report: Any,
    damage: Callable[[Path], None],
    words: str,
    emotion: str,
    units: str,
) -> None:
    root = write(tmp_path, disk)
    damage(root)
    imported = report.read("ckplus", root)
    assert "S005/001" in report.only(imported, "warning", words).where
    assert len(imported.clips) == 2
    assert (imported.codings[0].emotion, imported.codings[0].action_units) == (emotion, units)


def test_an_unreadable_text_file_is_named(
    tmp_path: Path, disk: Any, report: Any, refuse: Any
) -> None:
    root = write(tmp_path, disk)
    refuse(root / "Emotion" / "S005" / "001" / f"{LAST}_emotion.txt")
    imported = report.read("ckplus", root)
    assert "Permission denied" in report.only(imported, "warning", "cannot be read").reason
    assert imported.codings[0].emotion == ""


def test_nothing_to_read_is_an_error(tmp_path: Path, disk: Any, report: Any) -> None:
    with pytest.raises(InputError, match="no folder of frames found"):
        report.read("ckplus", tmp_path)
    root = write(tmp_path / "db", disk)
    for file in (root / IMAGES).rglob("*.png"):
        file.write_bytes(b"")
    with pytest.raises(InputError, match="none of the 2 sequences has readable frames"):
        report.read("ckplus", root)


def test_it_is_recognised(tmp_path: Path, disk: Any) -> None:
    ((layout, reason),) = recognise(write(tmp_path, disk))
    assert layout == "ckplus"
    assert "S005/001" in reason
    assert "Emotion, FACS, Landmarks" in reason
