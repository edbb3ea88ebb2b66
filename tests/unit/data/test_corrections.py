from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.corrections import Correction, apply_corrections, known_corrections

KEY = ClipKey("casme2", "sub01", "EP01")
CODING = Coding(KEY, "database", onset=10, apex=10, offset=21, emotion="disgust")


def correction(field: str, expected: str, value: str) -> Correction:
    return Correction("casme2", "sub01", "EP01", field, expected, value, "a slip", "the authors")


@pytest.mark.parametrize(
    ("field", "expected", "value", "result"),
    [
        ("apex", "=onset", "", None),
        ("apex", "10", "=middle", 15),
        ("offset", "21", "31", 31),
        ("emotion", "disgust", "repression", "repression"),
        ("action_units", "", "4", "4"),
    ],
)
def test_a_correction_that_finds_its_mistake_is_applied(
    field: str, expected: str, value: str, result: object
) -> None:
    corrected, entries = apply_corrections(
        "casme2", [CODING], corrections=[correction(field, expected, value)]
    )
    assert getattr(corrected[0], field) == result
    assert corrected[0].with_changes(**{field: getattr(CODING, field)}) == CODING
    assert [entry.kind for entry in entries] == ["corrected"]
    assert entries[0].where == str(KEY)
    for words in ("a slip", "the authors", "--no-corrections"):
        assert words in entries[0].reason


def test_a_correction_that_finds_something_else_is_reported_and_not_applied() -> None:
    corrected, entries = apply_corrections(
        "casme2", [CODING], corrections=[correction("offset", "20", "30")]
    )
    assert corrected == [CODING]
    assert [entry.kind for entry in entries] == ["warning"]
    assert "21" in entries[0].reason
    assert "20" in entries[0].reason


def test_what_is_right_already_is_not_mentioned() -> None:
    corrected, entries = apply_corrections(
        "casme2", [CODING], corrections=[correction("offset", "20", "21")]
    )
    assert (corrected, entries) == ([CODING], [])


def test_other_layouts_and_clips_are_left_alone() -> None:
    fix = correction("apex", "10", "12")
    assert apply_corrections("samm", [CODING], corrections=[fix]) == ([CODING], [])
    other = CODING.with_changes(clip=ClipKey("casme2", "sub02", "EP01"))
    assert apply_corrections("casme2", [other], corrections=[fix]) == ([other], [])


def test_a_renamed_database_is_corrected_as_its_layout() -> None:
    renamed = CODING.with_changes(clip=ClipKey("mine", "sub01", "EP01"))
    corrected, _ = apply_corrections(
        "casme2", [renamed], corrections=[correction("apex", "10", "12")]
    )
    assert corrected[0].apex == 12


def test_the_shipped_table_is_whole() -> None:
    shipped = known_corrections()
    assert shipped
    assert len({(c.layout, c.subject, c.clip, c.field) for c in shipped}) == len(shipped)
    assert all(c.reason and c.source for c in shipped)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no field of a coding"):
        correction("fps", "1", "2")
