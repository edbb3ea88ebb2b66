from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import EDITABLE, Coding, DurationCriterion, check_coding

KEY = ClipKey("casme2", "sub01", "EP02_01f")


def coding(
    onset: int | None, apex: int | None, offset: int | None, emotion: str = "fear"
) -> Coding:
    marks = {"onset": onset, "apex": apex, "offset": offset}
    return Coding(KEY, "anna", **marks, emotion=emotion, action_units="4+7" if emotion else "")


def findings(one: Coding, **options: object) -> list[tuple[str, str, str]]:
    settings = {"fps": 200.0, "first": 1, "last": 200, **options}
    return [(f.level, f.field, f.message) for f in check_coding(one, **settings)]  # type: ignore[arg-type]


def test_a_good_coding_only_has_its_duration_confirmed() -> None:
    # 100 frames at 200 fps: 500 ms, which is still within.
    assert findings(coding(46, 80, 146)) == [("ok", "offset", "500 ms: within 500 ms (total)")]


def test_one_frame_is_within_no_limit_but_a_blink_may_be_one() -> None:
    one = coding(46, 46, 46)
    assert findings(one) == [
        ("warning", "offset", "onset and offset are one frame: nothing moves in between")
    ]
    assert findings(one.with_changes(kind="blink", apex=None)) == []


def test_an_untouched_coding_has_nothing_to_find() -> None:
    assert findings(coding(None, None, None, "")) == []


@pytest.mark.parametrize(
    ("marks", "field", "message"),
    [
        ((80, 46, 146), "onset", "onset 80 comes after apex 46"),
        ((46, 150, 146), "apex", "apex 150 comes after offset 146"),
        ((46, 46, 146), "apex", "apex is the onset frame itself: no rise between them"),
        ((46, 146, 146), "apex", "apex is the offset frame itself: no fall between them"),
        ((46, None, 46), "offset", "onset and offset are one frame: nothing moves in between"),
        ((46, 80, 147), "offset", "505 ms: longer than 500 ms (total), not a micro-expression"),
        ((0, 80, 90), "onset", "onset 0 lies outside the clip (1–200)"),
        ((150, 180, 201), "offset", "offset 201 lies outside the clip (1–200)"),
        ((46, None, 146), "apex", "no apex yet: it will be kept as incomplete"),
        ((46, None, None), "apex", "no apex, no offset yet: it will be kept as incomplete"),
    ],
)
def test_each_fault_warns_of_its_field(
    marks: tuple[int | None, ...], field: str, message: str
) -> None:
    assert ("warning", field, message) in findings(coding(*marks))


def test_a_missing_emotion_is_told_once_a_mark_is_set() -> None:
    assert ("warning", "emotion", "no emotion yet") in findings(coding(46, 80, 146, ""))


def test_missing_action_units_are_told_where_they_are_coded() -> None:
    bare = coding(46, 80, 146).with_changes(action_units=" ")
    told = ("warning", "action_units", "no action units yet")
    assert told in findings(bare)
    assert told not in findings(coding(46, 80, 146))
    # SMIC has none.
    assert told not in findings(bare, units_coded=False)


def test_a_label_or_a_commit_without_marks_is_incomplete_too() -> None:
    blank = coding(None, None, None, "")
    for begun in (
        blank.with_changes(emotion="fear"),
        blank.with_changes(action_units="4"),
        blank.with_changes(status="committed"),
    ):
        messages = [message for _, _, message in findings(begun)]
        assert "no onset, no apex, no offset yet: it will be kept as incomplete" in messages
    assert findings(blank.with_changes(status="draft", note="look again")) == []


def test_the_other_criterion_counts_onset_to_apex() -> None:
    criterion = DurationCriterion("onset-apex")
    assert findings(coding(46, 96, 190), criterion=criterion) == [
        ("ok", "offset", "250 ms: within 250 ms (onset to apex)")
    ]
    (found,) = findings(coding(46, 97, 190), criterion=criterion)
    assert found[0] == "warning"
    assert found[2].startswith("255 ms: longer than 250 ms")


def test_without_fps_durations_are_not_guessed() -> None:
    assert findings(coding(46, 80, 190), fps=None) == []


def test_order_is_judged_before_duration() -> None:
    assert not any("ms" in message for _, _, message in findings(coding(146, 80, 46)))


def test_the_record_holds_what_a_coder_edits() -> None:
    one = coding(46, 80, 146).with_changes(note="left brow", status="draft")
    assert set(one.editable()) == set(EDITABLE)
    assert one.to_record()["clip"] == "casme2/sub01/EP02_01f"
    assert Coding(KEY, "anna", **one.editable()) == one


def test_a_macro_expression_is_not_measured_by_the_criterion_of_micro_ones() -> None:
    long = coding(46, 80, 190)
    assert findings(long.with_changes(kind="macro")) == []
    for kind in ("", "micro"):
        (found,) = findings(long.with_changes(kind=kind))
        assert found[2].startswith("720 ms: longer than 500 ms")
