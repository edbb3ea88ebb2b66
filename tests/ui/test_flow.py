"""The flow page in a real browser: what it paints is what Python computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("nobody_is_blind")

PIXELS = """name => {
  const canvas = document.querySelector(`[data-testid=canvas-${name}]`);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, Array.from(data)];
}"""


class Looker:
    """Somebody who looks at the motion of a clip."""

    def __init__(self, page: Any, workspace: Any, rows: list[Any], at: int) -> None:
        self.page = page
        self.workspace = workspace
        self.rows = rows
        self.at = at
        self.row = rows[at]

    def by(self, testid: str) -> Any:
        return self.page.get_by_test_id(testid)

    @property
    def view(self) -> Any:
        return self.page.locator(".mx-flow-view")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, **state: Any) -> None:
        for name, value in state.items():
            expect(self.view).to_have_attribute(f"data-{name}", str(value))

    def pixels(self, name: str) -> np.ndarray:
        width, height, data = self.page.evaluate(PIXELS, name)
        return np.array(data, np.uint8).reshape(height, width, 4)[..., :3]

    def maps(self, apex: int | None = None, **settings: Any) -> Any:
        """The maps as Python has them in its cache."""
        from mexlab.features.cache import FlowCache
        from mexlab.features.settings import FlowSettings

        clip = self.workspace.store.clip(self.row.key)
        return FlowCache(self.workspace.cache_dir).get_or_compute(
            clip.frames,
            self.row.coding.onset,
            apex or self.row.coding.apex,
            FlowSettings(**settings),
        )

    def point(self, pane: str, x: int, y: int) -> dict[str, float]:
        """Where pixel x, y of the maps lies on a pane."""
        box = self.by(f"pane-{pane}").locator(".mx-pane-stage").bounding_box()
        return {"x": (x + 0.5) / 140 * box["width"], "y": (y + 0.5) / 170 * box["height"]}

    def waits_for_pixel(self, pane: str, x: int, y: int, colour: np.ndarray) -> None:
        self.page.wait_for_function(
            """([name, x, y, wanted]) => {
              const canvas = document.querySelector(`[data-testid=canvas-${name}]`);
              const { data } = canvas.getContext('2d').getImageData(x, y, 1, 1);
              return wanted.every((value, c) => Math.abs(data[c] - value) <= 4);
            }""",
            arg=[pane, x, y, [int(value) for value in colour]],
        )

    def stage(self, pane: str) -> Any:
        return self.by(f"pane-{pane}").locator(".mx-pane-stage")


@pytest.fixture
def look(goto_page: Callable[..., None], page: Any, demo_workspace: Any) -> Callable[..., Looker]:
    """Open the page at a coded clip (by its place among them) and wait for its maps."""

    def open_at(at: int = 0, page: Any = page, **query: Any) -> Looker:
        rows = [
            row
            for row in demo_workspace.store.clips(coder="database")
            if row.coding is not None
            and row.coding.onset is not None
            and row.coding.apex is not None
        ]
        looker = Looker(page, demo_workspace, rows, at)
        goto_page(page, "flow", clip=looker.row.key, **query)
        looker.sees(state="maps", clip=looker.row.key, apex=looker.row.coding.apex)
        return looker

    return open_at


def test_the_panes_are_what_python_computed(look: Callable[..., Looker]) -> None:
    from mexlab.vision.colour import diverging, flow_picture, sequential

    looker = look()
    for mask in (True, False):
        looker.sees(mask="on" if mask else "off")
        maps = looker.maps(eye_mask=mask).masked()
        u, v, strain = np.moveaxis(maps, 2, 0)
        painted = {
            "u": diverging(u, 1.5),
            "v": diverging(v, 1.5),
            "strain": sequential(strain, 0.1),
            "uve": flow_picture(u, v, strain, 1.5, 0.1),
        }
        for name, expected in painted.items():
            seen = looker.pixels(name).astype(int)
            assert seen.shape == (170, 140, 3), name
            # Rounding at .5 may differ by one entry of a colour table between the languages.
            assert np.abs(seen - expected).max() <= 4, name
        looker.press("b")
    looker.sees(mask="on")


def test_the_network_input_is_what_the_network_gets(look: Callable[..., Looker]) -> None:
    from mexlab.features.normalise import normalise

    looker = look()
    for how in ("median-scale", "min-max"):
        looker.by("normalise").select_option(how)
        maps = looker.maps()
        inputs = normalise(maps.network_input(), how, maps.masked_share())
        if how == "min-max":
            expected = np.clip(inputs, 0, 1)
        else:
            expected = np.clip(
                np.stack([0.5 + inputs[0] / 8, 0.5 + inputs[1] / 8, inputs[2] / 4]), 0, 1
            )
        seen = looker.pixels("input") / 255
        assert seen.shape == (28, 28, 3)
        np.testing.assert_allclose(seen, np.moveaxis(expected, 0, 2), atol=1.5 / 255)
    expect(looker.page.get_by_text("loses sign and zero")).to_be_visible()


def test_the_probe_reads_the_pixel_and_can_be_pinned(look: Callable[..., Looker]) -> None:
    looker = look()
    maps = looker.maps()
    x, y = (int(value) for value in maps.landmarks[54])
    u, v, strain = maps.masked()[y, x]

    def said(value: float) -> str:
        return f"{'−' if value < 0 else '+'}{abs(value):.2f} px"

    looker.stage("v").hover(position=looker.point("v", x, y))
    probe = looker.by("probe")
    expect(probe).to_contain_text(f"x {x} y {y}")
    expect(probe).to_contain_text("lip corner, person's left")
    for text in (said(u), said(v), f"{strain:.3f}"):
        expect(probe).to_contain_text(text)
    looker.stage("v").click(position=looker.point("v", x, y))
    expect(looker.page.get_by_text("Probe, pinned")).to_be_visible()
    looker.stage("u").hover(position=looker.point("u", 20, 20))
    expect(probe).to_contain_text(f"x {x} y {y}")
    looker.page.mouse.move(5, 5)
    looker.press("Escape")
    expect(probe).to_contain_text("Point at a map")

    x, y = (int(value) for value in maps.landmarks[36:42].mean(axis=0))
    looker.stage("u").hover(position=looker.point("u", x, y))
    expect(probe).to_contain_text("masked")
    expect(looker.by("region-lids")).to_have_text("–")
    looker.press("b")
    expect(probe).not_to_contain_text("masked")
    expect(looker.by("region-lids")).to_contain_text("px")


def test_nudging_the_apex_by_key(look: Callable[..., Looker]) -> None:
    looker = look()
    coded = looker.row.coding.apex
    before = looker.pixels("u")
    looker.press("ArrowRight", "ArrowRight")
    expect(looker.by("apex-number")).to_have_text(str(coded + 2))
    looker.sees(apex=coded + 2)
    expect(looker.by("nudge")).to_contain_text(f"coded {coded} · +2 frames, +10 ms")
    assert (looker.pixels("u") != before).any()
    expect(looker.by("flow-curve")).to_be_visible()
    looker.press("0")
    looker.sees(apex=coded)
    np.testing.assert_array_equal(looker.pixels("u"), before)
    looker.by("nudge--2").click()
    looker.sees(apex=coded - 2)
    assert looker.workspace.store.coding(looker.row.key, "database").coding.apex == coded

    # A held key asks for more than can be computed: the last press counts.
    looker.press("0")
    steps = min(12, looker.row.last - coded)
    assert steps > 3
    looker.press(*["ArrowRight"] * steps)
    looker.sees(apex=coded + steps, busy="false")
    expect(looker.by("apex-number")).to_have_text(str(coded + steps))


def test_next_and_previous_clip_by_key(look: Callable[..., Looker]) -> None:
    looker = look(at=1)
    keys = [row.key for row in looker.workspace.store.clips(coder="database")]
    at = keys.index(looker.row.key)
    looker.press("j")
    looker.sees(clip=keys[at + 1])
    looker.press("k", "k")
    looker.sees(clip=keys[at - 1])
    selected = looker.page.locator('[data-testid="clip-row"][aria-selected="true"]')
    expect(selected).to_have_attribute("data-key", str(keys[at - 1]))


def test_other_settings_are_computed_and_shown(look: Callable[..., Looker]) -> None:
    from mexlab.vision.colour import diverging

    looker = look()
    looker.by("choose-compensated").click()
    expect(looker.by("choose-compensated")).to_have_attribute("aria-pressed", "true")
    still = looker.maps(head_motion="compensated")
    expected = diverging(still.masked()[..., 0], 1.5)
    looker.waits_for_pixel("u", 70, 40, expected[40, 70])
    assert np.abs(looker.pixels("u").astype(int) - expected).max() <= 4

    # Without a margin the mask leaves a rim: there the motion shows.
    bare = looker.maps(head_motion="compensated", eye_mask_margin=0.0)
    colours = diverging(bare.masked()[..., 1], 1.5)
    plain = np.abs(colours.astype(int) - diverging(np.zeros(1), 1.5)).max(axis=2)
    rim = np.where(still.mask & ~bare.mask, plain, 0)
    y, x = np.unravel_index(rim.argmax(), rim.shape)
    assert rim[y, x] > 10
    looker.by("mask-margin").fill("0")
    looker.by("mask-margin").press("Enter")
    looker.waits_for_pixel("v", int(x), int(y), colours[y, x])


def test_strain_components_and_arrows_by_key(look: Callable[..., Looker]) -> None:
    from mexlab.vision.colour import diverging
    from mexlab.vision.strain import compute_strain_components

    looker = look()
    looker.press("b", "t")
    expect(looker.by("pane-u").locator("b").first).to_have_text("εxx")
    xx = compute_strain_components(looker.maps().maps[..., :2]).xx
    assert np.abs(looker.pixels("u").astype(int) - diverging(xx, 0.1)).max() <= 4
    face = looker.pixels("face")
    looker.press("w")
    expect(looker.by("toggle-arrows")).to_have_attribute("aria-pressed", "true")
    assert (looker.pixels("face") != face).any()
    looker.page.keyboard.down("z")
    expect(looker.by("pane-face").locator("b").first).to_have_text("apex")
    looker.page.keyboard.up("z")
    expect(looker.by("pane-face").locator("b").first).to_have_text("onset")


def test_files_are_saved_by_the_browser(look: Callable[..., Looker], tmp_path: Any) -> None:
    looker = look()

    def save(testid: str) -> bytes:
        with looker.page.expect_download() as waiting:
            looker.by(testid).click()
        target = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target.read_bytes()

    with np.load(io.BytesIO(save("export-npz")), allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["v"], looker.maps().maps[..., 1])
    with zipfile.ZipFile(io.BytesIO(save("export-csv"))) as archive:
        assert {"maps.csv", "regions.csv", "settings.json"} <= set(archive.namelist())
    picture = save("export-png")
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 3 * 280 + 4 * 24


def test_the_curve_stays_in_its_box(look: Callable[..., Looker]) -> None:
    looker = look()
    curve = looker.by("flow-curve")
    expect(curve).to_be_visible()
    assert curve.evaluate(
        """svg => {
          const box = svg.viewBox.baseVal;
          return [...svg.querySelectorAll("path, line, text")].every((one) => {
            const { x, y, width, height } = one.getBBox();
            return x >= -1 && y >= -1 && x + width <= box.width + 1 && y + height <= box.height + 1;
          });
        }"""
    )


def test_the_held_out_prediction_leads_to_its_run(look: Callable[..., Looker]) -> None:
    from mexlab.runs.run import open_run

    looker = look()
    # The run that the workspace came with, whatever other tests have trained since.
    run = open_run(looker.workspace.runs_dir, "laenet-001")
    predictions = {row.key: row for row in run.predictions()}
    said = predictions.get(looker.row.key)
    if said is None:  # a clip whose emotion is of no class
        at = next(i for i, row in enumerate(looker.rows) if row.key in predictions)
        looker = look(at=at)
        said = predictions[looker.row.key]
    looker.by("held-out-run").select_option(run.id)
    expect(looker.by("held-out")).to_contain_text(f"{said.probabilities[said.predicted]:.2f}")
    expect(looker.by("held-out-run")).to_have_value(run.id)
    expect(looker.by("held-out")).to_contain_text(
        f"as recorded by the run, apex {looker.row.coding.apex}"
    )
    # The keys are the page's again, no longer the list's of runs.
    looker.by("held-out-run").blur()
    looker.press("ArrowRight", "ArrowRight")
    nudged = looker.row.coding.apex + 2
    looker.sees(apex=nudged)
    # The network of the same fold is asked about the apex on show.
    expect(looker.by("held-out")).to_contain_text(f"computed now for apex {nudged}", timeout=60_000)
    looker.press("0")
    expect(looker.by("held-out")).to_contain_text("as recorded by the run")
    looker.by("mask-margin").fill("0")
    looker.by("mask-margin").press("Enter")
    expect(looker.by("flow-differs")).to_contain_text("mask margin 0 px, not 5 px")
    link = looker.by("held-out").get_by_role("link")
    expect(link).to_have_text(run.id)
    expect(link).to_have_attribute("href", re.compile(rf"results.*run={run.id}"))


def test_a_link_to_a_clip_that_is_gone(
    goto_page: Callable[..., None], page: Any, look: Callable[..., Looker]
) -> None:
    goto_page(page, "flow", clip="casme2/sub99/none")
    message = page.get_by_test_id("flow-message")
    expect(message).to_contain_text("There is no clip casme2/sub99/none")
    expect(message).to_contain_text("Choose one from the list")
    page.get_by_test_id("clip-row").first.click()
    expect(page.locator(".mx-flow-view")).not_to_have_attribute("data-state", "message")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720)])
def test_fits_the_window_without_scroll_bars(
    look: Callable[..., Looker], new_page: Callable[..., Any], width: int, height: int
) -> None:
    looker = look(page=new_page(width, height))
    expect(looker.by("flow-curve")).to_be_visible()
    over = looker.page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('.mx-column')]
          .filter((e) => e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)
          .map((e) => [e.className, e.scrollHeight, e.scrollWidth])"""
    )
    assert over == []
    for testid in ("pane-face", "pane-input", "export-csv", "toggle-arrows", "flow-curve"):
        box = looker.by(testid).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 44
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height - 24
