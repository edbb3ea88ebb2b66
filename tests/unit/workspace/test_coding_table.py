"""Codings as a data frame: frames, milliseconds, and nothing that is still closed to the coder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.coding_table import ClipTiming, codings_to_pandas
from mexlab.data.codings import Coding
from mexlab.synthetic import synthesise
from mexlab.workspace import Workspace, import_into

KEY = ClipKey("own", "ada", "take")
COLUMNS = [
    *("database", "subject", "clip", "event", "coder", "onset", "apex", "offset"),
    *("onset_ms", "apex_ms", "offset_ms", "duration_ms", "emotion", "action_units", "kind"),
    *("status", "confidence", "note", "fps"),
]


def test_one_row_an_event_with_frames_and_milliseconds() -> None:
    whole = Coding(KEY, "ada", 105, 110, 125, "fear", "1+2", "sure", "a note", "committed")
    begun = Coding(KEY, "ada", onset=130, expression=2, kind="blink", status="draft")
    table = codings_to_pandas([whole, begun], {KEY: ClipTiming(first=101, fps=200.0)})
    assert list(table.columns) == COLUMNS
    assert table.loc[0].tolist() == [
        *("own", "ada", "take", 1, "ada", 105, 110, 125),
        *(20.0, 45.0, 120.0, 100.0, "fear", "1+2", "", "committed", "sure", "a note", 200.0),
    ]
    assert (table.loc[1, "event"], table.loc[1, "onset_ms"]) == (2, 145.0)
    assert table.loc[1, ["apex", "offset", "apex_ms", "duration_ms"]].isna().all()
    # A missing mark leaves the others whole numbers.
    assert str(table["apex"].dtype) == "Int64"


@pytest.mark.parametrize("clock", [None, ClipTiming(None, 200.0), ClipTiming(1, None)])
def test_without_a_clock_there_are_frames_only(clock) -> None:
    timing = clock and {KEY: clock}
    table = codings_to_pandas([Coding(KEY, "ada", 5, 6, 7)], timing)
    assert table[["onset", "apex", "offset"]].loc[0].tolist() == [5, 6, 7]
    assert table[["onset_ms", "apex_ms", "offset_ms", "duration_ms"]].isna().all(axis=None)


def test_no_coding_is_a_table_of_the_same_columns() -> None:
    assert list(codings_to_pandas([]).columns) == COLUMNS


@pytest.fixture
def coding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEXLAB_CODER", "ada")
    synthesise("casme2", tmp_path / "files", subjects=2, seed=1)
    made = Workspace.create(tmp_path / "workspace")
    import_into(made, "casme2", tmp_path / "files")
    yield made
    made.close()


def test_a_workspace_shows_what_the_store_holds(coding: Workspace) -> None:
    table = coding.codings_to_pandas()
    stored = coding.store.codings()
    assert len(table) == len(stored) > 0
    assert table["emotion"].tolist() == [one.emotion for one in stored]
    assert table.attrs["hidden"] == 0
    assert not table["opened_before_commit"].any()
    assert table["apex_ms"].between(table["onset_ms"], table["offset_ms"]).sum() > len(table) / 2
    assert coding.codings_to_pandas(coder="nobody").empty
    assert isinstance(coding.codings_to_pandas(database="casme2"), pd.DataFrame)


def test_a_coder_gets_others_codings_of_committed_clips_alone(coding: Workspace) -> None:
    key = coding.store.clips()[0].key
    coding.store.change_coding(key, "ada", {"onset": 3}, page="annotate")
    closed = coding.codings_to_pandas(coder="database")
    assert closed.empty
    assert closed.attrs["hidden"] == len(coding.store.codings("database"))
    assert coding.codings_to_pandas(coder="ada")["onset"].tolist() == [3]
    coding.store.change_coding(key, "ada", {"status": "committed"}, page="annotate")
    opened = coding.codings_to_pandas(coder="database")
    assert set(opened["clip"]) == {key.name}
