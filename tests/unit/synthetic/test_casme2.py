"""The synthetic CASME II on disk: tree, sheet, truth, quirks, seeds and refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

from mexlab.errors import InputError
from mexlab.synthetic import (
    MARKER,
    UNFINISHED,
    Order,
    load_truth,
    read_marker,
    synthesis,
    synthesise,
)
from mexlab.synthetic.layouts.casme2 import COLUMNS, SHEET_NAME, WRITER, plan, write_sheets
from mexlab.synthetic.layouts.casme2_plan import (
    CLIPS_PER_SUBJECT,
    FRAMES_FOLDER,
    PlannedClip,
    plan_clips,
)

ALL = WRITER.default_quirks()

#: Six frames a clip, so that a test takes no time.
TINY = Order(1, 0, ALL, seconds=0.03)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[PlannedClip]]:
    """One subject's clips, six frames each, written by the real writer."""
    root = tmp_path_factory.mktemp("synthetic") / "casme2"
    calls: list[tuple[int, int]] = []
    summary = synthesise(
        "casme2",
        root,
        subjects=1,
        jobs=1,
        progress=lambda *args: calls.append(args),
        seconds=TINY.seconds,
    )
    assert (summary.clips, summary.subjects, summary.frames) == (8, 1, 48)
    assert calls == [(done, 8) for done in range(9)]
    return root, plan(TINY)


def rows_of(root: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(root / SHEET_NAME).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_frames_have_native_unpadded_numbers_and_the_release_size(
    tiny: tuple[Path, list[PlannedClip]],
):
    root, plan = tiny
    for clip in plan:
        folder = root / FRAMES_FOLDER / clip.folder / clip.name
        names = {path.name for path in folder.iterdir()}
        assert names == {f"img{number}.jpg" for number in clip.numbers}
    picture = cv2.imread(str(folder / f"img{clip.first}.jpg"))
    assert picture is not None
    assert picture.shape == (480, 640, 3)


def test_sheet_has_the_columns_of_the_release(tiny: tuple[Path, list[PlannedClip]]):
    root, plan = tiny
    header, *rows = rows_of(root)
    assert header == COLUMNS
    assert COLUMNS == (
        "Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None,
        "Action Units", "Estimated Emotion",
    )  # fmt: skip
    assert {row[1] for row in rows} == {clip.name for clip in plan if clip.in_sheet}
    for row in rows:
        clip = next(clip for clip in plan if clip.name == row[1])
        assert row[0] == "01"
        marks = (clip.script.onset, clip.script.apex, clip.script.offset)
        assert row[3:6] == tuple(clip.first + mark for mark in marks)
        assert row[8] == clip.emotion


def test_truth_says_what_the_frames_show(tiny: tuple[Path, list[PlannedClip]]):
    root, plan = tiny
    smiles = [clip for clip in plan if clip.emotion == "happiness"]
    clip = max(smiles, key=lambda clip: max(move.amplitude for move in clip.script.moves))
    truth = load_truth(root, clip.folder, clip.name)
    assert (truth.onset, truth.apex, truth.offset) == (
        clip.first + 1,
        clip.first + clip.script.apex,
        clip.first + clip.script.offset,
    )
    assert list(truth.numbers) == list(clip.numbers)
    assert int(truth.course.argmax()) == clip.script.apex
    assert truth.flow.shape == (480, 640, 2)
    assert truth.head.shape == (6, 3)
    strongest = max(unit["amplitude"] for unit in truth.units)
    assert np.hypot(*truth.flow.transpose(2, 0, 1)).max() > 0.6 * strongest
    folder = root / FRAMES_FOLDER / clip.folder / clip.name

    def read(number: int) -> np.ndarray:
        picture = cv2.imread(str(folder / f"img{number}.jpg"))
        assert picture is not None
        return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.5)

    onset, apex = read(truth.onset), read(truth.apex)
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    warped = cv2.remap(apex, x + truth.flow[..., 0], y + truth.flow[..., 1], cv2.INTER_LINEAR)
    moved = np.hypot(*truth.flow.transpose(2, 0, 1)) > 0.8
    moved[: int(truth.landmarks[29, 1])] = False  # lids and glare are not in the true flow
    assert moved.sum() > 500
    before, after = (np.abs(image - onset)[moved].mean() for image in (apex, warped))
    assert after < 0.8 * before


def test_truth_of_an_unknown_clip_is_a_clear_error(tiny: tuple[Path, list[PlannedClip]]):
    with pytest.raises(InputError, match="no truth is saved for sub01/EP99_99"):
        load_truth(tiny[0], "sub01", "EP99_99")


def test_same_seed_gives_the_same_bytes_whatever_the_jobs(
    tiny: tuple[Path, list[PlannedClip]], tmp_path: Path
):
    root, plan = tiny
    some = plan[:3]
    frames = synthesis._write_clips(WRITER, tmp_path, some, jobs=2, progress=None)
    assert frames == 18
    written = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) == 18 + 3
    for path in written:
        assert path.read_bytes() == (root / path.relative_to(tmp_path)).read_bytes(), path.name
    write_sheets(tmp_path, plan, TINY)
    assert (tmp_path / SHEET_NAME).read_bytes() == (root / SHEET_NAME).read_bytes()


def test_marker_is_written_last_and_says_synthetic(tiny: tuple[Path, list[PlannedClip]]):
    root, plan = tiny
    record = read_marker(root)
    assert record is not None
    assert record["synthetic"] is True
    assert (record["layout"], record["seed"], record["clips"]) == ("casme2", 0, len(plan))
    assert "astronaut" in record["statement"]
    assert set(record["persons"]) == {"sub01"}
    assert not (root / UNFINISHED).exists()


def test_an_interrupted_run_is_noticed_and_can_be_repeated(tmp_path: Path):
    few = {"subjects": 1, "clips": 2, "seconds": 0.03, "quirks": (), "jobs": 1}

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesise("casme2", tmp_path / "db", **few, progress=stop)
    assert (tmp_path / "db" / UNFINISHED).exists()
    assert read_marker(tmp_path / "db") is None
    summary = synthesise("casme2", tmp_path / "db", **few)
    assert summary.clips == 2
    assert read_marker(tmp_path / "db") is not None
    assert not (tmp_path / "db" / UNFINISHED).exists()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(InputError, match=r"other files \(thesis\.docx\).*new or empty folder"):
        synthesise("casme2", tmp_path, subjects=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_files_put_into_a_synthetic_tree_are_not_swept_away(tmp_path: Path):
    (tmp_path / MARKER).write_text(json.dumps({"synthetic": True}))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        synthesise("casme2", tmp_path, subjects=1)
    assert (tmp_path / MARKER).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layout": "casme9"}, "expected one of .*casme2.*, got 'casme9'"),
        ({"subjects": 0}, "expected at least one subject, got 0"),
        ({"seed": -1}, "expected a seed of 0 or more, got -1"),
        ({"quirks": ["ghosts"]}, "got 'ghosts'. Known quirks of casme2: missing-apex"),
        ({"clips": 0}, "expected at least one clip a subject, got 0"),
        ({"seconds": 0}, "expected seconds above 0, got 0"),
        ({"width": 9}, "expected a width of 32 to 4096 px, got 9"),
    ],
)
def test_bad_arguments_are_named(tmp_path: Path, arguments: dict, message: str):
    given = {"layout": "casme2", "out": tmp_path / "db", **arguments}
    with pytest.raises(InputError, match=message):
        synthesise(**given)
    assert not (tmp_path / "db").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "db").write_text("")
    with pytest.raises(InputError, match="expected a folder, found a file"):
        synthesise("casme2", tmp_path / "db", subjects=1)


def test_a_damaged_marker_is_a_clear_error(tmp_path: Path):
    (tmp_path / MARKER).write_text("{")
    with pytest.raises(InputError, match="expected JSON"):
        read_marker(tmp_path)


def test_default_plan_has_sixteen_people_and_over_a_hundred_clips():
    plan = plan_clips(16, 0, ALL)
    coded = [clip for clip in plan if clip.in_sheet]
    assert len({clip.subject for clip in plan}) == 16
    assert len(coded) == 16 * CLIPS_PER_SUBJECT >= 100
    emotions = Counter(clip.emotion for clip in coded)
    assert set(emotions) == {
        "others", "disgust", "happiness", "repression", "surprise", "sadness", "fear",
    }  # fmt: skip
    assert emotions["others"] > emotions["surprise"] > emotions["sadness"] > emotions["fear"]
    for clip in plan:
        script = clip.script
        assert 20 <= script.count <= 100
        assert 0 < script.onset < script.apex <= script.offset < script.count
        assert (script.offset - script.onset) * 5 <= 500  # micro: half a second at 200 fps
        strongest = max(move.amplitude for move in script.moves)
        assert 0.5 <= strongest <= 3.0
        assert clip.first >= 1
    names = [(clip.subject, clip.name) for clip in plan]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("seed", range(5))
def test_small_sets_have_all_classes_in_every_subject(seed: int):
    plan = plan_clips(4, seed, ())
    for subject in range(1, 5):
        emotions = {clip.emotion for clip in plan if clip.subject == subject}
        assert {"happiness", "surprise"} <= emotions
        assert emotions & {"disgust", "repression"}
    assert plan_clips(2, seed, ()) == plan[: 2 * CLIPS_PER_SUBJECT]


def test_quirks_of_the_release_are_there_and_can_be_left_out(tmp_path: Path):
    everything = plan_clips(16, 0, ALL)
    write_sheets(tmp_path, everything, Order(16, 0, ALL))
    rows = {(int(str(row[0])), row[1]): row for row in rows_of(tmp_path)[1:]}
    assert rows[(4, "EP12_01f")][4] == "/"
    boundary = rows[(12, "EP09_06")]
    assert boundary[4] == boundary[5]
    assert {"EP09f", "EP01_2", "EP06_02_01"} <= {name for _, name in rows}
    units = [row[7] for row in rows.values()]
    assert "?" in units
    assert any(isinstance(unit, int) for unit in units)
    assert any(isinstance(unit, str) and unit[0] in "LR" for unit in units)
    subjects = {type(row[0]) for row in rows.values()}
    assert subjects == {int, str}
    unlabelled = [clip for clip in everything if not clip.in_sheet]
    assert [(clip.folder, clip.name) for clip in unlabelled] == [("sub09", "EP02_02f")]
    assert (9, "EP02_02f") not in rows

    plain = plan_clips(16, 0, ())
    write_sheets(tmp_path, plain, Order(16, 0))
    for row in rows_of(tmp_path)[1:]:
        assert isinstance(row[0], str)
        assert isinstance(row[4], int)
        assert isinstance(row[7], str)
        assert row[4] < row[5]
        assert row[7] != "?"
    assert len(plain) == 16 * CLIPS_PER_SUBJECT


def test_the_apex_on_the_onset_is_written_if_it_is_named():
    plan = plan_clips(5, 0, ("apex-on-onset",))
    (clip,) = (one for one in plan if one.name == "EP09_05f")
    assert (clip.subject, clip.script.apex) == (5, clip.script.onset)
    assert clip.emotion in ("disgust", "repression")
    assert "EP09_05f" not in {one.name for one in plan_clips(5, 0, ALL)}
