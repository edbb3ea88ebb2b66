"""Flow settings as options, fields and sentences: one declaration, read back everywhere."""

from dataclasses import fields, replace

import pytest

from mexlab.errors import InputError
from mexlab.features.flow_choices import (
    FLOW_KNOBS,
    FLOW_PRESETS,
    choose_flow,
    flow_differences,
    flow_options,
    flow_preset,
    flow_remarks,
)
from mexlab.features.settings import FlowSettings

OTHER = {
    "landmarks": "lbf:x.yaml",
    "margins": (20, 1, 2, 3),
    "face_size": (128, 160),
    "flow": "dis",
    "head_motion": "compensated",
    "eye_mask": False,
    "eye_mask_margin": 2.5,
    "input_size": 32,
}


def test_every_setting_can_be_chosen_and_reads_what_it_spells():
    assert set(FLOW_KNOBS) == {one.name for one in fields(FlowSettings)} == set(OTHER)
    for name, knob in FLOW_KNOBS.items():
        if not knob.switch:
            assert knob.parse(knob.spell(OTHER[name])) == OTHER[name]
            assert knob.help.endswith(".")


def test_the_papers_preset():
    paper = flow_preset("paper")
    assert paper.to_record() == {
        **FlowSettings().to_record(),
        "flow": "tvl1",
        "eye_mask_margin": 0.0,
        "margins": [25, 0, 5, 5],
    }
    assert choose_flow({"flow": "dis", "eye_mask": None}, "paper") == replace(paper, flow="dis")
    with pytest.raises(InputError, match=r"no preset 'payper'\. Known are mexlab, paper"):
        flow_preset("payper")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("margins", "25;0", "--margins: expected four whole numbers, top,bottom,left,right"),
        ("face_size", "140", "face_size: expected width and height"),
        ("face_size", "big", "--face-size: expected width and height in px, as 140x170, got 'big'"),
        ("eye_mask_margin", "wide", "--mask-margin: expected pixels, 0 to 100, got 'wide'"),
        ("flow", "lucas", "flow: expected one of tvl1-micro"),
    ],
)
def test_what_is_none_is_named(name, text, message):
    with pytest.raises(InputError, match=message):
        choose_flow({name: FLOW_KNOBS[name].parse(text)})


def test_a_margin_around_no_mask_is_refused():
    with pytest.raises(InputError, match="--mask-margin: there is no margin around a mask"):
        choose_flow({"eye_mask": False, "eye_mask_margin": 3.0})


def test_options_ask_for_what_is_not_the_default():
    assert flow_options(FlowSettings()) == []
    assert flow_options(FLOW_PRESETS["paper"]) == ["--preset", "paper"]
    assert flow_options(FlowSettings(**{**OTHER, "eye_mask": True})) == [
        *("--landmarks", "lbf:x.yaml", "--margins", "20,1,2,3", "--face-size", "128x160"),
        *("--flow", "dis", "--head-motion", "compensated", "--mask-margin", "2.5"),
        *("--input-size", "32"),
    ]
    # The margin of a mask that is off has no effect, and could not be asked for.
    assert flow_options(FlowSettings(eye_mask=False, eye_mask_margin=0.0)) == ["--no-mask"]


def test_differences_are_of_what_has_an_effect():
    shown = FlowSettings(head_motion="compensated", eye_mask_margin=0.0, margins=(20, 1, 2, 3))
    assert flow_differences(shown, FlowSettings()) == [
        "crop margins 20,1,2,3 px, not 25,0,5,5 px",
        "head motion compensated, not as filmed",
        "mask margin 0 px, not 5 px",
    ]
    off = FlowSettings(eye_mask=False, eye_mask_margin=0.0)
    assert flow_differences(off, FlowSettings()) == ["eye mask off, not on"]
    assert flow_differences(off, FlowSettings(eye_mask=False)) == []
    assert flow_differences(FlowSettings(), FlowSettings()) == []


def test_remarks_are_of_what_is_not_the_default():
    assert flow_remarks(FlowSettings()) == []
    assert flow_remarks(flow_preset("paper"), besides=("flow",)) == ["mask margin 0 px"]
    assert flow_remarks(FlowSettings(eye_mask=False, eye_mask_margin=0.0)) == ["eye mask off"]
