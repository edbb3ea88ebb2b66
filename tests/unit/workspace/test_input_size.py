"""Inputs that the backend or the memory cannot take are refused before there is a run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mexlab.errors import InputError
from mexlab.features.settings import FlowSettings
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.trainings import input_size
from mexlab.workspace.trainings.input_size import check_input_size, input_side
from mexlab.workspace.trainings.request import TrainRequest


def asked(side: int, **training: str) -> TrainRequest:
    return TrainRequest(flow=FlowSettings(input_size=side), training=TrainingSettings(**training))


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(available=8_000_000_000)
    monkeypatch.setattr(input_size.psutil, "virtual_memory", lambda: free)


@pytest.mark.parametrize("side", [4, 20, 28, 29, 170])
def test_any_side_that_leaves_a_cell_is_taken(side: int) -> None:
    check_input_size(asked(side), "computed", 400)


def test_the_kernel_by_its_name_is_refused_with_the_remedy() -> None:
    check_input_size(asked(28, backend="fused"), "computed", 400)
    with pytest.raises(InputError, match=r"made for inputs of 28 x 28 px, not 20 x 20.*Leave --b"):
        check_input_size(asked(20, backend="fused"), "computed", 400)


def test_inputs_that_no_memory_holds_are_refused() -> None:
    said = r"--input-size: 400 inputs of 20000 x 20000 px take about 20,800 GB .* 8.0 GB are free"
    with pytest.raises(InputError, match=said):
        check_input_size(asked(20_000), "computed", 400)


def test_a_release_is_28_whatever_is_set_for_computed_ones() -> None:
    assert input_side("release", FlowSettings(input_size=20)) == 28
    check_input_size(asked(20_000, backend="fused"), "release", 400)
