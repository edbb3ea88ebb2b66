from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError


@pytest.mark.parametrize(
    "key",
    [
        ClipKey("casme2", "sub01", "EP02_01f"),
        ClipKey("lab", "Zoë K", "clip é 1"),
        ClipKey("a", "b", "c/d"),
        ClipKey("cas_me2", "s15", "15_0101disgustingteeth", 2),
        ClipKey("lab", "s1", "take#2"),
        ClipKey("lab", "s1", "take#2", 3),
        ClipKey("lab", "s1", "#2"),
    ],
)
def test_a_key_is_read_back_from_its_text(key: ClipKey) -> None:
    assert ClipKey.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "casme2", "casme2/sub01", "casme2//EP02", "//"])
def test_what_is_no_key_is_refused_with_the_spelling(text: str) -> None:
    with pytest.raises(InputError, match="database/subject/name"):
        ClipKey.parse(text)


def test_two_databases_subjects_are_two_people() -> None:
    smic, casme2 = ClipKey("smic", "s01", "a"), ClipKey("casme2", "s01", "a")
    assert smic.group != casme2.group
    assert ClipKey("smic", "s01", "b").group == smic.group


def test_an_expression_is_named_by_its_clip_and_its_number() -> None:
    first = ClipKey("samm_lv", "006", "006_1")
    second = first.of_expression(2)
    assert (str(first), str(second)) == ("samm_lv/006/006_1", "samm_lv/006/006_1#2")
    assert second != first
    assert second.clip == first
    assert second.group == first.group
    assert (first.title, second.title) == ("006_1", "006_1, expression 2")
    assert sorted([ClipKey("samm_lv", "006", "006_2"), second, first])[:2] == [first, second]
