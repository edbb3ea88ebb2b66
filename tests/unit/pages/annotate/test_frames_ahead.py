"""Frames of neighbouring clips: pictures go ahead, codings never do."""

from __future__ import annotations

import json
import threading

import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.pages.annotate import frames_ahead
from mexlab.pages.annotate.frames_ahead import FramesAhead
from mexlab.pages.annotate.machine.ribbon import MotionRibbon
from mexlab.pages.annotate.page import AnnotatePage

OTHER = ClipKey("lab", "s1", "clip2")


@pytest.fixture
def told():
    return []


@pytest.fixture
def ahead(annotated, told):
    return FramesAhead(
        annotated.store.clip,
        lambda key: annotated.store.coding(key, "anna").coding.onset,
        lambda answer, buffers: told.append((answer, buffers)),
    )


def ask(ahead, key, indices=(), request=1):
    ahead.ask({"kind": "ahead", "clip": str(key), "request": request, "indices": list(indices)})
    assert ahead.wait(10)


def test_the_first_answer_says_what_the_clip_is_and_brings_its_first_picture(
    ahead, told, annotated, key
):
    ask(ahead, key, request=7)
    answer, buffers = told[0]
    assert (answer["kind"], answer["request"]) == ("ahead", 7)
    assert answer["record"]["numbers"] == list(range(46, 66))
    assert answer["frames"] == [{"index": 0, "mime": "image/jpeg"}]
    assert buffers == [annotated.store.clip(key).frames.encoded(46).data]
    ask(ahead, key, [3, 1, 2])
    answer, buffers = told[1]
    assert [frame["index"] for frame in answer["frames"]] == [1, 2, 3]
    assert buffers[0] == annotated.store.clip(key).frames.encoded(47).data


def test_no_mark_or_label_goes_ahead_of_the_opening(ahead, told, annotated, key):
    """Neither the database's coding (blind) nor the coder's own (it might be stale by then)."""
    changes = {"apex": 57, "offset": 61, "emotion": "fear", "note": "glare"}
    annotated.store.change_coding(key, "anna", changes, page="test")
    ask(ahead, key)
    sent = json.dumps(told[0][0])
    assert "marks" not in told[0][0]["record"]
    for word in ("fear", "glare", "happiness", "apex", "onset"):
        assert word not in sent


def test_a_coded_clip_comes_with_the_picture_at_which_it_opens(ahead, told, annotated, key):
    annotated.store.change_coding(key, "anna", {"onset": 52}, page="test")
    ask(ahead, key)
    assert told[0][0]["record"]["frame"] == 52
    assert told[0][0]["frames"][0]["index"] == 6


def test_what_cannot_be_had_is_answered_with_nothing(ahead, told):
    ask(ahead, "lab/s9/none", request=3)
    ask(ahead, OTHER, [1, 2], request=4)  # asked for before it was known
    assert told == [
        ({"kind": "ahead", "request": n, "frames": [], "failures": []}, []) for n in (3, 4)
    ]


def test_where_the_face_is_follows_the_first_frames_once(annotated, told, key):
    asked = []

    def face(*given):
        asked.append(given)
        return {"left": 3, "top": 4, "width": 20, "height": 22}

    ahead = FramesAhead(
        annotated.store.clip,
        lambda _key: 52,
        lambda answer, buffers: told.append((answer, buffers)),
        face,
    )
    ask(ahead, key)
    ask(ahead, key, range(7, 15))
    assert [answer["kind"] for answer, _ in told] == ["ahead", "ahead"]
    # All that go ahead have gone: only now.
    ask(ahead, key, [0, 1, 2, 3, 4, 5, 15])
    assert asked == [(key, 52)]
    size = {"width": 32, "height": 24}
    place = {"left": 3, "top": 4, "width": 20, "height": 22}
    assert told[-1] == ({"kind": "face", "clip": str(key), "size": size, **place}, [])
    ask(ahead, key, [16])
    assert len(asked) == 1
    assert told[-1][0]["kind"] == "ahead"


def test_no_face_is_told_too_and_a_search_that_fails_is_not(annotated, told, key):
    def fails(*_given):
        raise RuntimeError("nobody foresaw it")

    for face in (lambda *_given: None, fails):
        ahead = FramesAhead(
            annotated.store.clip,
            lambda _key: None,
            lambda answer, buffers: told.append((answer, buffers)),
            face,
        )
        ask(ahead, key)
        ask(ahead, key, range(1, 17))
    kinds = [answer["kind"] for answer, _ in told]
    assert kinds == ["ahead", "ahead", "face", "ahead", "ahead"]
    assert "left" not in told[2][0]


def test_few_openings_are_held_and_each_is_taken_once(ahead, key, monkeypatch):
    monkeypatch.setattr(frames_ahead, "MOST_CLIPS", 1)
    ask(ahead, key)
    ask(ahead, OTHER)
    assert ahead.take(key) is None
    assert ahead.take(OTHER).clip.key == OTHER
    assert ahead.take(OTHER) is None


@pytest.fixture
def page(annotated, monkeypatch):
    monkeypatch.setattr(MotionRibbon, "_ask", lambda *_args, **_kwargs: None)
    return AnnotatePage(annotated)


def test_the_page_opens_a_clip_under_the_name_that_the_browser_knows(page, annotated, monkeypatch):
    came = threading.Event()
    sent = []

    def send(content, buffers=None):
        sent.append(content)
        came.set()

    monkeypatch.setattr(page.ahead, "_tell", send)
    page._on_player_message(page.player, {"kind": "ahead", "clip": str(OTHER), "indices": []}, [])
    assert came.wait(10)
    # Coded in another tab since: the coding is that of now, not that of the question.
    annotated.store.change_coding(OTHER, "anna", {"onset": 55}, page="test")
    page.list.selected = str(OTHER)
    assert page.player.clip["token"] == sent[0]["record"]["token"]
    assert page.player.clip["frame"] == 55
    assert page.player.clip["marks"]["onset"] == 55
    assert page.form.state["coding"]["onset"] == 55


def test_frames_of_a_clip_that_is_being_chosen_are_sent_before_it_is_open(
    page, annotated, monkeypatch
):
    """The player asks for more of what it shows before the list has told of the choice."""
    sent = []
    monkeypatch.setattr(
        page.player, "send", lambda content, buffers=None: sent.append((content, buffers))
    )
    monkeypatch.setattr(page.ahead, "_tell", lambda content, buffers: sent.append((content, [])))
    page._on_player_message(page.player, {"kind": "ahead", "clip": str(OTHER), "indices": []}, [])
    assert page.ahead.wait(10)
    token = sent.pop()[0]["record"]["token"]
    last = len(annotated.store.clip(OTHER).frames.numbers) - 1
    want = {"kind": "want", "token": token, "request": 2, "indices": [last]}
    page._on_player_message(page.player, want, [])
    content, buffers = sent.pop()
    assert (content["kind"], content["token"], content["request"]) == ("frames", token, 2)
    number = annotated.store.clip(OTHER).frames.numbers[last]
    assert buffers == [annotated.store.clip(OTHER).frames.encoded(number).data]
    # Still under that name once it is open, and no longer once another is.
    page.list.selected = str(OTHER)
    page._on_player_message(page.player, want, [])
    assert sent.pop()[0]["kind"] == "frames"
    page.list.selected = "lab/s1/clip1"
    page._on_player_message(page.player, want, [])
    assert sent.pop()[0] == {"kind": "not-yet", "of": "want", "token": token, "request": 2}


@pytest.mark.parametrize("error", [InputError("it is gone"), RuntimeError("nobody foresaw it")])
def test_a_clip_that_cannot_be_opened_is_said_and_left(page, key, monkeypatch, error):
    sent = []
    monkeypatch.setattr(page.player, "send", lambda content, buffers=None: sent.append(content))

    def gone(_key):
        raise error

    monkeypatch.setattr(page.desk, "state", gone)
    page.list.selected = str(OTHER)
    assert sent == [{"kind": "not-opened", "clip": str(OTHER)}]
    assert page.list.selected == str(key) == str(page.clip)
    assert page._above.children
    assert page.frames.clip.key == key


def test_what_no_reader_foresaw_is_answered_and_the_next_question_too(ahead, told, annotated, key):
    """A thread that ended with its error would drop every later question."""
    load = ahead._load
    ahead._load = lambda _key: 1 / 0
    ask(ahead, key, request=1)
    ahead._load = load
    ask(ahead, key, request=2)
    assert [answer["request"] for answer, _ in told] == [1, 2]
    assert told[0][0]["frames"] == []
    assert told[1][0]["record"]["numbers"][0] == 46
