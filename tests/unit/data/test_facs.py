from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mexlab.data import facs
from mexlab.data.facs import (
    AU_NAMES,
    INTENSITIES,
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
        ("X12", 0, "X12", "no action unit"),
        ("0", 0, "0", "no action unit 0"),
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


units = st.builds(
    Unit,
    number=st.sampled_from(sorted(AU_NAMES)),
    side=st.sampled_from(["", *SIDES]),
    intensity=st.sampled_from(["", *INTENSITIES]),
    uncertain=st.booleans(),
    static=st.booleans(),
    reference=st.booleans(),
)
ranged = st.builds(
    Unit,
    number=st.sampled_from(sorted(AU_NAMES)),
    side=st.sampled_from(["", *SIDES]),
    intensity=st.sampled_from(INTENSITIES),
    intensity_to=st.sampled_from(INTENSITIES),
)
unit = units | ranged
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
    assert parse_action_units(str(value)) == value


@given(st.text("0123456789LRTBABCDE?@+,;&()/ orkefAU\t\u00a0sotcu", max_size=30) | st.text())
@settings(max_examples=600, deadline=None)
def test_any_text_is_parsed_and_its_normal_form_is_final(text: str) -> None:
    parsed = parse_action_units(text)
    for problem in parsed.problems:
        assert text[problem.position :].startswith(problem.text)
    again = parse_action_units(str(parsed))
    assert again.parts == parsed.parts
    assert again.links == parsed.links
    assert str(again) == str(parsed)


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(facs).failed == 0
