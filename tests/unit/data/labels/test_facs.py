from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mexlab.data.labels import facs
from mexlab.data.labels.facs import (
    AU_NAMES,
    INTENSITIES,
    MOVEMENT_NAMES,
    REMARKS,
    SIDES,
    ActionUnits,
    Alternatives,
    Remark,
    Unit,
    parse_action_units,
)


@pytest.mark.parametrize(
    ("text", "normal", "parts"),
    [
        ("", "", ()),
        ("  ", "", ()),
        ("4", "4", (Unit(4),)),
        ("4+7", "4+7", (Unit(4), Unit(7))),
        ("L12", "L12", (Unit(12, "L"),)),
        ("12B", "12B", (Unit(12, "", "B"),)),
        ("B12", "B12", (Unit(12, "B"),)),
        ("T23+B23", "T23+B23", (Unit(23, "T"), Unit(23, "B"))),
        ("L2+12", "L2+12", (Unit(2, "L"), Unit(12))),
        ("L12B+4", "L12B+4", (Unit(12, "L", "B"), Unit(4))),
        (
            "(R6 or R12) + R15",
            "(R6 or R12)+R15",
            (Alternatives(((Unit(6, "R"),), (Unit(12, "R"),))), Unit(15, "R")),
        ),
        ("1A+2B+L14C", "1A+2B+L14C", (Unit(1, "", "A"), Unit(2, "", "B"), Unit(14, "L", "C"))),
        ("ref(7B)+43C", "ref(7B)+43C", (Unit(7, "", "B", reference=True), Unit(43, "", "C"))),
        ("4A/B", "4A/B", (Unit(4, "", "A", intensity_to="B"),)),
        ("R14+17+soft focus", "R14+17+soft focus", (Unit(14, "R"), Unit(17), Remark("soft focus"))),
        ("AU4(k)+L7", "4(k)+L7", (Unit(4, static=True), Unit(7, "L"))),
        ("51@52", "51@52", (Unit(51), Unit(52))),
        ("?", "?", (Remark("?"),)),
        ("4?", "4?", (Unit(4, uncertain=True),)),
        ("4(?)", "4?", (Unit(4, uncertain=True),)),
        ("4/7", "(4 or 7)", (Alternatives(((Unit(4),), (Unit(7),))),)),
        (
            "(6+12 OR 14)",
            "(6+12 or 14)",
            (Alternatives(((Unit(6), Unit(12)), (Unit(14),))),),
        ),
        ("(4)", "4", (Unit(4),)),
        ("l12b, au4 ; R7&AU 1 2", "L12B+4+R7+1+2", None),
        ("01+02", "1+2", (Unit(1), Unit(2))),
        ("4 + 7", "4+7", (Unit(4), Unit(7))),
        # As coders of FACS type them.
        ("AD19", "19", (Unit(19),)),
        ("M59+ad 29", "M59+29", (Unit(59, movement=True), Unit(29))),
        ("V12", "V12", (Unit(12, "V"),)),
        ("w12b", "W12B", (Unit(12, "W", "B"),)),
        ("A12+U14", "A12+U14", (Unit(12, "A"), Unit(14, "U"))),
        ("12 A4", "12+A4", (Unit(12), Unit(4, "A"))),
        ("0", "0", (Remark("0"),)),
        (" None ", "0", (Remark("0"),)),
        ("Neutral face", "0", (Remark("0"),)),
        ("AU0", "0", (Remark("0"),)),
        ("Ｌ１２Ｂ＋４、７　９", "L12B+4+7+9", (Unit(12, "L", "B"), Unit(4), Unit(7), Unit(9))),
        # Each side its own intensity, and two that exclude each other, are no contradiction.
        ("L12B+R12C", "L12B+R12C", None),
        ("12B@12C", "12B@12C", None),
        ("ref(7B)+7C", "ref(7B)+7C", None),
        ("12+12B", "12+12B", None),
    ],
)
def test_the_spellings_of_the_databases(
    text: str, normal: str, parts: tuple[facs.Part, ...] | None
) -> None:
    parsed = parse_action_units(text)
    assert str(parsed) == normal
    assert parsed.problems == ()
    if parts is not None:
        assert parsed.parts == parts


@pytest.mark.parametrize(
    ("text", "position", "raw", "reason"),
    [
        ("12+foo", 3, "foo", "no action unit"),
        ("  99", 2, "99", "no action unit 99"),
        ("4+12F", 2, "12F", "'F' is no intensity"),
        ("4+(6+7", 2, "(6", "brackets"),
        ("4+", 1, "+", "nothing follows"),
        ("4+ ", 1, "+", "nothing follows"),
        ("+4", 0, "+", "nothing stands before"),
        ("4++7", 2, "+", "nothing stands before"),
        ("@4", 0, "@", "nothing stands before"),
        ("4/", 0, "4/", "no action unit"),
        ("Q12", 0, "Q12", "no action unit"),
        ("4+0", 2, "0", "stands alone"),
        ("none, 4", 0, "none", "stands alone"),
        ("0B", 0, "0B", "no action unit 0"),
        ("4+M12", 2, "M12", "no movement M12 (known: M55"),
        ("12B+12C", 4, "12C", "12B and 12C contradict each other"),
        ("４、１２Ｂ＋１２Ｃ", 6, "１２Ｃ", "12B and 12C contradict each other"),
        ("12 A 4", 3, "A 4", "no action unit"),
        ("12345", 0, "12345", "no action unit"),
    ],
)
def test_what_cannot_be_parsed_is_kept_and_reported(
    text: str, position: int, raw: str, reason: str
) -> None:
    parsed = parse_action_units(text)
    problem = parsed.problems[0]
    assert (problem.position, problem.text) == (position, raw)
    assert reason in problem.reason
    assert text[problem.position :].startswith(problem.text)


def test_a_fault_does_not_hide_its_neighbours() -> None:
    parsed = parse_action_units("4+foo bar+L12B")
    assert parsed.units == (Unit(4), Unit(12, "L", "B"))
    assert parsed.remarks == ("foo bar",)
    assert str(parsed) == "4+foo bar+L12B"


def test_alternatives_count_as_uncertain_units() -> None:
    parsed = parse_action_units("(R6 or R12)+15")
    assert parsed.units == (
        Unit(6, "R", uncertain=True),
        Unit(12, "R", uncertain=True),
        Unit(15),
    )
    assert parsed.numbers == {6, 12, 15}
    assert parse_action_units("(6+12)").units == (Unit(6), Unit(12))


def test_static_units_are_no_part_of_the_expression() -> None:
    assert parse_action_units("4(k)+7").numbers == {7}


def test_units_are_spelled_out_in_words() -> None:
    assert parse_action_units("L12B+(6 or 7)+?").spelled_out() == [
        "left lip corner up (B)",
        "cheek up or lids tight",
        "could not tell",
    ]
    assert parse_action_units("AD19+W12B+A4+M59").spelled_out() == [
        "tongue shown",
        "lip corner up (B, left stronger by 2)",
        "brows together and down (uneven)",
        "head nods",
    ]
    assert parse_action_units("none").spelled_out() == ["nothing moves"]


def test_what_is_no_unit_of_the_face_is_not_counted_among_them() -> None:
    assert parse_action_units("M59+4").numbers == {4}
    assert parse_action_units("0").numbers == set()
    assert parse_action_units("0").neutral
    assert not parse_action_units("0+4").neutral


units = st.builds(
    Unit,
    number=st.sampled_from(sorted(AU_NAMES)),
    side=st.sampled_from(["", *SIDES]),
    intensity=st.sampled_from(["", *INTENSITIES]),
    uncertain=st.booleans(),
    static=st.booleans(),
    reference=st.booleans(),
)
movements = st.builds(
    Unit,
    number=st.sampled_from(sorted(MOVEMENT_NAMES)),
    uncertain=st.booleans(),
    movement=st.just(True),
)
ranged = st.builds(
    Unit,
    number=st.sampled_from(sorted(AU_NAMES)),
    side=st.sampled_from(["", *SIDES]),
    intensity=st.sampled_from(INTENSITIES),
    intensity_to=st.sampled_from(INTENSITIES),
)
unit = units | ranged | movements
option = st.lists(unit, min_size=1, max_size=3).map(tuple)
alternatives = (
    st.lists(option, min_size=1, max_size=3)
    .filter(lambda options: len(options) > 1 or len(options[0]) > 1)
    .map(lambda options: Alternatives(tuple(options)))
)
part = unit | alternatives | st.sampled_from([Remark("?"), *map(Remark, REMARKS)])


@st.composite
def action_units(draw: st.DrawFn) -> ActionUnits:
    parts = draw(st.lists(part, max_size=6))
    links = [draw(st.sampled_from("++@")) for _ in parts[1:]]
    return ActionUnits(tuple(parts), tuple(links))


@given(action_units())
@settings(max_examples=400, deadline=None)
def test_the_normal_form_parses_to_the_same(value: ActionUnits) -> None:
    again = parse_action_units(str(value))
    assert (again.parts, again.links) == (value.parts, value.links)
    # Drawn at random, one unit may have two intensities.
    assert all("contradict each other" in problem.reason for problem in again.problems)


@given(
    st.text("0123456789LRTBABCDEMVWUD?@+,;&()/ orkefAUnone\t\u00a0sotcu、＋１", max_size=30)
    | st.text()
)
@settings(max_examples=600, deadline=None)
def test_any_text_is_parsed_and_its_normal_form_is_final(text: str) -> None:
    parsed = parse_action_units(text)
    for problem in parsed.problems:
        assert text[problem.position :].startswith(problem.text)
    again = parse_action_units(str(parsed))
    assert again.parts == parsed.parts
    assert again.links == parsed.links
    assert str(again) == str(parsed)
