import json

import pytest

from mexlab.errors import InputError
from mexlab.runs.settings import TrainingSettings


def test_record_comes_back():
    settings = TrainingSettings(model="ststnet", seeds=(3, 5), threads=1, schedule="constant")
    record = json.loads(json.dumps(settings.to_record()))
    assert TrainingSettings.from_record(record) == settings


def test_what_a_record_leaves_out_is_the_default():
    # But for what masked cells counted as before it could be chosen (test_masked_cells.py).
    expected = TrainingSettings(epochs=7, masked_cells="counted")
    assert TrainingSettings.from_record({"epochs": 7}) == expected


def test_seeds_may_be_a_number_a_list_or_a_range():
    assert TrainingSettings(seeds=4).seeds == (4,)
    assert TrainingSettings(seeds=[1, 2]).seeds == (1, 2)
    assert TrainingSettings(seeds=range(1, 4)).seeds == (1, 2, 3)


def test_names_every_fault_at_once():
    with pytest.raises(InputError) as caught:
        TrainingSettings(
            model="resnet",
            epochs=0,
            learning_rate=float("nan"),
            batch_size=1,
            schedule="up",
            normalise="z",
            seeds=(),
            class_weighting=-1,
            threads=0,
            backend="gpu",
        )
    for name in [
        "model",
        "epochs",
        "learning_rate",
        "batch_size",
        "schedule",
        "normalise",
        "seeds",
        "class_weighting",
        "threads",
        "backend",
    ]:
        assert f"{name}: expected" in str(caught.value)
    assert "laenet, ststnet" in str(caught.value)


@pytest.mark.parametrize("seeds", [(1, 1), (-1,), (1.5,), (True,), "12", None])
def test_refuses_seeds_that_are_none(seeds):
    with pytest.raises(InputError, match="seeds"):
        TrainingSettings(seeds=seeds)


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@pytest.mark.parametrize("value", ["40", 2.5, True, None])
def test_refuses_numbers_that_are_not_whole(name, value):
    with pytest.raises(InputError, match=name):
        TrainingSettings(**{name: value})


def test_an_unknown_setting_names_the_known():
    with pytest.raises(InputError, match=r"unknown setting epoch\b.*epochs"):
        TrainingSettings.from_record({"epoch": 3})
