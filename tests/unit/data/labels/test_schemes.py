from __future__ import annotations

import pytest

from mexlab.data.labels.schemes import THREE_CLASSES, label_scheme, label_schemes
from mexlab.errors import InputError


@pytest.mark.parametrize(
    ("layout", "emotion", "expected"),
    [
        ("casme2", "disgust", "negative"),
        ("casme2", "Repression ", "negative"),
        ("casme2", "happiness", "positive"),
        ("casme2", "surprise", "surprise"),
        # Too few to be taken in: CASME II has a rule of its own.
        ("casme2", "fear", None),
        ("casme2", "sadness", None),
        ("casme2", "others", None),
        ("samm", "Fear", "negative"),
        ("samm", "Contempt", "negative"),
        ("samm", "Other", None),
        ("smic", "negative", "negative"),
        ("casme", "comtempt", "negative"),
        ("casme", "tense", None),
        ("ststnet", "surprise", "surprise"),
        ("folder", "anger", "negative"),
        ("casme2", "", None),
    ],
)
def test_megc2019(layout: str, emotion: str, expected: str | None) -> None:
    scheme = label_scheme("megc2019")
    assert scheme.classify(layout, emotion) == expected
    assert (scheme.reason_left_out(layout, emotion) is None) == (expected is not None)


def test_classes_are_in_the_official_order() -> None:
    assert label_scheme("MEGC2019").classes == THREE_CLASSES == ("negative", "positive", "surprise")


def test_the_two_rows_without_a_full_coding_are_left_out_with_their_reason() -> None:
    scheme = label_scheme("megc2019")
    reason = scheme.reason_left_out("casme2", "disgust", "sub05", "EP09_05f")
    assert reason is not None
    assert "onset as the apex" in reason
    assert scheme.reason_left_out("casme2", "disgust", "sub05", "EP09_04f") is None


def test_reasons_tell_an_uncoded_clip_from_an_emotion_without_a_class() -> None:
    scheme = label_scheme("megc2019")
    assert scheme.reason_left_out("casme2", "") == "no emotion coded"
    assert (
        scheme.reason_left_out("casme2", "others") == "megc2019 has no class for 'others' of casme2"
    )


def test_native_keeps_the_emotions_in_one_spelling() -> None:
    scheme = label_scheme("native")
    assert scheme.classify("casme2", "Others") == "others"
    assert scheme.classify("casme", "comtempt") == "contempt"
    assert scheme.classify("casme", "tense") == "tense"
    assert scheme.classify("casme", " ") is None


def test_unknown_scheme_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=", ".join(label_schemes())):
        label_scheme("megc2018")
