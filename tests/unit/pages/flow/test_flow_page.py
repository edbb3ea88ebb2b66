"""The flow page without a browser: what it computes, sends, explains and exports."""

from __future__ import annotations

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError, RunError
from mexlab.features.cache import FlowCache
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow import content as flow_content
from mexlab.pages.flow.keys import FLOW_KEYMAP
from mexlab.pages.flow.page import FlowPage
from mexlab.widgets.keys.keymap import check_keymap
from mexlab.workspace.workspace import Workspace

FACE = ClipKey("lab", "s1", "face")
BLANK = ClipKey("lab", "s1", "nobody")
UNCODED = ClipKey("lab", "s2", "uncoded")
MAPS = ClipKey("lab", "s3", "maps")


def arrays(page):
    message, buffers = next(pair for pair in reversed(page.sent) if pair[0]["type"] == "content")
    kinds = {"float32": np.float32, "uint8": np.uint8}
    return {
        name: np.frombuffer(data, kinds[kind]).reshape(shape) if kind in kinds else data
        for (name, kind, shape), data in zip(message["arrays"], buffers, strict=True)
    }


def last(page, kind="content"):
    return next(message for message, _ in reversed(page.sent) if message["type"] == kind)


def test_opens_the_first_clip_that_has_maps(open_page, workspace):
    page = open_page()
    message = last(page)
    assert (message["clip"], message["kind"]) == (str(FACE), "maps")
    assert (message["onset"], message["apex"], message["offset"]) == (10, 12, 14)
    assert message["numbers"] == [10, 11, 12, 13, 14]
    assert message["fps"] == 200.0
    got = arrays(page)
    clip = workspace.store.clip(FACE)
    maps = FlowCache(workspace.cache_dir).lookup(clip.frames, 10, 12, FlowSettings())
    np.testing.assert_array_equal(got["maps"], maps.maps)
    np.testing.assert_array_equal(got["mask"].astype(bool), maps.mask)
    np.testing.assert_array_equal(got["input-masked"], maps.network_input())
    assert np.abs(got["input-bare"] - got["input-masked"]).max() > 0.1
    # Two frames later the face has moved by two pixels of the frame.
    scale = 140 / maps.box.width
    assert np.median(got["maps"][..., 0]) == pytest.approx(2 * scale, abs=0.1)
    assert page.view.busy == ""
    assert "onset 10 → apex 12" in page.shell.top_bar.context


def test_faces_are_pictures_of_onset_and_apex(open_page):
    got = arrays(open_page())
    onset, apex = (
        cv2.imdecode(np.frombuffer(got[f"face-{name}"], np.uint8), cv2.IMREAD_COLOR)
        for name in ("onset", "apex")
    )
    assert onset.shape[1] / onset.shape[0] == pytest.approx(140 / 170)
    assert np.abs(onset.astype(int) - apex).mean() > 1


def test_regions_and_their_names(open_page):
    page = open_page()
    message = last(page)
    masked = {row["name"]: row for row in message["motion"]["masked"]}
    bare = {row["name"]: row for row in message["motion"]["bare"]}
    assert masked["lids"]["magnitude"] is None
    assert bare["lids"]["magnitude"] > 1
    assert masked["cheeks"]["u"] > 1
    json.dumps(message)  # no NaN finds its way into what a browser parses
    names, index = message["region_names"], arrays(page)["regions"]
    x, y = np.mean(message["landmarks"][36:42], axis=0).astype(int)
    assert names[index[y, x] - 1] == "lid"
    assert index[0, 0] == 0


def test_nudging_the_apex_computes_and_codes_nothing(open_page, workspace):
    page = open_page()
    page._on_message(page.probe, {"type": "apex", "number": 14}, [])
    assert page.wait(60)
    message = last(page)
    assert (message["apex"], message["coded_apex"]) == (14, 12)
    assert workspace.store.coding(FACE, "database").coding.apex == 12
    page._on_message(page.probe, {"type": "apex", "number": None}, [])
    assert page.wait(60)
    assert last(page)["apex"] == 12


def test_a_burst_of_nudges_ends_at_the_last(open_page):
    page = open_page()
    for number in (11, 12, 13, 14, 13, 11):
        page.nudge_apex(number)
    assert page.wait(60)
    assert last(page)["apex"] == 11
    assert last(page)["sequence"] == page.request.sequence


def test_the_mask_is_switched_without_python(open_page):
    page = open_page()
    count = len(page.sent)
    page.form.options = {**page.form.options, "mask": False, "normalise": "min-max"}
    assert page.wait(60)
    assert len(page.sent) == count


def test_flow_head_and_margin_are_computed_anew(open_page):
    page = open_page()
    before = arrays(page)
    page.form.options = {**page.form.options, "head_motion": "compensated", "margin": 0}
    assert page.wait(60)
    after = arrays(page)
    assert abs(np.median(after["maps"][..., 0])) < 0.2 < np.median(before["maps"][..., 0])
    assert 0 < after["mask"].sum() < before["mask"].sum()
    page.form.options = {**page.form.options, "flow": "dis"}
    assert page.wait(60)
    assert page.content.maps.settings.flow == "dis"


def test_the_motion_curve_follows_the_maps(open_page):
    page = open_page()
    message = last(page, "curve")
    assert (message["clip"], message["onset"]) == (str(FACE), 10)
    assert message["curve"]["numbers"] == [10, 11, 12, 13, 14]
    assert len(message["curve"]["motion"]["face"]) == 5
    page.nudge_apex(13)
    assert page.wait(60)
    assert sum(m["type"] == "curve" for m, _ in page.sent) == 1


def test_a_view_that_is_drawn_late_gets_everything(open_page):
    page = open_page()
    page.sent.clear()
    page._on_message(page.view, {"type": "ready"}, [])
    assert [message["type"] for message, _ in page.sent] == ["content", "curve", "held-out"]


@pytest.mark.parametrize(
    ("key", "heading", "remedy"),
    [
        (UNCODED, "The database names no apex for this clip.", "Mark the apex in Annotate"),
        (BLANK, "No face was found in this clip.", "upright"),
    ],
)
def test_clips_without_maps_say_why_and_what_to_do(open_page, key, heading, remedy):
    page = open_page(key)
    message = last(page)
    assert message["kind"] == "message"
    assert message["heading"] == heading
    assert remedy in message["remedy"]
    assert f"clip={key}" in message["links"][0]["url"]
    assert page.view.busy == ""


def test_a_damaged_frame_is_named(open_page, workspace):
    (workspace.store.clip(FACE).frames.folder / "img12.png").write_bytes(b"")
    message = last(open_page(FACE))
    assert message["kind"] == "message"
    assert "img12.png" in message["text"]


def test_features_only(open_page):
    page = open_page(MAPS)
    message = last(page)
    assert message["kind"] == "release"
    assert "sign" in message["note"]
    inputs = arrays(page)["input-bare"]
    np.testing.assert_allclose(inputs[:, 3, 4], [1, 0.2, 0.4], atol=1e-6)
    assert page.list.selected == str(MAPS)


def test_choosing_in_the_list_opens_the_clip(open_page):
    page = open_page(FACE)
    page.list.selected = str(MAPS)
    assert page.wait(60)
    assert last(page)["clip"] == str(MAPS)
    annotate = {one["name"]: one["url"] for one in page.shell.top_bar.pages}["annotate"]
    assert f"clip={MAPS}" in annotate


def test_rows_say_where_the_maps_come_from(open_page):
    rows = {row["key"]: row for row in open_page().list.rows}
    assert rows[str(FACE)]["detail"] == "onset 10 → apex 12"
    assert (rows[str(FACE)]["emotion"], rows[str(FACE)]["tone"]) == ("happiness", "pos")
    assert rows[str(UNCODED)]["detail"] == "no onset or apex"
    assert rows[str(MAPS)]["detail"] == "features only, no frames"


def test_unknown_clip_coder_and_run(workspace):
    with pytest.raises(InputError, match="there is no clip lab/s9/x"):
        FlowPage(workspace, ClipKey("lab", "s9", "x"))
    with pytest.raises(InputError, match="no coding by 'zoe'"):
        FlowPage(workspace, FACE, coder="zoe")
    with pytest.raises(RunError, match="no run 'gone-001'"):
        FlowPage(workspace, FACE, run="gone-001")


def test_an_old_link_opens_a_page_that_says_so(workspace, monkeypatch):
    page = FlowPage._of_query(workspace, {"clip": "lab/s9/x"})
    assert page.wait(60)
    assert page.content.message["kind"] == "message"
    assert "lab/s9/x" in page.content.message["heading"]
    assert page.list.selected == ""
    assert page.view.busy == ""


# ---- whose coding ----------------------------------------------------------------------------


def test_ones_own_coding_can_be_looked_at(open_page, workspace):
    workspace.store.change_coding(FACE, "anna", {"onset": 11, "apex": 14}, page="test")
    page = open_page(FACE, coder="anna")
    assert (last(page)["onset"], last(page)["apex"]) == (11, 14)
    page.form.coder = "database"
    assert page.wait(60)
    # Anna has not committed: the database's marks would show through its maps.
    assert last(page)["kind"] == "message"
    assert "stays hidden until you commit" in last(page)["heading"]
    row = next(row for row in page.list.rows if row["key"] == str(FACE))
    assert (row["detail"], row["emotion"]) == ("shown after your commit", "")
    workspace.store.change_coding(FACE, "anna", {"status": "committed"}, page="test")
    page.open_clip(FACE)
    assert page.wait(60)
    assert last(page)["apex"] == 12


def test_other_people_are_offered_to_a_coder_once_both_have_committed(workspace, tmp_path):
    workspace.store.change_coding(FACE, "anna", {"status": "committed"}, page="test")
    workspace.store.change_coding(FACE, "bert", {"onset": 11}, page="test")
    own = ["database", "anna"]
    assert [one["value"] for one in FlowPage(workspace).form.coders] == own
    workspace.store.change_coding(FACE, "bert", {"status": "committed"}, page="test")
    assert [one["value"] for one in FlowPage(workspace).form.coders] == [*own, "bert"]


def test_other_people_are_offered_where_nobody_is_blind(workspace, tmp_path):
    workspace.store.change_coding(FACE, "anna", {"onset": 11}, page="test")
    workspace.store.change_coding(FACE, "bert", {"onset": 11}, page="test")
    assert [one["value"] for one in FlowPage(workspace).form.coders] == ["database", "anna"]
    toml = workspace.path / "mexlab.toml"
    toml.write_text(toml.read_text().replace("blind = true", "blind = false"))
    seeing = Workspace.open(workspace.path)
    assert [one["value"] for one in FlowPage(seeing).form.coders] == ["database", "anna", "bert"]


def test_keys_do_not_clash():
    check_keymap(FLOW_KEYMAP)


def test_a_fault_of_ours_is_told_calmly(open_page, monkeypatch, capsys):
    page = open_page()

    def broken(*args):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(flow_content, "region_motion", broken)
    page.open_clip(FACE)
    assert page.wait(60)
    assert last(page)["kind"] == "message"
    assert "fault of mexlab" in last(page)["heading"]
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert page.view.busy == ""


def test_starts_without_what_is_slow():
    slow = ("torch", "sklearn", "scipy", "skimage", "pandas", "plotly", "dlib", "joblib")
    code = f"import sys, mexlab.pages.flow.page; print([n for n in {slow!r} if n in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
