"""What holds for every layout that can be synthesised."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, OFFICIAL_SUBJECTS
from mexlab.data.databases.official import official_of
from mexlab.data.databases.registry import readers
from mexlab.data.labels.schemes import label_scheme
from mexlab.errors import InputError
from mexlab.synthetic import LayoutWriter, Order, synthesise, writers
from mexlab.synthetic.layouts.census import deal

EVERY = pytest.mark.parametrize("writer", writers().values(), ids=list(writers()))


def small(writer: LayoutWriter, seed: int = 7, **options: object) -> Order:
    if writer.fps is None:
        return Order(2, seed, writer.default_quirks(), clips=2)
    seconds = 8 / writer.fps
    return Order(1, seed, writer.default_quirks(), clips=2, seconds=seconds, width=48)


def files(writer: LayoutWriter, order: Order, root: Path) -> dict[str, bytes]:
    """The files of the first clip and of the sheets."""
    clips = writer.plan(order)
    writer.write_clip(root, clips[0])
    writer.write_sheets(root, clips, order)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_every_layout_that_is_read_can_be_written() -> None:
    assert set(writers()) == set(readers())


@EVERY
def test_same_seed_same_bytes(writer: LayoutWriter, tmp_path: Path) -> None:
    first = files(writer, small(writer), tmp_path / "a")
    assert first == files(writer, small(writer), tmp_path / "b")
    assert first != files(writer, small(writer, seed=8), tmp_path / "c")


@EVERY
def test_nothing_is_written_that_the_writer_does_not_own(
    writer: LayoutWriter, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = {"subjects": 1, "clips": 2, "jobs": 1}
    if writer.fps is not None:
        options |= {"seconds": 8 / writer.fps, "width": 48}
    for quirks in ([quirk.name for quirk in writer.quirks], ()):
        # The second writes over the first, which a foreign file in it would forbid.
        summary = synthesise(writer.name, tmp_path / "db", quirks=quirks, **options)
        assert summary.clips >= 1
        assert summary.frames >= 1
    # Libraries complain on standard error of what they do not like about a file.
    assert capfd.readouterr().err == ""


@EVERY
def test_quirks_are_named_and_told_in_a_sentence(writer: LayoutWriter) -> None:
    assert writer.name in readers()
    assert readers()[writer.name].title == writer.title
    names = [quirk.name for quirk in writer.quirks]
    assert len(set(names)) == len(names)
    for quirk in writer.quirks:
        assert quirk.name == quirk.name.lower().replace(" ", "-")
        assert len(quirk.sentence) > 15
        assert not quirk.sentence.endswith(".")
    with pytest.raises(InputError, match=f"'ghosts'.* Known quirks of {writer.name}: "):
        writer.check_quirks(["ghosts"])


@EVERY
def test_clips_and_seconds_bound_the_plan(writer: LayoutWriter) -> None:
    def taken(order: Order) -> int:
        return len(writer.plan(order))

    few, more = Order(2, 0, clips=2), Order(2, 0, clips=3)
    assert 0 < taken(few) < taken(more)
    if writer.fps is not None:
        frames = [clip.script.count for clip in writer.plan(Order(2, 0, clips=2, seconds=0.5))]
        assert 0 < max(frames) <= max(6, round(0.5 * writer.fps))


def whole(layout: str, seconds: float = 1.0) -> tuple[Order, list[Any]]:
    writer = writers()[layout]
    assert writer.people is not None
    order = Order(writer.people, 0, writer.default_quirks(), seconds=seconds, full=True)
    return order, list(writer.plan(order))


@pytest.mark.parametrize(
    ("layout", "title"),
    [("smic", "SMIC-HS"), ("samm", "SAMM"), ("ckplus", "CK+"), ("casme2", "CASME II")],
)
def test_a_whole_release_has_the_published_clips_and_people(layout: str, title: str) -> None:
    official = official_of(layout, title)
    assert official is not None
    order, plan = whole(layout)
    clips = [clip for clip in plan if "_non_" not in clip.name and getattr(clip, "in_sheet", True)]
    assert len(clips) == len({(clip.folder, clip.name) for clip in clips}) == official.clips
    assert len({clip.folder for clip in clips}) == order.subjects == official.subjects
    emotions = Counter(clip.emotion for clip in clips if clip.emotion)
    assert emotions == official.emotions


def test_the_whole_casme2_gives_the_composite_its_145_clips_of_24_people() -> None:
    _, plan = whole("casme2")
    scheme = label_scheme("megc2019")
    known = [
        (clip.folder, label)
        for clip in plan
        if clip.in_sheet
        and (clip.folder, clip.name) not in {("sub04", "EP12_01f"), ("sub05", "EP09_05f")}
        and (label := scheme.classify("casme2", clip.emotion))
    ]
    assert Counter(label for _, label in known) == {"negative": 88, "positive": 32, "surprise": 25}
    assert len({folder for folder, _ in known}) == 24


def test_the_whole_smic_has_71_clips_of_its_slow_cameras() -> None:
    _, plan = whole("smic")
    filmed = [clip for clip in plan if any("/VIS/" in view.files for view in clip.views)]
    assert {"s3_po_08", "s3_ne_16", "s3_sur_05", "s18_sur_03"} <= {clip.name for clip in plan}
    assert (len(filmed), len({clip.folder for clip in filmed})) == (71, 8)


def test_the_whole_smic_e_has_157_clips() -> None:
    _, plan = whole("smic_e")
    assert len({clip.name for clip in plan}) == 157


def test_the_whole_samm_lv_has_its_videos_and_kinds() -> None:
    order, plan = whole("samm_lv")
    kinds = Counter(one.kind for video in plan for one in video.shown)
    assert (len({video.name for video in plan}), order.subjects) == (147, 30)
    assert kinds == {"macro": 343, "micro": 159}
    named = {video.filename(at) for video in plan for at in range(len(video.shown))}
    assert {"020_6_5", "036_7_4"} <= named


@pytest.mark.parametrize(
    ("layout", "title"),
    [("casme", "CASME"), ("mmew", "MMEW"), ("4dme", "4DME"), ("cas_me3", "CAS(ME)3 part A")],
)
def test_a_whole_release_has_its_micro_expressions(layout: str, title: str) -> None:
    official = official_of(layout, title)
    assert official is not None
    order, plan = whole(layout, seconds=2.0)
    assert len({clip.folder for clip in plan}) == order.subjects
    assert official.subjects in (None, order.subjects)
    assert len({(clip.folder, clip.name) for clip in plan}) == len(plan)
    coded = [one.shown.kind for clip in plan for one in getattr(clip, "coded", ())]
    single = [clip for clip in plan if not getattr(clip, "macro", False)]
    assert (coded.count("micro") or len(single)) == official.micro


def test_the_whole_cas_me2_has_its_videos_and_kinds() -> None:
    order, plan = whole("cas_me2")
    kinds = Counter(one.kind for video in plan for one in video.shown)
    assert (len({video.name for video in plan}), order.subjects) == (98, 22)
    assert kinds == {"macro": 300, "micro": 57}
    assert len([video for video in plan if not video.shown]) == 1


def test_the_whole_feature_release_is_the_composite() -> None:
    _, plan = whole("ststnet")
    found = Counter((one.component, one.label) for one in plan)
    assert found == {
        (component, label): number
        for component, counts in OFFICIAL_COUNTS.items()
        for label, number in enumerate(counts)
    }
    assert len({(one.folder, one.clip) for one in plan}) == 442
    for component, subjects in OFFICIAL_SUBJECTS.items():
        assert len({one.folder for one in plan if one.component == component}) == subjects


def test_labels_are_dealt_evenly_and_completely() -> None:
    hands = deal({"a": 50, "b": 10, "c": 2}, range(10), alone={9: "b"})
    assert hands[9] == ["b", "b"]
    assert Counter(card for hand in hands.values() for card in hand) == {"a": 50, "b": 10, "c": 2}
    others = [hand for holder, hand in hands.items() if holder != 9]
    assert {len(hand) for hand in others} <= {6, 7}
    for label in "abc":
        held = [hand.count(label) for hand in others]
        assert max(held) - min(held) <= 1


def test_a_whole_release_takes_no_number_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its own number of subjects and clips"):
        synthesise("samm", tmp_path / "db", full=True, clips=2)
    with pytest.raises(InputError, match="Folder of own recordings cannot be written whole"):
        synthesise("folder", tmp_path / "db", full=True)
