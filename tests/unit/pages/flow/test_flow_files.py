"""What the flow page gives to take along."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np

from mexlab.data.clips import ClipKey
from mexlab.features.normalise import normalise
from mexlab.features.settings import FlowSettings

FACE = ClipKey("lab", "s1", "face")
UNCODED = ClipKey("lab", "s2", "uncoded")
MAPS = ClipKey("lab", "s3", "maps")


def exported(page, kind):
    page.sent.clear()
    page._on_message(page.probe, {"type": "export", "kind": kind}, [])
    assert page.wait(60)
    ((message, buffers),) = page.sent
    return message["name"], buffers[0]


def test_npz_holds_what_is_shown(open_page):
    page = open_page()
    page.form.options = {**page.form.options, "mask": False, "normalise": "min-max"}
    name, data = exported(page, "npz")
    assert name == "lab_s1_face_flow.npz"
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        record = json.loads(str(stored["settings"]))
        np.testing.assert_array_equal(stored["u"], page.content.maps.maps[..., 0])
        bare = arrays_of(page)["input-bare"]
        np.testing.assert_allclose(stored["network_input"], normalise(bare, "min-max"))
        assert stored["landmarks"].shape == (68, 2)
    assert record["clip"] == str(FACE)
    assert record["flow_settings"]["eye_mask"] is False
    assert FlowSettings.from_record(record["flow_settings"]) == FlowSettings(eye_mask=False)


def arrays_of(page):
    message, buffers = page.content.message, page.content.buffers
    return {
        name: np.frombuffer(data, np.float32).reshape(shape)
        for (name, kind, shape), data in zip(message["arrays"], buffers, strict=True)
        if kind == "float32"
    }


def test_csv_with_settings(open_page):
    page = open_page()
    name, data = exported(page, "csv")
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        table = np.genfromtxt(io.BytesIO(archive.read("maps.csv")), delimiter=",", names=True)
        regions = archive.read("regions.csv").decode().splitlines()
        record = json.loads(archive.read("settings.json"))
        seen = np.genfromtxt(
            io.BytesIO(archive.read("network_input.csv")), delimiter=",", names=True
        )
    assert len(table) == 140 * 170
    at = 80 * 140 + 70
    assert (table["x"][at], table["y"][at]) == (70, 80)
    np.testing.assert_allclose(table["u_px"][at], page.content.maps.maps[80, 70, 0], atol=1e-5)
    assert regions[0] == "region,magnitude_px,u_px,v_px,strain"
    assert "lids,,,," in regions
    assert record["normalise"] == "median-scale"
    assert len(seen) == 28 * 28


def test_features_can_be_taken_along_and_messages_not(open_page, monkeypatch):
    page = open_page(MAPS)
    _, data = exported(page, "npz")
    with np.load(io.BytesIO(data)) as stored:
        assert "u" not in stored.files
        assert stored["network_input"].shape == (3, 28, 28)
    page.open_clip(UNCODED)
    assert page.wait(60)
    page.sent.clear()
    page.export("exe")
    assert page.wait(60)
    assert page.sent == []
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(page.shell, "status", lambda text, tone="": told.append((text, tone)))
    page.export("npz")
    assert page.wait(60)
    assert page.sent == []
    assert told == [("Nothing to save: no maps are shown. Choose another clip.", "warn")]


def test_a_file_that_cannot_be_made_is_told(open_page, monkeypatch):
    page = open_page(MAPS)
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(page.shell, "status", lambda text, tone="": told.append((text, tone)))

    def full(*_: object) -> bytes:
        raise OSError("no space left")

    monkeypatch.setattr("mexlab.pages.flow.page.npz_file", full)
    page.sent.clear()
    page.export("npz")
    assert page.wait(60)
    assert page.sent == []
    [(text, tone)] = told
    assert text.endswith(".npz could not be made: no space left")
    assert tone == "warn"
