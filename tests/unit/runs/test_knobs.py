"""A training's setting is declared once: whatever needs to know of it reads the declaration."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import field, make_dataclass
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from mexlab.cli.recipe_options import with_recipe_options
from mexlab.errors import InputError
from mexlab.features.knob import Knob, number
from mexlab.features.normalise import NORMALISATIONS
from mexlab.pages.train import choices
from mexlab.pages.train.choices import read_recipe, recipe_fields
from mexlab.runs import settings as module
from mexlab.runs import status
from mexlab.runs.settings import TrainingSettings, training_knobs
from mexlab.runs.status import fault_of_record
from mexlab.workspace.trainings import command
from mexlab.workspace.trainings.command import train_command
from mexlab.workspace.trainings.request import TrainRequest

DROPOUT = number("--dropout", "dropout", "Share left out.", "a share", 0.0, 0.9, where="recipe")
ORDER = Knob(
    "--order", "order", "Of the clips.", "an order", choices=("given", "random"), where="recipe"
)


@pytest.fixture
def made_up(monkeypatch):
    """The settings with two that there are not."""
    made = make_dataclass(
        "TrainingSettings",
        [
            ("dropout", float, field(default=0.0, metadata={"knob": DROPOUT})),
            ("order", str, field(default="given", metadata={"knob": ORDER})),
        ],
        bases=(TrainingSettings,),
        frozen=True,
    )
    for one in (module, status, command, choices):
        monkeypatch.setattr(one, "TrainingSettings", made)
    return made


def test_a_new_setting_is_checked(made_up):
    with pytest.raises(InputError) as caught:
        made_up(dropout=2.0, order="up")
    assert "dropout: expected a share, got 2.0" in str(caught.value)
    assert "order: expected one of given, random, got 'up'" in str(caught.value)
    assert made_up.from_record(made_up(dropout=0.5).to_record()).dropout == 0.5


def test_a_new_setting_is_read_from_the_form(made_up):
    assert recipe_fields(made_up(dropout=0.25))["dropout"] == "0.25"
    assert recipe_fields(made_up())["order"] == "given"
    values, faults = read_recipe({**recipe_fields(made_up()), "seeds": "1", "dropout": "0,25"})
    assert (values["dropout"], faults) == (0.25, {})
    _, faults = read_recipe({**recipe_fields(made_up()), "seeds": "1", "dropout": "5"})
    assert faults == {"dropout": "expected a share, got 5.0"}


def test_a_new_setting_has_an_option(made_up):
    app, typed = typer.Typer(), {}

    def train(training: dict[str, Any] = {}) -> None:  # noqa: B006
        typed.update(training)

    app.command()(with_recipe_options(train))
    arguments = ["--dropout", "0.5", "--order", "random", "--seed", "1", "--seeds", "3-4"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert typed == {"dropout": 0.5, "order": "random", "seeds": (1, 3, 4)}
    assert "Share left out." in CliRunner().invoke(app, ["--help"]).output


def test_a_new_setting_is_in_the_command(made_up):
    typed = train_command(TrainRequest(training=made_up(dropout=0.5, order="random")))
    assert typed == "mexlab train --dropout 0.5 --order random"


def test_a_new_setting_is_held_against_in_a_record(made_up):
    record = {"format": 1, "status": "queued", "settings": made_up().to_record()}
    assert fault_of_record(record) == ""
    monstrous = {**record, "settings": {**record["settings"], "dropout": "much"}}
    with pytest.raises(InputError, match="dropout: expected a share, got 'much'"):
        fault_of_record(monstrous)


def test_settings_are_read_without_numpy():
    code = "import mexlab.runs.settings, sys; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert module.NORMALISATIONS == NORMALISATIONS


def test_every_setting_has_a_knob_and_its_default_holds():
    plain = TrainingSettings()
    for name, knob in training_knobs().items():
        assert knob.fault(getattr(plain, name)) == ""
        assert knob.title
        assert not knob.option or knob.on == f"--{name.replace('_', '-')}"
