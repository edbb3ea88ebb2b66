"""Where faces were found is remembered for browsers that have never shown the database."""

from __future__ import annotations

from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.workspace.feature_sets.face_places import FACES_FILE, FacePlaces

SIZE = {"width": 640, "height": 480}


def face(left: int) -> dict[str, int]:
    return {"left": left, "top": 10, "width": 200, "height": 240}


def test_a_guess_is_of_the_person_else_of_the_database_else_none(tmp_path: Path) -> None:
    FacePlaces(tmp_path).learn(ClipKey("casme2", "s1", "a"), face(1), SIZE)
    FacePlaces(tmp_path).learn(ClipKey("casme2", "s2", "b"), face(2), SIZE)
    # Another process, as a new kernel is.
    places = FacePlaces(tmp_path)
    assert places.guess(ClipKey("casme2", "s1", "new"), SIZE) == face(1)
    assert places.guess(ClipKey("casme2", "s9", "new"), SIZE) == face(2)
    assert places.guess(ClipKey("samm", "s1", "new"), SIZE) is None
    assert places.guess(ClipKey("casme2", "s1", "new"), {"width": 320, "height": 240}) is None
    assert (places.knows("casme2"), places.knows("samm")) == (True, False)


def test_what_cannot_be_read_or_written_is_done_without(tmp_path: Path) -> None:
    key = ClipKey("casme2", "s1", "a")
    (tmp_path / FACES_FILE).write_text("[")
    assert FacePlaces(tmp_path).guess(key, SIZE) is None
    FacePlaces(tmp_path / "nowhere").learn(key, face(1), SIZE)
    FacePlaces(tmp_path).learn(key, face(1), SIZE)
    assert FacePlaces(tmp_path).guess(key, SIZE) == face(1)
    assert [path.name for path in tmp_path.iterdir()] == [FACES_FILE]
