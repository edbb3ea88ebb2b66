"""Blinks and head movements: events with a beginning and an end, judged as nothing else."""

from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.codings import EVENT_KINDS, Coding, check_coding

KEY = ClipKey("casme2", "sub01", "EP02_01f")


def messages(**fields):
    coding = Coding(KEY, "anna", expression=2, **fields)
    return [finding.message for finding in check_coding(coding, fps=200.0, first=1, last=400)]


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_an_event_needs_no_apex_no_emotion_and_may_be_long(kind):
    assert messages(kind=kind, onset=10, offset=300) == []


def test_an_event_that_was_not_ended_is_told():
    assert messages(kind="blink", onset=10) == ["no offset of this blink yet"]
    assert messages(kind="head", offset=10) == ["no onset of this head movement yet"]


def test_order_and_range_hold_for_events_too():
    assert "onset 20 comes after offset 10" in messages(kind="blink", onset=20, offset=10)
    assert "offset 401 lies outside the clip (1–400)" in messages(
        kind="blink", onset=20, offset=401
    )
