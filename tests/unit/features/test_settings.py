import json

import pytest

from mexlab.errors import InputError
from mexlab.features import settings as module
from mexlab.features.settings import FlowSettings
from mexlab.vision.flow import FLOW_METHODS

CHANGES = {
    "landmarks": "lbf:x",
    "margins": (25, 0, 5, 6),
    "face_size": (170, 140),
    "flow": "tvl1",
    "head_motion": "compensated",
    "eye_mask": False,
    "eye_mask_margin": 0.0,
    "input_size": 32,
}


def test_defaults_are_the_papers_where_it_names_one():
    settings = FlowSettings()
    assert settings.margins == (25, 0, 5, 5)
    assert settings.face_size == (140, 170)
    assert settings.head_motion == "as filmed"
    assert settings.eye_mask is True
    assert settings.input_size == 28


def test_every_field_changes_the_key():
    assert set(CHANGES) == set(FlowSettings().to_record())
    keys = {FlowSettings(**{name: value}).key() for name, value in CHANGES.items()}
    assert len(keys | {FlowSettings().key()}) == len(CHANGES) + 1


def test_the_maps_key_ignores_what_is_applied_later():
    own = FlowSettings().maps_key()
    same = {n for n, v in CHANGES.items() if FlowSettings(**{n: v}).maps_key() == own}
    assert same == {"eye_mask", "eye_mask_margin", "input_size"}


def test_round_trip_through_json():
    settings = FlowSettings(**CHANGES)
    back = FlowSettings.from_record(json.loads(json.dumps(settings.to_record())))
    assert back == settings
    assert back.key() == settings.key()
    assert FlowSettings.from_record({}) == FlowSettings()


def test_key_is_stable_across_versions_and_machines():
    """A changed key makes every cache worthless: change this line only on purpose."""
    assert FlowSettings(eye_mask_margin=5).key() == FlowSettings(eye_mask_margin=5.0).key()
    assert FlowSettings().maps_key() == "4285be523906f5193d3cb447e39c5256"


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        FlowSettings(
            margins=(1, 2, 3),
            flow="horn",
            eye_mask="yes",
            eye_mask_margin=-1.0,
            face_size=(140, 0),
            input_size=True,
            head_motion="gone",
            landmarks="",
        )
    for name in CHANGES:
        assert f"{name}: expected" in str(caught.value)


def test_unknown_field_is_named():
    with pytest.raises(InputError, match="unknown fields mask"):
        FlowSettings.from_record({"mask": True})


def test_methods_are_those_of_vision():
    assert module.FLOW_METHODS == FLOW_METHODS
