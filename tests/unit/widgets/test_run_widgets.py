"""The widgets of the train and results pages, as far as Python goes."""

from __future__ import annotations

import pytest
import traitlets

from mexlab.widgets.kit.plotly_view import PlotlyView, plotly_library
from mexlab.widgets.results.confusion_matrix import ConfusionMatrix
from mexlab.widgets.training.run_list import RunList
from mexlab.widgets.training.train_form import TrainForm


def test_the_plotly_script_is_the_local_one():
    text = plotly_library()
    assert text.lstrip().startswith(b"/**\n* plotly.js")
    assert len(text) > 1_000_000
    assert plotly_library() is text


def test_a_figure_sends_the_library_only_when_asked(monkeypatch):
    view = PlotlyView(data=[{"y": [1, 2]}])
    sent = []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: sent.append((content, buffers)))
    view._handle_custom_msg({"type": "mx-ping", "n": 1}, [])
    assert [content["type"] for content, _ in sent] == ["mx-pong"]
    view._handle_custom_msg({"type": "library"}, [])
    assert sent[-1][0] == {"type": "library"}
    assert sent[-1][1][0] is plotly_library()
    assert "plotly" not in str(view.get_state()["data"])


def test_no_cloud_button_and_no_server():
    script = str(PlotlyView._esm)
    assert "showSendToCloud: false" in script
    assert 'plotlyServerURL: ""' in script


def test_values_out_of_range_are_refused():
    with pytest.raises(traitlets.TraitError):
        ConfusionMatrix(mode="shares")


def test_unknown_arguments_are_named():
    with pytest.raises(TypeError, match="sellected"):
        RunList(sellected="x")


def test_the_form_holds_what_is_typed_as_text():
    form = TrainForm(choice={"epochs": "4o"})
    assert form.get_state()["choice"] == {"epochs": "4o"}
