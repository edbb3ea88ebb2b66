from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.pages.annotate import desk as coding_desk
from mexlab.pages.annotate.desk import (
    CodingDesk,
)
from mexlab.workspace.workspace import Workspace


@pytest.fixture
def desk(annotated):
    return CodingDesk(annotated)


def edit(desk, key, name="1", revision=0, kind="edit", **changes):
    return desk.perform(
        {"kind": kind, "id": name, "clip": str(key), "changes": changes, "revision": revision}
    )


def step(desk, key, name, kind="undo", number=None, shown=None):
    message = {"kind": kind, "id": name, "clip": str(key), "number": number, "shown": shown}
    return desk.perform(message)


class TestRows:
    def test_a_row_says_what_there_is(self, desk):
        rows = {row["key"]: row for row in desk.list_rows()}
        assert rows["lab/s1/clip1"]["detail"] == "20 frames · 200 fps"
        assert rows["lab/s1/clip1"]["status"] == "untouched"
        assert rows["lab/s2/maps"]["detail"] == "no frames, features only"
        assert rows["lab/s2/maps"]["status"] == ""

    def test_the_databases_emotion_is_not_given_away(self, desk):
        assert {row["emotion"] for row in desk.list_rows()} == {""}

    def test_ones_own_emotion_is_shown_in_its_classs_tone(self, desk, annotated, key):
        edit(desk, key, emotion="happiness")
        row = next(r for r in CodingDesk(annotated).list_rows() if r["key"] == str(key))
        assert (row["emotion"], row["tone"], row["status"]) == ("happiness", "pos", "draft")


class TestEdits:
    def test_stored_before_it_is_answered(self, desk, annotated, key):
        answer = edit(desk, key, onset=50)
        assert answer["outcome"] == "stored"
        assert answer["state"]["coding"]["onset"] == 50
        assert annotated.store.coding(key, "anna").coding.onset == 50

    def test_the_same_edit_sent_twice_is_stored_once(self, desk, annotated, key):
        first = edit(desk, key, onset=50)
        assert edit(desk, key, onset=50) == first
        assert len(annotated.store.history(key, "anna")) == 1

    def test_an_undo_sent_twice_is_done_once(self, desk, annotated, key):
        edit(desk, key, "1", 0, onset=50)
        edit(desk, key, "2", 1, apex=55)
        step(desk, key, "3")
        answer = step(desk, key, "3")
        assert answer["outcome"] == "stored"
        assert annotated.store.coding(key, "anna").coding.onset == 50

    def test_an_edit_whose_answer_died_with_its_kernel_counts_as_stored(self, desk, annotated, key):
        edit(desk, key, onset=50)
        assert edit(CodingDesk(annotated), key, onset=50)["outcome"] == "stored"
        assert len(annotated.store.history(key, "anna")) == 1

    def test_so_does_an_undo_and_it_is_not_done_twice(self, desk, annotated, key):
        edit(desk, key, "1", 0, onset=50)
        number = edit(desk, key, "2", 1, apex=55)["state"]["steps"]["number"]
        step(desk, key, "3", number=number)
        again = CodingDesk(annotated)
        assert step(again, key, "3", number=number)["outcome"] == "stored"
        assert annotated.store.coding(key, "anna").coding.onset == 50
        # Of a clip that has moved on since, nothing is taken back.
        edit(again, key, "4", 3, apex=56)
        assert step(CodingDesk(annotated), key, "3", number=number)["outcome"] == "stale"
        assert annotated.store.coding(key, "anna").coding.apex == 56

    def test_a_commit_whose_answer_died_is_not_stale(self, desk, annotated, key):
        edit(desk, key, "1", 0, onset=50)
        edit(desk, key, "2", 1, kind="commit", status="committed")
        again = edit(CodingDesk(annotated), key, "2", 1, kind="commit", status="committed")
        assert again["outcome"] == "stored"
        assert len(annotated.store.history(key, "anna")) == 2

    def test_nor_is_one_that_made_the_second_expression_the_first(self, desk, annotated, key):
        message = {"clip": str(key), "expression": 2, "revision": 0}
        desk.perform({**message, "kind": "edit", "id": "1", "changes": {"onset": 50}})
        commit = {**message, "kind": "commit", "id": "2", "revision": 1}
        commit["changes"] = {"status": "committed"}
        answer = desk.perform(commit)
        assert sorted(answer["touched"]) == [[1, 1], [2, 2]]
        assert CodingDesk(annotated).perform(commit)["outcome"] == "stored"
        rows = {row["key"]: row for row in CodingDesk(annotated).list_rows()}
        assert rows[str(key)]["status"] == "committed"

    def test_a_change_elsewhere_is_told_with_the_present_state(self, desk, annotated, key):
        annotated.store.change_coding(key, "anna", {"onset": 48}, page="other tab")
        answer = edit(desk, key, onset=50)
        assert answer["outcome"] == "stale"
        assert answer["state"]["coding"]["onset"] == 48
        assert answer["state"]["revision"] == 1
        assert annotated.store.coding(key, "anna").coding.onset == 48

    def test_undo_and_redo(self, desk, key):
        edit(desk, key, "1", 0, onset=50)
        undone = step(desk, key, "2")
        assert undone["state"]["coding"]["onset"] is None
        assert undone["state"]["steps"]["redo_depth"] == 1
        assert undone["touched"] == [[1, 2]]
        redone = step(desk, key, "3", kind="redo")
        assert redone["state"]["coding"]["onset"] == 50

    def test_the_next_undo_is_of_the_clips_last_act(self, desk, key):
        edit(desk, key, "1", 0, onset=50)
        blink = {"kind": "edit", "clip": str(key), "expression": 2, "revision": 0}
        desk.perform({**blink, "id": "2", "changes": {"kind": "blink", "onset": 60}})
        edit(desk, key, "3", 1, apex=55)

        def told(steps):
            return [[part["expression"] for part in act] for act in steps["undo"]]

        assert told(desk.state(key)["steps"]) == [[1], [2], [1]]
        answer = step(desk, key, "4", shown=1)
        assert told(answer["state"]["steps"]) == [[1], [2]]
        answer = step(desk, key, "5", shown=1)
        assert (answer["state"]["expression"], answer["touched"][0]) == (1, [2, 2])
        steps = answer["state"]["steps"]
        assert (steps["undo_depth"], steps["redo_depth"]) == (1, 2)
        assert steps["redo"][-1][0]["after"] == {"kind": "blink", "onset": 60, "status": "draft"}

    def test_a_commit_of_several_is_one_act(self, desk, annotated, key):
        edit(desk, key, "1", 0, onset=50)
        blink = {"kind": "edit", "clip": str(key), "expression": 2, "revision": 0}
        desk.perform({**blink, "id": "2", "changes": {"kind": "blink", "onset": 60}})
        desk.perform({**blink, "id": "3", "expression": 3, "changes": {"status": "draft"}})
        answer = edit(desk, key, "4", 1, kind="commit", status="committed")
        codings = {one["expression"]: one for one in answer["state"]["codings"]}
        assert [one["coding"]["status"] for one in codings.values()] == [
            "committed", "committed", "untouched",
        ]  # fmt: skip
        assert sorted(answer["touched"]) == [[n, one["revision"]] for n, one in codings.items()]
        step(desk, key, "5")
        stored = annotated.store.expressions(key, "anna")
        assert {one.status for one in stored} == {"draft"}

    def test_a_clip_in_which_nothing_is_coded_is_declined_once(self, desk, annotated, key):
        answer = edit(desk, key, "1", 0, kind="commit", status="committed")
        assert answer["outcome"] == "declined"
        assert "write 0" in answer["message"]
        assert answer["state"]["reference"] == [], "and nothing is revealed"
        assert annotated.store.history(key, "anna") == []

    def test_a_commit_of_what_has_changed_elsewhere_commits_nothing(self, desk, annotated, key):
        edit(desk, key, "1", 0, onset=50)
        blink = {"kind": "edit", "clip": str(key), "expression": 2, "revision": 0}
        desk.perform({**blink, "id": "2", "changes": {"kind": "blink", "onset": 60}})
        assert edit(desk, key, "3", 0, status="committed")["outcome"] == "stale"
        stored = annotated.store.expressions(key, "anna")
        assert {one.status for one in stored} == {"draft"}

    @pytest.mark.parametrize(
        "message",
        [
            {"kind": "edit", "clip": "nonsense", "changes": {"onset": 1}},
            {"kind": "edit", "clip": "lab/s1/none", "changes": {"onset": 1}},
            {"kind": "edit", "clip": "lab/s1/clip1", "changes": {"hair": "red"}},
            {"kind": "burn", "clip": "lab/s1/clip1"},
        ],
    )
    def test_what_cannot_be_stored_is_refused_with_a_reason(self, desk, message):
        answer = desk.perform({"id": "x", **message})
        assert answer["outcome"] == "refused"
        assert answer["message"]

    def test_a_refusal_is_not_remembered(self, desk, annotated, key, monkeypatch):
        def full(*_args, **_kwargs):
            raise OSError("no space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(annotated.store, "change_coding", full)
            answer = edit(desk, key, onset=50)
        assert answer["outcome"] == "refused"
        assert "no space left" in answer["message"]
        assert edit(desk, key, onset=50)["outcome"] == "stored"


class TestState:
    def test_findings_come_with_it(self, desk, key):
        edit(desk, key, "1", 0, onset=60)
        state = edit(desk, key, "2", 1, apex=50)["state"]
        assert "onset 60 comes after apex 50" in [f["message"] for f in state["findings"]]

    def test_every_check_reaches_the_form_and_none_blocks(self, desk, annotated, key):
        state = edit(desk, key, "1", 0, onset=46, apex=46)["state"]
        messages = [f["message"] for f in state["findings"] if f["level"] == "warning"]
        assert messages == [
            "apex is the onset frame itself: no rise between them",
            "no offset yet: it will be kept as incomplete",
            "no emotion yet",
        ]
        assert edit(desk, key, "2", 1, status="committed")["outcome"] == "stored"
        assert annotated.store.coding(key, "anna").coding.status == "committed"

    def test_action_units_are_missed_where_the_database_codes_them(self, desk, annotated, key):
        def told(desk, name, revision, onset):
            findings = edit(desk, key, name, revision, onset=onset)["state"]["findings"]
            return "no action units yet" in [finding["message"] for finding in findings]

        # The database's own coding has none: nobody is told to code them.
        assert not told(desk, "1", 0, 50)
        annotated.store.change_coding(
            key, "database", {"action_units": "12"}, page="test", reserved=True
        )
        assert told(CodingDesk(annotated), "2", 1, 51)

    def test_digits_follow_the_databases_order_and_others_is_zero(self, desk, key):
        words = {v["name"]: v["key"] for v in desk.state(key)["vocabulary"]}
        assert words == {"happiness": "1", "surprise": "2", "fear": "3", "others": "0"}

    def test_a_vocabulary_of_ones_own(self, annotated, key):
        annotated.store.change_coding(key, "anna", {"emotion": "fear"}, page="before")
        toml = annotated.path / "mexlab.toml"
        toml.write_text(toml.read_text() + 'emotions = ["Joy", "others", "dread"]\n')
        desk = CodingDesk(Workspace.open(annotated.path))
        state = desk.state(key)
        assert {v["name"]: v["key"] for v in state["vocabulary"]} == {
            "joy": "1", "others": "0", "dread": "2",
        }  # fmt: skip
        assert state["coding"]["emotion"] == "fear", "a coding that has another word keeps it"
        answer = edit(desk, key, "1", 1, emotion="surprise")
        assert answer["outcome"] == "declined"
        assert "add it to emotions under [coding] in mexlab.toml" in answer["message"]
        assert edit(desk, key, "2", 1, emotion="Joy")["outcome"] == "stored"
        assert edit(desk, key, "3", 2, emotion="fear")["outcome"] == "stored", "it had it before"

    def test_the_databases_units_stand_beside_ones_own_after_the_commit(self, annotated, key):
        units = {"action_units": "4+7"}
        annotated.store.change_coding(key, "database", units, page="test", reserved=True)
        desk = CodingDesk(annotated)
        state = edit(desk, key, "1", 0, action_units="L12B+4")["state"]
        assert state["reference_units"] == ""
        assert "4+7" not in str(state)
        state = edit(desk, key, "2", 1, kind="commit", status="committed")["state"]
        assert state["reference_units"] == "4+7 · only there: 7 · only yours: 12"

    def test_what_was_first_committed_stays_beside_what_is_changed(self, desk, key):
        edit(desk, key, "1", 0, onset=50)
        assert desk.state(key)["first_commit"] is None
        edit(desk, key, "2", 1, kind="commit", status="committed")
        state = edit(desk, key, "3", 2, onset=52)["state"]
        assert [(one["expression"], one["onset"]) for one in state["first_commit"]] == [(1, 50)]
        assert state["coding"]["onset"] == 52

    def test_blind_until_committed(self, desk, key):
        assert desk.state(key)["reference"] == []
        edit(desk, key, "1", 0, apex=57)
        state = edit(desk, key, "2", 1, status="committed")["state"]
        assert state["reference"][0]["apex"] == 55
        assert "2 frames (10 ms) later" in state["reference_note"]

    def test_not_blind_again_after_a_later_change(self, desk, key):
        edit(desk, key, "1", 0, onset=50)
        edit(desk, key, "2", 1, status="committed")
        assert edit(desk, key, "3", 2, status="flagged")["state"]["reference"]

    def test_a_clip_that_the_database_has_not_coded(self, desk):
        state = desk.state(ClipKey("lab", "s1", "clip2"))
        assert state["reference_note"] == "Machine's apex: shown after commit."
        assert desk.state(ClipKey("lab", "s2", "maps"))["reference_note"] == ""

    def test_a_long_video_has_no_machines_apex_to_wait_for(self, desk, monkeypatch):
        monkeypatch.setattr(coding_desk, "MOST_FRAMES", 19)
        assert desk.state(ClipKey("lab", "s1", "clip2"))["reference_note"] == ""

    def test_who_is_not_blind_sees_the_machine_before_any_commit(self, desk, annotated, key):
        toml = annotated.path / "mexlab.toml"
        toml.write_text(toml.read_text().replace("blind = true", "blind = false"))
        seeing = CodingDesk(Workspace.open(annotated.path))
        seeing.machine_found(key, {"dc_rois": 56, "strain": 58})
        ghosts = {ghost["coder"]: ghost["apex"] for ghost in seeing.state(key)["reference"]}
        assert ghosts == {"database": 55, "D&C-RoIs": 56, "largest strain": 58}

    def test_nothing_of_the_machine_leaves_before_the_commit(self, desk, key):
        desk.machine_found(key, {"dc_rois": 6006, "strain": 6008})
        for state in (desk.state(key), edit(desk, key, "1", 0, apex=57)["state"]):
            assert "6006" not in str(state)
            assert "6008" not in str(state)

    def test_the_machines_apex_is_hidden_until_committed(self, desk, key):
        desk.machine_found(key, {"dc_rois": 56, "strain": 58})
        assert desk.state(key)["reference"] == []
        edit(desk, key, "1", 0, apex=57)
        state = edit(desk, key, "2", 1, status="committed")["state"]
        ghosts = {ghost["coder"]: ghost["apex"] for ghost in state["reference"]}
        assert ghosts == {"database": 55, "D&C-RoIs": 56, "largest strain": 58}
        assert "56 (D&C-RoIs), 1 frame (5 ms) before yours" in state["reference_note"]
        assert "58 (largest strain), 1 frame (5 ms) after yours" in state["reference_note"]


class TestExpressions:
    def send(self, desk, key, name, expression, kind="edit", revision=None, **changes):
        message = {"kind": kind, "id": name, "clip": str(key), "changes": changes}
        return desk.perform(message | {"expression": expression, "revision": revision})

    def test_all_expressions_and_events_come_with_each_of_them(self, desk, annotated, key):
        assert desk.state(key)["codings"] == []
        edit(desk, key, onset=50)
        state = self.send(desk, key, "2", 2, kind="edit", onset=60, apex=62)["state"]
        assert state["expression"] == 2
        self.send(desk, key, "3", 3, onset=52, **{"kind": "edit"})
        answer = desk.perform(
            {
                "kind": "edit",
                "id": "4",
                "clip": str(key),
                "expression": 3,
                "changes": {"kind": "blink", "offset": 54},
                "revision": 1,
            }
        )
        found = answer["state"]["codings"]
        assert [
            (one["expression"], one["coding"]["kind"], one["coding"]["onset"], one["revision"])
            for one in found
        ] == [(1, "", 50, 1), (2, "", 60, 1), (3, "blink", 52, 2)]

    def test_a_commit_is_of_the_whole_clip(self, desk, annotated, key):
        edit(desk, key, onset=50)
        self.send(desk, key, "2", 2, onset=60)
        self.send(desk, key, "3", 2, status="committed")
        stored = annotated.store.expressions(key, "anna")
        assert [one.status for one in stored] == ["committed", "committed"]

    def test_a_stale_change_is_answered_with_the_same_expression(self, desk, annotated, key):
        annotated.store.change_coding(key, "anna", {"onset": 48}, page="other", expression=2)
        answer = self.send(desk, key, "1", 2, revision=0, onset=50)
        assert answer["outcome"] == "stale"
        assert answer["state"]["expression"] == 2
        assert answer["state"]["coding"]["onset"] == 48


class TestHistory:
    def test_who_when_what_and_from_which_page(self, desk, annotated, key):
        annotated.store.change_coding(key, "anna", {"onset": 48}, page="agreement")
        edit(desk, key, "1", 1, onset=50, emotion="fear")
        step(desk, key, "2")
        lines = desk.history(key)
        assert [(line["kind"], line["page"], line["who"]) for line in lines] == [
            ("undo", "annotate", "anna"),
            ("edit", "annotate", "anna"),
            ("edit", "agreement", "anna"),
        ]
        assert lines[1]["what"] == "onset 48 → 50, emotion – → fear"
        assert lines[1]["after"]["emotion"] == "fear"
        assert lines[0]["after"]["onset"] == 48
        assert lines[0]["after"]["emotion"] == ""
        assert lines[0]["at"].endswith("+00:00")

    def test_it_is_of_the_clip_each_line_with_its_expression(self, desk, key):
        edit(desk, key, "1", 0, onset=50)
        blink = {"kind": "edit", "clip": str(key), "expression": 2, "revision": 0}
        desk.perform({**blink, "id": "2", "changes": {"kind": "blink", "onset": 60}})
        edit(desk, key, "3", 1, apex=55)
        lines = desk.history(key)
        assert [line["expression"] for line in lines] == [1, 2, 1]
        assert (lines[0]["after"]["onset"], lines[0]["after"]["kind"]) == (50, "")
        assert (lines[1]["after"]["onset"], lines[1]["after"]["apex"]) == (60, None)
        assert lines[2]["after"]["apex"] is None
        edit(desk, key, "4", 2, kind="commit", status="committed")
        lines = desk.history(key)
        assert [(line["expression"], line["whole"]) for line in lines[:2]] == [
            (1, True),
            (1, False),
        ]
        assert len(lines) == 4
        assert lines[0]["what"] == "status draft → committed"

    def test_used_units_most_used_first(self, desk, annotated):
        for name, text in (("clip1", "12 + 6"), ("clip2", "4+7")):
            key = ClipKey("lab", "s1", name)
            annotated.store.change_coding(key, "anna", {"action_units": text}, page="t")
        annotated.store.change_coding(
            ClipKey("lab", "s2", "maps"), "anna", {"action_units": "4+7"}, page="t"
        )
        assert desk.used_units() == ["4+7", "12 + 6"]
