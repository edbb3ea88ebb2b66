from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mexlab.data.clips import ClipKey
from mexlab.pages.home import guidance as home_guidance
from mexlab.pages.home import rows as home_rows
from mexlab.pages.home.guidance import next_steps
from mexlab.pages.home.page import HomePage
from mexlab.runs.progress import RunProgress
from mexlab.runs.run import create_run
from mexlab.store.rows import DatabaseRow
from mexlab.workspace.coding_progress import DatabaseProgress
from mexlab.workspace.feature_sets.cached import CachedFeatures
from mexlab.workspace.workspace import Workspace

ALL = ("home", "annotate", "flow", "train", "results")


@pytest.fixture(autouse=True)
def every_page(monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    for module in (home_rows, home_guidance):
        monkeypatch.setattr(module, "page_names", lambda: ALL)


def a_database(name="casme2", **changes):
    values = {
        "name": name,
        "title": "CASME II",
        "layout": "casme2",
        "root": Path("/data"),
        "synthetic": False,
        "fps": 200.0,
        "emotions": ("happiness",),
        "clips": 10,
        "subjects": 3,
        "imported_at": datetime(2026, 1, 2, tzinfo=UTC),
        "report": {},
    }
    return DatabaseRow(**{**values, **changes})


def progress(**counts):
    return DatabaseProgress("casme2", sum(counts.values()), counts)


class TestDatabaseRow:
    def test_every_status_stands_in_the_bars_order(self):
        row = home_rows.database_row(
            a_database(),
            progress(committed=6, draft=1, untouched=3),
            CachedFeatures(4, 9),
            ClipKey("casme2", "sub01", "EP02_01f"),
        )
        assert row["coding"] == [
            {"status": "committed", "clips": 6},
            {"status": "flagged", "clips": 0},
            {"status": "draft", "clips": 1},
            {"status": "untouched", "clips": 3},
        ]
        assert row["maps"] == {"ready": 4, "clips": 9, "noun": "clip"}
        assert [link["url"] for link in row["links"]] == [
            "annotate?database=casme2",
            "flow?clip=casme2/sub01/EP02_01f",
        ]

    def test_features_alone_cannot_be_annotated(self):
        row = home_rows.database_row(a_database(), progress(), None)
        assert row["links"] == []
        assert row["maps"] is None

    def test_synthetic_is_said_once(self):
        row = home_rows.database_row(
            a_database(title="CASME II (synthetic)", synthetic=True), progress(untouched=1), None
        )
        assert (row["title"], row["synthetic"]) == ("CASME II", True)


class TestHowFar:
    def test_before_the_first_word(self):
        assert home_rows.how_far(RunProgress()) == (None, "starting")

    def test_flow_maps(self):
        event = {"event": "features", "done": 3, "total": 12}
        assert home_rows.how_far(RunProgress().after(event)) == (0.25, "flow maps 3 of 12")

    def test_training(self):
        event = {"event": "fold", "progress": 0.4, "seconds_left": 75.2}
        assert home_rows.how_far(RunProgress().after(event)) == (0.4, "training, 1 min 15 s left")

    def test_no_pace_yet(self):
        event = {"progress": 0.0, "seconds_left": None}
        assert home_rows.how_far(RunProgress().after(event)) == (0.0, "training")


class TestNextSteps:
    def test_empty_workspace_gets_commands_that_work_from_anywhere(self):
        steps = next_steps(Path("/my labs/a"), [], [], "anna")
        commands = [command for step in steps for command in step["commands"]]
        assert "mexlab -w '/my labs/a' import casme2 PATH" in commands
        assert any(command.startswith("mexlab synthesise --layout") for command in commands)

    def test_where_the_coder_has_begun_comes_first(self):
        rows = [
            home_rows.database_row(a_database("samm"), progress(untouched=5), None),
            home_rows.database_row(a_database("casme2"), progress(committed=2, untouched=8), None),
        ]
        step = next_steps(Path("/w"), rows, [], "anna")[0]
        assert step["title"] == "Go on coding CASME II"
        assert step["text"] == "8 clips not yet committed by anna."
        assert step["link"]["url"] == "annotate?database=casme2"

    def test_flow_maps_are_of_expressions_where_clips_hold_several(self):
        for noun, said in (("expression", "5 expressions still without"), ("clip", "5 clips")):
            maps = CachedFeatures(4, 9, noun)
            rows = [home_rows.database_row(a_database(), progress(committed=10), maps)]
            texts = [step["text"] for step in next_steps(Path("/w"), rows, [], "anna")]
            assert any(text.startswith(said) for text in texts)

    def test_all_done_leaves_nothing_to_code(self):
        rows = [home_rows.database_row(a_database(), progress(committed=10), CachedFeatures(9, 9))]
        titles = [step["title"] for step in next_steps(Path("/w"), rows, [], "anna")]
        assert titles == ["Train a network"]

    def test_a_live_run_is_offered_first(self):
        rows = [home_rows.database_row(a_database(), progress(untouched=1), None)]
        live = {"id": "laenet-001", "title": "laenet-001", "status": "running"}
        step = next_steps(Path("/w"), rows, [live], "anna")[0]
        assert step["link"]["url"] == "train?run=laenet-001"


class TestHomePage:
    def test_empty_workspace(self, tmp_path):
        page = HomePage(Workspace.create(tmp_path / "lab"))
        assert page.view.databases == []
        assert page.view.beginning
        assert page.steps.steps == []

    def test_a_queued_run_shows_and_a_broken_one_hides_no_other(self, tmp_path):
        workspace = Workspace.create(tmp_path / "lab")
        page = HomePage(workspace)
        run = create_run(workspace.runs_dir, {"training": {"model": "laenet"}})
        broken = workspace.runs_dir / "laenet-900"
        broken.mkdir()
        (broken / "run.json").write_text("{", "utf-8")
        page.refresh()
        rows = {row["id"]: row for row in page.view.runs}
        assert rows[run.id]["status"] == "queued"
        assert rows[run.id]["link"]["url"] == f"train?run={run.id}"
        assert rows["laenet-900"]["status"] == "unreadable"
        assert rows["laenet-900"]["reason"]

    def test_progress_of_a_live_run_is_followed(self, tmp_path):
        workspace = Workspace.create(tmp_path / "lab")
        page = HomePage(workspace)
        run = create_run(workspace.runs_dir, {"training": {"model": "laenet"}})
        run.append_event({"event": "features", "done": 1, "total": 4})
        page.refresh()
        assert page.view.runs[0]["share"] == 0.25
        run.append_event({"event": "epoch", "progress": 0.5, "seconds_left": 8})
        run.append_event({"event": "note"})
        page.refresh()
        assert page.view.runs[0]["doing"] == "training, 8 s left"
