"""An error says itself in one line for a terminal, and in parts for a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from mexlab.errors import InputError, StaleCodingError, sentence


@pytest.mark.parametrize(
    ("error", "line", "parts"),
    [
        (
            InputError("the apex is no number", where=Path("a.xlsx"), row=26, remedy="Code it"),
            "a.xlsx, row 26: the apex is no number. Code it",
            ("The apex is no number.", "a.xlsx, row 26", "Code it."),
        ),
        (
            InputError("expected 1 or more", row=3),
            "row 3: expected 1 or more",
            ("Expected 1 or more.", "row 3", ""),
        ),
        (
            InputError("Is this all?", where="seeds"),
            "seeds: Is this all?",
            ("Is this all?", "seeds", ""),
        ),
        (
            StaleCodingError("it was changed in another tab"),
            "it was changed in another tab",
            ("It was changed in another tab.", "", ""),
        ),
    ],
)
def test_one_line_and_three_parts(error, line, parts):
    assert str(error) == line
    assert (error.heading, error.place, error.advice) == parts
    assert error.in_full == f"{parts[0]} {parts[2]}".strip()


@pytest.mark.parametrize(
    ("problem", "short"),
    [
        ("only 2 people: at least 3 are needed", "Only 2 people"),
        ("no clip is coded; nothing to learn from", "No clip is coded"),
        ("no clip to use", "No clip to use"),
    ],
)
def test_in_short_is_what_stands_before_a_colon(problem, short):
    assert InputError(problem, remedy="Import one").in_short == short


def test_a_sentence_of_nothing_is_nothing():
    assert sentence(" ") == ""


def test_no_page_has_words_of_its_own_for_an_error():
    pages = Path(__file__).parents[2] / "mexlab" / "pages"
    signs = ("[:1].upper()", ".remedy or", 'getattr(error, "problem"', "error.row")
    found = [
        f"{path.relative_to(pages)}: {sign}"
        for path in pages.rglob("*.py")
        for sign in signs
        if sign in path.read_text("utf-8")
    ]
    assert found == []
