"""Files to take along from the flow page: arrays with settings, or tables with settings."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import numpy as np

import mexlab
from mexlab.features.normalise import normalise
from mexlab.features.region_motion import region_motion
from mexlab.pages.flow.content import FlowContent, FlowRequest


def record_of(request: FlowRequest, content: FlowContent, normalisation: str) -> dict[str, Any]:
    """Where the numbers come from: clip, coding, frames, settings, versions."""
    record: dict[str, Any] = {
        "clip": str(request.key),
        "coder": request.coder,
        "mexlab": mexlab.__version__,
        "normalise": normalisation,
        "units": "u to the right and v down in pixels of the crop; strain in px/px",
    }
    if content.maps is None:
        record["source"] = "feature release: each map stretched to 0..1, sign and zero lost"
        return record
    maps = content.maps
    record |= {
        "onset": maps.onset,
        "apex": maps.apex,
        "coded_apex": content.message["coded_apex"],
        "box": dict(zip(("left", "top", "right", "bottom"), maps.box, strict=True)),
        "flow_settings": maps.settings.to_record(),
    }
    return record


def npz_file(request: FlowRequest, content: FlowContent, normalisation: str) -> bytes:
    """Arrays for NumPy: ``numpy.load(file)``, no pickle; ``settings`` is JSON text."""
    assert content.inputs is not None
    record = record_of(request, content, normalisation)
    arrays: dict[str, Any] = {
        "settings": np.array(json.dumps(record)),
        "network_input": normalise(content.inputs, normalisation, content.masked),
    }
    if content.maps is not None:
        maps = content.maps
        arrays |= {
            "u": maps.maps[..., 0],
            "v": maps.maps[..., 1],
            "strain": maps.maps[..., 2],
            "eye_mask": maps.mask,
            "landmarks": maps.landmarks,
        }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def csv_file(request: FlowRequest, content: FlowContent, normalisation: str) -> bytes:
    """A zip file of tables (CSV, one header row) and ``settings.json``."""
    assert content.inputs is not None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        record = record_of(request, content, normalisation)
        archive.writestr("settings.json", json.dumps(record, indent=2) + "\n")
        if content.maps is not None:
            archive.writestr("maps.csv", _maps_table(content))
            archive.writestr("regions.csv", _regions_table(content))
        archive.writestr("network_input.csv", _input_table(content, normalisation))
    return buffer.getvalue()


def _maps_table(content: FlowContent) -> str:
    assert content.maps is not None
    maps, mask = content.maps.maps, content.maps.mask
    height, width = mask.shape
    ys, xs = np.mgrid[:height, :width]
    lines = ["x,y,u_px,v_px,strain,eye_mask"]
    columns = (xs, ys, maps[..., 0], maps[..., 1], maps[..., 2], mask)
    lines += [
        f"{x},{y},{u:.5f},{v:.5f},{strain:.6f},{masked:d}"
        for x, y, u, v, strain, masked in zip(*(column.ravel() for column in columns), strict=True)
    ]
    return "\n".join(lines) + "\n"


def _regions_table(content: FlowContent) -> str:
    assert content.maps is not None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["region", "magnitude_px", "u_px", "v_px", "strain"])
    for row in region_motion(content.maps):
        values = (row.magnitude, row.u, row.v, row.strain)
        writer.writerow([row.name, *("" if np.isnan(v) else f"{v:.5f}" for v in values)])
    return text.getvalue()


def _input_table(content: FlowContent, normalisation: str) -> str:
    assert content.inputs is not None
    inputs = normalise(content.inputs, normalisation, content.masked)
    lines = ["x,y,u,v,strain"]
    lines += [
        f"{x},{y},{inputs[0, y, x]:.6f},{inputs[1, y, x]:.6f},{inputs[2, y, x]:.6f}"
        for y in range(inputs.shape[1])
        for x in range(inputs.shape[2])
    ]
    return "\n".join(lines) + "\n"
