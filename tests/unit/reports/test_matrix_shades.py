"""What is written on a cell can be read, and the saved pictures are shaded as the pages are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mexlab.widgets
from mexlab.reports.export.matrix_shades import LEAST, SPAN, cell_ground, cell_ink, luminance
from mexlab.reports.export.matrix_svg import HIT, MISS, matrices_svg


@pytest.mark.parametrize("hue", [HIT, MISS])
def test_every_shade_carries_its_text(hue):
    for step in range(1001):
        ground = cell_ground(step / 1000, hue)
        light = luminance(ground) + 0.05
        contrast = 1.05 / light if cell_ink(ground) == "#ffffff" else light / 0.05
        assert contrast >= 4.5, (step, ground)


def test_the_script_has_the_same_numbers():
    script = (Path(mexlab.widgets.__file__).parent / "results" / "matrix_shades.mjs").read_text(
        "utf-8"
    )
    found = re.search(r"MX_STRENGTH = \{ least: ([\d.]+), span: ([\d.]+) \}", script)
    assert found is not None
    assert tuple(map(float, found.groups())) == (LEAST, SPAN)


def test_a_long_name_of_two_words_stands_in_two_lines():
    matrix = {
        "title": "Full",
        "detail": "1 clip",
        "classes": ["happiness (Duchenne)", "b"],
        "counts": [[1, 0], [0, 0]],
        "figures": [],
    }
    svg = matrices_svg([matrix])
    for line in (">happiness<", ">(Duchenne)<", ">happiness (Duchenne)<"):
        assert svg.count(line) == 1
    assert "textLength" not in svg


def test_a_picture_writes_black_on_light_cells_and_white_on_dark_ones():
    matrix = {
        "title": "Full",
        "detail": "3 clips",
        "classes": ["a", "b"],
        "counts": [[2, 0], [0, 1]],
        "figures": [],
    }
    svg = matrices_svg([matrix])
    empty = "#" + "".join(f"{part:02x}" for part in cell_ground(0.0, MISS))
    full = "#" + "".join(f"{part:02x}" for part in cell_ground(1.0, HIT))
    assert re.search(rf'fill="{empty}"/><text[^>]*fill="#000000"[^>]*>0\.0<', svg)
    assert re.search(rf'fill="{full}"/><text[^>]*fill="#ffffff"[^>]*>100\.0<', svg)
