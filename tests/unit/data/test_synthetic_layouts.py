"""What holds for every layout that can be synthesised."""

from __future__ import annotations

from pathlib import Path

import pytest

from mexlab.data.databases.registry import readers
from mexlab.data.synthetic import LayoutWriter, Order, synthesise, writers
from mexlab.errors import InputError

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


@EVERY
def test_same_seed_same_bytes(writer: LayoutWriter, tmp_path: Path) -> None:
    first = files(writer, small(writer), tmp_path / "a")
    assert first == files(writer, small(writer), tmp_path / "b")
    assert first != files(writer, small(writer, seed=8), tmp_path / "c")


@EVERY
def test_nothing_is_written_that_the_writer_does_not_own(
    writer: LayoutWriter, tmp_path: Path
) -> None:
    options = {"subjects": 1, "clips": 2, "jobs": 1}
    if writer.fps is not None:
        options |= {"seconds": 8 / writer.fps, "width": 48}
    for quirks in ([quirk.name for quirk in writer.quirks], ()):
        # The second writes over the first, which a foreign file in it would forbid.
        summary = synthesise(writer.name, tmp_path / "db", quirks=quirks, **options)
        assert summary.clips >= 1
        assert summary.frames >= 1


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
