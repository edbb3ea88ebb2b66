from __future__ import annotations

import numpy as np
import pytest

from mexlab.pages.results.page import ResultsPage
from mexlab.pages.results.where_looked import spell_place


@pytest.mark.parametrize(
    ("at", "most", "said"),
    [
        ((25, 20), 0.4, "Covering the lower right lowers “positive” most, by up to 0.40."),
        ((14, 14), 0.1, "Covering the middle lowers “positive” most, by up to 0.10."),
        ((2, 14), 0.3, "Covering the upper middle lowers “positive” most, by up to 0.30."),
        ((2, 2), 0.01, "No single place matters to “positive”: it rests on the face as a whole."),
    ],
)
def test_the_place_is_said_in_words(at, most, said):
    loss = np.zeros((28, 28))
    loss[at] = most
    assert spell_place(loss, "positive") == said


def test_what_cannot_be_computed_is_said_and_another_list_forgets_it(workspace, finished):
    # The run of these tests has predictions, but no weights.
    page = ResultsPage(workspace, finished.id, cell="full:positive:negative")
    page.clips._handle_custom_msg({"type": "look", "key": "casme2/sub01/EP02"}, [])
    looked = page.found.looked
    assert looked.view.clip == "casme2/sub01/EP02"
    assert looked.wait(60)
    assert looked.view.loss == []
    assert "covering" not in looked.view.sentence
    assert looked.view.sentence
    page.full.selected = {"matrix": "full", "row": 0, "column": 0}
    assert looked.view.clip == ""
