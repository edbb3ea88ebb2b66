"""What the coding form says of emotions, action units and the database's coding."""

from __future__ import annotations

import pytest

from mexlab.data.codings import Coding
from mexlab.pages.annotate.desk import emotion_tone, parsed_units
from mexlab.pages.annotate.references import reference_sentence


def test_reference_sentence_without_an_apex(key):
    other = Coding(key, "database", onset=50, offset=60)
    assert reference_sentence(Coding(key, "anna"), other, 200.0) == "Database: 50 · – · 60."


@pytest.mark.parametrize(
    ("emotion", "tone"),
    [("happiness", "pos"), ("disgust", "neg"), ("surprise", "sur"), ("", "plain")],
)
def test_tone_of_an_emotion(emotion, tone):
    assert emotion_tone("casme2", emotion) == tone


def test_units_are_spelled_out_and_refused_with_a_reason():
    read = parsed_units("L12B+foo")
    assert [unit["text"] for unit in read["units"]] == ["L12B"]
    assert "left" in read["units"][0]["name"]
    assert read["problems"][0]["text"] == "foo"
    assert read["problems"][0]["reason"]


def test_what_a_coder_of_facs_types_is_read_or_explained():
    read = parsed_units("AD19+M59+12B+12C@4")
    assert [unit["name"] for unit in read["units"]][:2] == ["tongue shown", "head nods"]
    assert read["units"][1]["parts"] == [], "a face has no place for it"
    assert "exclude each other" in read["notes"][0]
    assert parsed_units("0")["units"][0]["name"] == "nothing moves"
    assert "contradict" in parsed_units("12B+12C")["problems"][0]["reason"]
