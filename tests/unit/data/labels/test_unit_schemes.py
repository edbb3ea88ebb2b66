"""Objective classes and the units of CD6ME, with the doubts that coders leave."""

from __future__ import annotations

import pytest

from mexlab.data.labels.schemes import label_scheme, label_schemes
from mexlab.data.labels.unit_schemes import (
    ABSENT,
    CD6ME,
    CD6ME_DATABASES,
    OBJECTIVE,
    ByUnit,
    Judgement,
    cd6me_units,
    objective_classes,
)
from mexlab.errors import InputError


@pytest.mark.parametrize(
    ("units", "label"),
    [(units, label) for label, combinations in OBJECTIVE.items() for units in combinations],
)
def test_every_combination_of_the_table_has_its_class(units: str, label: str) -> None:
    scheme = label_scheme("objective")
    assert scheme.classify("casme2", "others", units) == label
    # Neither side, intensity nor order count.
    other = "+".join(f"L{unit}B" for unit in reversed(units.split("+")))
    assert scheme.classify("samm", "", other) == label


def test_no_combination_stands_in_two_classes() -> None:
    every = [units for combinations in OBJECTIVE.values() for units in combinations]
    assert len(every) == len(set(every)) == 36
    assert label_scheme("objective").classes == ("I", "II", "III", "IV", "V", "VI", "VII")


@pytest.mark.parametrize(
    ("units", "label", "reason"),
    [
        ("14", "VII", None),
        ("R14+17+soft focus", "VII", None),
        ("4(k)+12", "I", None),
        ("(6 or 12)", "I", None),
        ("(6+12 or 7+12)", "I", None),
        ("(R6 or R12)+R15", None, "may be class V or VII"),
        ("4+?", None, "could not tell every unit"),
        ("?", None, "the coder could not tell the units"),
        ("", None, "no action units coded"),
        ("4(k)", None, "no action units coded"),
        ("4+foo", None, "at sign 3: 'foo' is no action unit"),
    ],
)
def test_doubts_leave_a_clip_out_and_say_so(
    units: str, label: str | None, reason: str | None
) -> None:
    scheme = label_scheme("objective")
    assert scheme.classify("samm", "anger", units) == label
    told = scheme.reason_left_out("samm", "anger", "006", "006_1_2", units)
    assert (told is None) == (reason is None)
    assert reason is None or reason in str(told)


def test_the_units_of_cd6me() -> None:
    assert CD6ME == (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17)
    assert len(CD6ME_DATABASES) == 6
    there = dict(zip(CD6ME, cd6me_units("L12A+4+43"), strict=True))
    assert [unit for unit, present in there.items() if present] == [4, 12]
    assert None not in there.values()
    doubt = dict(zip(CD6ME, cd6me_units("(6 or 12)+4+?"), strict=True))
    assert doubt[4] is True
    assert {doubt[unit] for unit in CD6ME if unit != 4} == {None}


@pytest.mark.parametrize("unit", CD6ME)
def test_every_unit_of_cd6me_is_a_scheme_of_its_own(unit: int) -> None:
    scheme = label_scheme(f"AU{unit}")
    assert scheme.classes == ("absent", "present")
    assert scheme.classify("samm", "anger", f"R{unit}C+43") == "present"
    assert scheme.classify("samm", "anger", "43") == "absent"
    assert scheme.classify("samm", "anger", f"({unit} or 43)") is None
    assert "leaves open" in str(scheme.reason_left_out("samm", "", "", "", f"({unit} or 43)"))


def test_schemes_of_emotions_take_no_notice_of_units() -> None:
    assert label_scheme("megc2019").classify("casme2", "happiness", "4") == "positive"
    assert label_schemes() == ("megc2019", "native", "objective")
    with pytest.raises(InputError, match="objective, and for one action unit au1, au2"):
        label_scheme("au13")


def test_a_face_that_does_not_move_has_no_unit_and_no_class() -> None:
    assert ByUnit(12).judge("none") == Judgement(ABSENT)
    assert objective_classes().judge("0").label is None
    assert ByUnit(59).judge("M59+12") == Judgement(ABSENT)
