"""Training from the browser and browsing what came of it, as a researcher does."""

from __future__ import annotations

import contextlib
import re
import threading
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("nobody_is_blind")

# A training of its own process imports torch; on two busy cores that takes a while.
LONG = 120_000
#: Epochs that outlast every test, also on a slow machine: such a training is cancelled or killed.
ENDLESS = 100_000

MATRIX = '[data-testid="matrix-full"]'


@pytest.fixture
def run_id(demo_workspace: Any) -> str:
    """The run that the demo workspace came with."""
    from mexlab.runs.run import list_runs

    return list_runs(demo_workspace.runs_dir)[-1].id


def monitor(page: Any, status: str) -> Any:
    return page.locator(f'.mx-monitor[data-status="{status}"]')


def start(page: Any, epochs: int, seeds: str = "1") -> str:
    """Fill the form in, start, wait until the run trains; returns its id."""
    page.get_by_test_id("epochs").fill(str(epochs))
    page.get_by_test_id("seeds").fill(seeds)
    noun = "epoch" if epochs == 1 else "epochs"
    expect(page.get_by_test_id("plan-sentence")).to_contain_text(f"{epochs} {noun}")
    page.get_by_test_id("start-run").click()
    expect(page.locator(".mx-monitor[data-run]")).to_be_visible(timeout=LONG)
    return str(page.locator(".mx-monitor").get_attribute("data-run"))


def cells(page: Any) -> list[int]:
    return [
        int(count)
        for count in page.locator(f"{MATRIX} .mx-cell").evaluate_all(
            "all => all.map((one) => one.dataset.count)"
        )
    ]


def end_all(workspace: Any) -> None:
    """Cancel what a test left under way, so that the next one finds the machine free."""
    from mexlab.errors import RunError
    from mexlab.runs.run import list_runs
    from mexlab.workspace.queue.places import cancel_run

    pause = threading.Event()
    for _ in range(600):
        left = [run for run in list_runs(workspace.runs_dir) if not run.is_over]
        if not left:
            return
        # Those that wait first, lest one begins.
        for run in left:
            if not run.cancel_requested:
                with contextlib.suppress(RunError):
                    cancel_run(workspace, run.id)
        pause.wait(0.1)
    pytest.fail(f"{[run.id for run in left]} did not end")


@pytest.fixture(autouse=True)
def _tidy(demo_workspace: Any) -> Any:
    yield
    end_all(demo_workspace)


def test_start_a_run_and_see_it_end(page, goto_page, demo_workspace):
    goto_page(page, "train")
    expect(page.get_by_test_id("plan-sentence")).to_contain_text("nothing is chosen on held-out")
    run_id = start(page, epochs=4)
    expect(monitor(page, "finished")).to_be_visible(timeout=LONG)
    expect(page.locator(".mx-plotly[data-painted]")).to_be_visible()
    from mexlab.runs.run import open_run

    run = open_run(demo_workspace.runs_dir, run_id)
    assert run.status == "finished"
    assert sum(cells(page)) == len(run.predictions())
    # The run is in the page's address, and the link leads to its results.
    expect(page).to_have_url(re.compile(f"run={run_id}"))
    page.get_by_test_id("open-results").click()
    expect(page.get_by_test_id("results-run")).to_have_text(run_id)
    assert sum(cells(page)) == len(run.predictions())


def test_how_motion_is_computed_is_chosen_and_stands_in_the_run(page, goto_page, demo_workspace):
    goto_page(page, "train")
    page.get_by_test_id("more-flow").locator("summary").click()
    mexlabs, papers = (page.get_by_test_id(f"flow-preset-{name}") for name in ("mexlab", "paper"))
    expect(mexlabs).to_have_attribute("aria-pressed", "true")
    papers.click()
    expect(papers).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("flow")).to_have_value("tvl1")
    expect(page.get_by_test_id("eye_mask_margin")).to_have_value("0")
    page.get_by_test_id("flow").select_option("dis")
    page.get_by_test_id("head_motion").select_option("compensated")
    page.get_by_test_id("margins").fill("20,0,5")
    expect(page.get_by_test_id("fault-margins")).to_contain_text("four whole numbers")
    expect(page.get_by_test_id("start-run")).to_be_disabled()
    page.get_by_test_id("margins").fill("20,0,5,5")
    expect(page.get_by_test_id("fault-margins")).to_be_empty()
    expect(papers).to_have_attribute("aria-pressed", "false")
    run_id = start(page, epochs=1)
    from mexlab.runs.run import open_run

    flow = open_run(demo_workspace.runs_dir, run_id).record["request"]["flow"]
    assert (flow["flow"], flow["head_motion"], flow["margins"], flow["eye_mask_margin"]) == (
        *("dis", "compensated"),
        [20, 0, 5, 5],
        0.0,
    )


def test_a_reload_finds_the_run_and_cancelling_ends_it(page, goto_page):
    goto_page(page, "train")
    run_id = start(page, epochs=ENDLESS)
    expect(monitor(page, "running")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("run-stage")).to_contain_text("epoch", timeout=LONG)
    page.reload(wait_until="commit")
    expect(page.locator(f'.mx-monitor[data-run="{run_id}"]')).to_be_visible(timeout=LONG)
    expect(monitor(page, "running")).to_be_visible()
    # The page stays awake while the training works: a field answers at once.
    page.get_by_test_id("epochs").fill("12")
    expect(page.get_by_test_id("plan-sentence")).to_contain_text("12 epochs")
    # Curves grow as epochs go by.
    painted = int(page.locator(".mx-plotly").get_attribute("data-painted") or 0)
    page.wait_for_function(
        "(before) => Number(document.querySelector('.mx-plotly').dataset.painted) > before + 1",
        arg=painted,
    )
    page.get_by_test_id("cancel-run").click()
    expect(monitor(page, "cancelled")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id(f"run-{run_id}")).to_have_attribute("data-status", "cancelled")


def test_a_closed_tab_leaves_the_run_alive(new_page, goto_page, demo_workspace):
    from mexlab.runs.run import open_run

    first = new_page()
    goto_page(first, "train")
    run_id = start(first, epochs=ENDLESS)
    expect(monitor(first, "running")).to_be_visible(timeout=LONG)
    first.close(run_before_unload=True)
    second = new_page()
    # Its address names no run: the one under way is found.
    goto_page(second, "train")
    expect(second.locator(f'.mx-monitor[data-run="{run_id}"]')).to_be_visible(timeout=LONG)
    before = second.get_by_test_id("run-stage").inner_text()
    expect(second.get_by_test_id("run-stage")).not_to_have_text(before, timeout=LONG)
    assert open_run(demo_workspace.runs_dir, run_id).status == "running"
    second.get_by_test_id("cancel-run").click()
    expect(monitor(second, "cancelled")).to_be_visible(timeout=15_000)


def queue_up(page: Any) -> str:
    """Press the button while another training is under way; returns the queued run's id."""
    said = page.get_by_test_id("queue-said")
    before = said.text_content()
    expect(page.get_by_test_id("start-run")).to_have_text("Add to the queue")
    page.get_by_test_id("start-run").click()
    expect(said).not_to_have_text(before or "", timeout=LONG)
    return str(said.inner_text()).partition(" ")[0]


def test_trainings_wait_for_their_turn(page, goto_page, demo_workspace):
    goto_page(page, "train")
    endless = start(page, epochs=ENDLESS)
    expect(monitor(page, "running")).to_be_visible(timeout=LONG)
    page.get_by_test_id("epochs").fill("2")
    expect(page.get_by_test_id("plan-sentence")).to_contain_text("2 epochs")
    first, second, third = (queue_up(page) for _ in range(3))
    expect(page.get_by_test_id("queue-said")).to_contain_text(f"{third} is third in the queue")
    # What is under way stays in sight.
    expect(page.locator(f'.mx-monitor[data-run="{endless}"]')).to_be_visible()
    order = page.locator(".mx-run")
    assert order.evaluate_all("all => all.slice(0, 4).map((one) => one.dataset.run)") == [
        endless,
        first,
        second,
        third,
    ]
    page.get_by_test_id(f"run-{third}").click()
    expect(page.get_by_test_id("run-stage")).to_contain_text("third in the queue")
    page.get_by_test_id("act-first").click()
    expect(page.get_by_test_id("run-stage")).to_contain_text("first in the queue")
    expect(order.nth(1)).to_have_attribute("data-run", third)
    page.get_by_test_id(f"run-{first}").click()
    expect(page.get_by_test_id("run-stage")).to_contain_text("second in the queue")
    page.get_by_test_id("cancel-run").click()
    expect(monitor(page, "cancelled")).to_be_visible()
    # The one under way ends: the others follow, in their order.
    page.get_by_test_id(f"run-{endless}").click()
    page.get_by_test_id("cancel-run").click()
    for run_id in (third, second):
        expect(page.get_by_test_id(f"run-{run_id}")).to_have_attribute(
            "data-status", "finished", timeout=LONG
        )
    expect(page.get_by_test_id("start-run")).to_have_text("Start training")
    from mexlab.runs.run import open_run

    records = [open_run(demo_workspace.runs_dir, run_id).record for run_id in (third, second)]
    assert records[0]["finished"] < records[1]["started"]


def test_a_killed_training_is_resumed_and_what_waits_goes_on(page, goto_page, demo_workspace):
    import json

    import psutil

    goto_page(page, "train")
    lost = start(page, epochs=ENDLESS)
    expect(monitor(page, "running")).to_be_visible(timeout=LONG)
    page.get_by_test_id("epochs").fill("2")
    expect(page.get_by_test_id("plan-sentence")).to_contain_text("2 epochs")
    waiting = queue_up(page)
    record = json.loads((demo_workspace.path / "queue" / "process.json").read_text())
    psutil.Process(record["pid"]).kill()
    expect(monitor(page, "interrupted")).to_be_visible(timeout=LONG)
    # The open page sees to it that somebody works on the queue.
    expect(page.get_by_test_id(f"run-{waiting}")).to_have_attribute(
        "data-status", "finished", timeout=LONG
    )
    page.get_by_test_id("act-resume").click()
    expect(monitor(page, "running")).to_be_visible(timeout=LONG)
    expect(page.locator(f'.mx-monitor[data-run="{lost}"]')).to_be_visible()


def test_a_training_is_started_beside_another(page, goto_page):
    goto_page(page, "train")
    first = start(page, epochs=ENDLESS)
    expect(monitor(page, "running")).to_be_visible(timeout=LONG)
    page.get_by_test_id("start-beside").click()
    expect(
        page.locator(f'.mx-monitor[data-status="running"]:not([data-run="{first}"])')
    ).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id(f"run-{first}")).to_have_attribute("data-status", "running")


def test_the_protocol_is_explained_and_changes_the_plan(page, goto_page):
    goto_page(page, "train")
    hint, sentence = page.get_by_test_id("protocol-hint"), page.get_by_test_id("plan-sentence")
    expect(sentence).to_contain_text("leave one subject out, 4 folds")
    expect(page.get_by_test_id("k")).to_be_hidden()
    page.get_by_test_id("protocol").select_option("k-fold")
    expect(hint).to_contain_text("subjects in k parts")
    page.get_by_test_id("k").fill("2")
    expect(sentence).to_contain_text("2-fold by subject, 2 folds")
    page.get_by_test_id("protocol").select_option("leave-one-database-out")
    expect(sentence).to_contain_text("at least two databases")
    expect(page.get_by_test_id("start-run")).to_be_disabled()


def test_what_went_in_is_told(page, goto_page, run_id):
    goto_page(page, "train", run=run_id)
    details = page.get_by_test_id("went-in")
    details.locator("summary").click()
    expect(details).to_contain_text("of CASME II")
    expect(details).to_contain_text("eyes masked")
    expect(details).to_contain_text(f"runs/{run_id}/inputs.csv")


def test_a_choice_that_cannot_run_says_why(page, goto_page):
    goto_page(page, "train")
    page.get_by_test_id("epochs").fill("many")
    expect(page.get_by_test_id("fault-epochs")).to_have_text("a whole number")
    expect(page.get_by_test_id("start-run")).to_be_disabled()
    page.get_by_test_id("epochs").fill("2")
    expect(page.get_by_test_id("start-run")).to_be_enabled()
    page.get_by_test_id("database-casme2").uncheck()
    expect(page.get_by_test_id("plan-sentence")).to_have_text("Choose at least one database.")
    expect(page.get_by_test_id("start-run")).to_be_disabled()


def test_a_cell_leads_to_its_clips_and_on_to_the_apex(page, goto_page, demo_workspace, run_id):
    from mexlab.data.clips import ClipKey

    goto_page(page, "results", run=run_id)
    counts = cells(page)
    position = counts.index(max(counts))
    page.locator(f"{MATRIX} .mx-cell").nth(position).click()
    rows = page.get_by_test_id("cell-clip")
    expect(rows).to_have_count(counts[position])
    expect(page.get_by_test_id("cell-heading")).to_contain_text(str(counts[position]))
    sure = [float(text.rpartition(" ")[2]) for text in rows.locator(".mx-tag").all_inner_texts()]
    assert sure == sorted(sure, reverse=True)
    address = page.url
    key = ClipKey.parse(str(rows.first.get_attribute("data-clip")))
    rows.first.locator("a.mx-open").click()
    apex = demo_workspace.store.coding(key, "database").coding.apex
    expect(page.get_by_test_id("canvas-current")).to_have_attribute(
        "data-frame", str(apex), timeout=LONG
    )
    assert f"clip={key}" in page.url
    # The way back leads to the same cell.
    page.goto(address, wait_until="commit")
    expect(page.get_by_test_id("cell-clip")).to_have_count(counts[position], timeout=LONG)
    expect(page.locator(f"{MATRIX} .mx-cell.on")).to_have_attribute(
        "data-count", str(counts[position])
    )


def test_flow_opens_from_a_cell(page, goto_page, run_id):
    goto_page(page, "results", run=run_id)
    counts = cells(page)
    page.locator(f"{MATRIX} .mx-cell").nth(counts.index(max(counts))).click()
    clip = str(page.get_by_test_id("cell-clip").first.get_attribute("data-clip"))
    page.get_by_test_id("open-flow").first.click()
    expect(page.get_by_test_id("page-flow")).to_have_attribute("aria-current", "page", timeout=LONG)
    assert f"clip={clip}" in page.url


def test_the_matrix_by_keyboard(page, goto_page, run_id):
    goto_page(page, "results", run=run_id)
    first = page.get_by_test_id("cell-full-negative-negative")
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("cell-full-positive-negative")).to_be_focused()
    page.keyboard.press("ArrowRight")
    middle = page.get_by_test_id("cell-full-positive-positive")
    expect(middle).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("cell-heading")).to_contain_text("positive")
    expect(middle).to_have_attribute("aria-selected", "true")
    # P writes counts large, and again percent.
    count = middle.get_attribute("data-count")
    page.keyboard.press("p")
    expect(middle.locator("b")).to_have_text(str(count))
    expect(page.get_by_test_id("mode-counts")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    expect(middle.locator("small")).to_have_text(str(count))


def test_a_subject_lists_its_clips(page, goto_page, run_id):
    goto_page(page, "results", run=run_id)
    bar = page.locator(".mx-subject").first
    said = str(bar.get_attribute("aria-label"))
    bar.click()
    total = int(re.search(r"of (\d+) clip", said)[1])  # type: ignore[index]
    expect(page.get_by_test_id("cell-clip")).to_have_count(total)


def test_predictions_are_taken_along_as_csv(page, goto_page, demo_workspace, run_id):
    from mexlab.runs.run import open_run

    goto_page(page, "results", run=run_id)
    with page.expect_download() as caught:
        page.get_by_test_id("export-csv").click()
    assert caught.value.suggested_filename == f"{run_id}-predictions.csv"
    lines = caught.value.path().read_text("utf-8").splitlines()
    assert lines[0].startswith("seed,fold,database,subject,clip,"), "no mark before it"
    assert len(lines) == 1 + len(open_run(demo_workspace.runs_dir, run_id).predictions())


def test_a_broken_run_is_told_calmly(page, goto_page, demo_workspace, run_id):
    broken = demo_workspace.runs_dir / "laenet-900"
    broken.mkdir(exist_ok=True)
    (broken / "run.json").write_text("{")
    try:
        goto_page(page, "results", run="laenet-900")
        expect(page.get_by_test_id("notice")).to_contain_text("cannot be read")
        expect(page.get_by_test_id("run-laenet-900")).to_have_attribute("data-status", "unreadable")
        # The others are as they were.
        page.get_by_test_id(f"run-{run_id}").click()
        expect(page.locator(MATRIX)).to_be_visible()
        expect(page.get_by_test_id("results-run")).to_have_text(run_id)
    finally:
        (broken / "run.json").unlink()
        broken.rmdir()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720)])
@pytest.mark.parametrize("name", ["train", "results"])
def test_pages_fill_the_window_and_no_more(new_page, goto_page, run_id, name, width, height):
    page = new_page(width, height)
    goto_page(page, name, run=run_id)
    expect(page.locator(MATRIX)).to_be_visible()
    overflow = page.evaluate(
        "[document.documentElement, ...document.querySelectorAll('.mx-column')]"
        ".filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"
    )
    assert overflow == []
    assert page.evaluate("document.documentElement.scrollHeight") <= height
