"""The train form's fields of how motion is computed."""

from dataclasses import fields, replace

from mexlab.features.flow_choices import FLOW_PRESETS
from mexlab.features.settings import FlowSettings
from mexlab.pages.train.choices import TrainChoices, read_request
from mexlab.pages.train.flow_fields import flow_choice, flow_fields, flow_presets, read_flow
from mexlab.pages.train.words import input_sentence, plan_sentence
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.trainings.request import TrainRequest


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


def test_another_input_size_is_told_with_what_it_comes_to(workspace):
    request = TrainRequest(flow=FlowSettings(input_size=20))
    plan = plan_training(workspace, ["smic"], source="release")
    plan.source = "computed"
    assert plan_sentence(plan, request).startswith("LAENet for inputs of 20 × 20 px on ")
    assert input_sentence(plan, request) == (
        "20 × 20 px: LAENet has 459 parameters, not 843, and torch trains it, for the compiled "
        "kernel is made for 28 × 28. Pooling leaves out 3 pixels at the right and the lower edge; "
        "of 17 or 22 it would leave out none."
    )
    whole = replace(request, flow=FlowSettings(input_size=22))
    assert "Pooling" not in input_sentence(plan, whole)
    # Of 28, and of a feature release, which is of 28, there is nothing to say.
    assert input_sentence(plan, TrainRequest()) == ""
    plan.source = "release"
    assert input_sentence(plan, request) == ""
    assert plan_sentence(plan, request).startswith("LAENet on ")
