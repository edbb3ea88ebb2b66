"""The train form's fields of how motion is computed."""

from dataclasses import fields

from mexlab.features.flow_choices import FLOW_PRESETS
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow_fields import flow_choice, flow_fields, flow_presets, read_flow
from mexlab.pages.train_choices import TrainChoices, read_request


def test_every_setting_has_a_field():
    names = {one["name"] for one in flow_fields()} | {"eye_mask"}
    assert names == {one.name for one in fields(FlowSettings)} == set(flow_choice(FlowSettings()))


def test_what_the_form_shows_reads_back():
    for settings in FLOW_PRESETS.values():
        assert read_flow(flow_choice(settings)) == (settings, {})
    assert [one["name"] for one in flow_presets()] == ["mexlab", "paper"]


def test_faults_stand_beside_their_field():
    typed = {**flow_choice(FlowSettings()), "margins": "25", "face_size": "x", "flow": "dis"}
    settings, faults = read_flow({**typed, "eye_mask_margin": "400"})
    assert settings == FlowSettings(flow="dis")
    assert faults == {
        "margins": "expected four whole numbers from 0 up (top, bottom, left, right)",
        "face_size": "expected width and height in px, as 140x170",
        "eye_mask_margin": "expected 0 to 100 px",
    }


def test_of_a_release_nothing_is_computed():
    typed = {**flow_choice(FLOW_PRESETS["paper"]), "eye_mask": False, "source": "release"}
    assert read_flow(typed) == (FlowSettings(), {})


def test_the_page_asks_for_what_stands_in_the_form(workspace):
    choices = TrainChoices(workspace)
    choice = {**choices.default_choice(), "source": "computed"}
    assert read_request(choice).flow == FlowSettings()
    choice |= flow_choice(FLOW_PRESETS["paper"]) | {"head_motion": "compensated"}
    flow = read_request(choice).flow
    assert (flow.flow, flow.eye_mask_margin, flow.head_motion) == ("tvl1", 0.0, "compensated")
    _, faults = choices.plan({**choice, "margins": "wide"})
    assert faults["margins"].startswith("expected four whole numbers")
    told, faults = choices.plan({**choice, "input_size": "3"})
    assert faults["input_size"] == "expected a side from 4 px up"
    assert not told["ready"]
