"""Runs of several databases: all their matrices in view, legible, and one of them enlarged."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=20_000)

MEASURE, OUTSIDE, CONTRAST, TARGETS = (
    (Path(__file__).parent / "measures" / f"{name}.js").read_text("utf-8")
    for name in ("matrices", "outside", "contrast", "targets")
)
DATABASES = ("smic", "casme2", "samm", "casme", "mmew")
THREE = ("negative", "positive", "surprise")
FIVE = ("disgust", "happiness (Duchenne)", "happiness (other)", "sadness", "surprise")
CELL = "cell-samm-negative-negative"


@pytest.fixture(scope="module")
def imported(demo_workspace: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Import a run of so many databases and such classes; its id. All are deleted at the end."""
    from mexlab.runs.importing import ImportChoice, import_predictions
    from mexlab.runs.run import delete_run

    folder, made = tmp_path_factory.mktemp("predictions"), {}

    def make(databases: int, classes: tuple[str, ...]) -> str:
        key = (databases, classes)
        if key not in made:
            path = folder / f"{databases}-{len(classes)}.csv"
            with path.open("w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["database", "subject", "clip", "true", "predicted"])
                for database in DATABASES[:databases]:
                    for at in range(12 * len(classes)):
                        truth = classes[at % len(classes)]
                        called = truth if at % 5 else classes[(at + 1) % len(classes)]
                        rows.writerow([database, f"s{at % 4}", f"c{at}", truth, called])
            run = import_predictions(demo_workspace.runs_dir, path, ImportChoice(name=path.stem))
            made[key] = run
        return str(made[key].id)

    yield make
    for run in made.values():
        delete_run(run)


CASES = [
    (2, THREE, (1440, 900)),
    (3, THREE, (1440, 900)),
    (3, FIVE, (1440, 900)),
    (3, THREE, (1280, 720)),
    (5, THREE, (1440, 900)),
]


def test_every_matrix_is_in_view_legible_and_enlarged_by_its_name(page, goto_page, imported):
    runs = [imported(databases, classes) for databases, classes, _ in CASES]
    goto_page(page, "results", run=runs[0])
    for run, (databases, classes, (width, height)) in zip(runs, CASES, strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_test_id(f"run-{run}").click()
        expect(page.get_by_test_id("results-run")).to_contain_text(f"{databases}-{len(classes)}")
        expect(page.locator(".mx-matrix")).to_have_count(1 + databases)
        case = (databases, len(classes), width)
        # Sizes settle with the next frame.
        page.wait_for_function(f"() => !({MEASURE})().below.length")
        found = page.evaluate(MEASURE)
        assert (found["cut"], found["scrolled"]) == (0, 0), (case, found)
        assert found["side"] >= 34, (case, found)
        assert found["text"] >= 11, (case, found)
        assert found["names"] == [], (case, found)
        assert page.evaluate(OUTSIDE) == [], case
    for theme in ("dark", "light"):
        page.get_by_test_id("theme").select_option(theme)
        expect(page.locator("html")).to_have_attribute("data-mx-theme", theme)
        assert page.evaluate(CONTRAST) == [], theme
    assert page.evaluate(TARGETS) == []
    enlarge_and_back(page)


def enlarge_and_back(page: Any) -> None:
    """By keyboard; the focus stays, and the arrow keys are those of every matrix."""
    cell, title = (page.get_by_test_id(f"{name}") for name in (CELL, "enlarge-samm"))
    expect(title).to_have_attribute("aria-expanded", "false")
    small = cell.bounding_box()["width"]
    title.focus()
    page.keyboard.press("Enter")
    expect(title).to_have_attribute("aria-expanded", "true")
    expect(title).to_be_focused()
    assert cell.bounding_box()["width"] > 1.5 * small
    assert page.evaluate(OUTSIDE) == []
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("cell-samm-negative-positive")).to_be_focused()
    title.press("Enter")
    expect(title).to_have_attribute("aria-expanded", "false")
    page.wait_for_function(f"() => !({MEASURE})().below.length")
    assert cell.bounding_box()["width"] == small
