"""Synthetic databases without blinks, or without glare: all else is as it was."""

from pathlib import Path

import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.synthetic import Order, load_truth, read_marker, synthesise
from mexlab.synthetic.filming.takes import perform
from mexlab.synthetic.layouts.casme2 import plan
from mexlab.synthetic.synthesis import undisturbed


def test_without_blinks_the_lids_stay_open_and_the_motion_is_the_same(tmp_path: Path):
    size = {"subjects": 1, "seconds": 0.1, "jobs": 1, "quirks": (), "width": 64}
    synthesise("casme2", tmp_path / "with", **size)
    synthesise("casme2", tmp_path / "without", **size, blinks=False, glare=False)
    clips = [path.stem for path in sorted((tmp_path / "with" / "truth" / "sub01").iterdir())]
    pairs = [
        [load_truth(tmp_path / which, "sub01", clip) for which in ("with", "without")]
        for clip in clips
    ]
    assert any(len(one.blinks) for one, _ in pairs)
    assert not any(len(other.blinks) for _, other in pairs)
    for one, other in pairs:
        np.testing.assert_array_equal(one.flow, other.flow)
        np.testing.assert_array_equal(one.head, other.head)
    marker = read_marker(tmp_path / "without") or {}
    assert (marker["blinks"], marker["glare"]) == (False, False)
    assert "blinks" not in (read_marker(tmp_path / "with") or {})


def test_without_glare_only_the_lenses_differ():
    order = Order(16, 0, glare=False)
    clip = next(one for one in plan(order) if one.script.glare and not one.script.blinks)
    calm = undisturbed(clip, order)
    assert calm.script.blinks == clip.script.blinks
    index = clip.script.apex
    bright, dull = (perform(one).picture(index).astype(int) for one in (clip, calm))
    assert 0 < (bright != dull).any(axis=2).mean() < 0.1
    assert (bright >= dull).all()


def test_features_have_nobody_who_could_blink(tmp_path: Path):
    with pytest.raises(InputError, match=r"blinks: .* has features only"):
        synthesise("ststnet", tmp_path / "x", blinks=False)
