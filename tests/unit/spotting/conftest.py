"""A few synthetic clips with the apex that is known of each, and what the machines say."""

from __future__ import annotations

import pytest

from mexlab.data.databases.registry import read_database
from mexlab.features.cache import FlowCache
from mexlab.features.curves import motion_curves
from mexlab.features.face_motion import CURVE_SETTINGS
from mexlab.spotting.apex import dc_rois_apex, strain_apex
from mexlab.synthetic import synthesise

CLIPS = 3


@pytest.fixture(scope="module")
def synthetic_apexes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apexes")
    synthesise("casme2", folder / "casme2", subjects=1, seed=5)
    database = read_database("casme2", folder / "casme2")
    truth = {coding.clip: coding for coding in database.codings}
    cache = FlowCache(folder / "cache")
    found = []
    for clip in [clip for clip in database.clips if truth[clip.key].apex is not None][:CLIPS]:
        first = int(clip.frames.numbers[0])
        points = cache.landmarks(clip.frames, first, first, CURVE_SETTINGS)
        spots = {
            "dc_rois": dc_rois_apex(clip.frames, points),
            "strain": strain_apex(motion_curves(clip.frames, cache=cache)),
        }
        found.append((spots, truth[clip.key].apex))
    return found
