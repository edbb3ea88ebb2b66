"""A run looked at in depth: beside another, back to the coder, saved as files."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=20_000)

pytestmark = pytest.mark.usefixtures("nobody_is_blind")

#: How many clips the second run calls otherwise.
CHANGED = 5


@pytest.fixture(scope="module")
def runs(demo_workspace: Any) -> Any:
    """The run that the workspace came with, and a copy of it that calls some clips otherwise."""
    from mexlab.runs import files as run_files
    from mexlab.runs.files import Prediction, read_json, read_predictions, write_json
    from mexlab.runs.run import list_runs, open_run

    first = list_runs(demo_workspace.runs_dir)[-1]
    folder = demo_workspace.runs_dir / "laenet-901"
    shutil.copytree(first.folder, folder)
    table = folder / run_files.PREDICTIONS
    rows, clips = read_predictions(table), [row.key for row in first.predictions()[:CHANGED]]
    turned = []
    for row in rows:
        shares = dict(row.probabilities)
        if row.key in clips:
            # The least probable class becomes the most probable one.
            order = sorted(shares, key=lambda name: shares[name])
            shares[order[0]], shares[order[-1]] = shares[order[-1]], shares[order[0]]
        called = max(shares, key=lambda name: shares[name])
        turned.append(Prediction(row.key, row.true, called, shares, row.seed, row.fold))
    run_files.write_predictions(table, turned, first.classes)
    # Older than the first, which stays the one that a page opens with.
    record = read_json(folder / run_files.RECORD)
    write_json(folder / run_files.RECORD, {**record, "name": "other", "created": "2020-01-01"})
    yield first, open_run(demo_workspace.runs_dir, "laenet-901")
    shutil.rmtree(folder)


def test_another_run_beside_this_one_down_to_its_clips(page, goto_page, runs):
    first, other = runs
    goto_page(page, "results", run=first.id)
    interval = re.compile(r"^\d\.\d\d–\d\.\d\d$")
    expect(page.get_by_test_id("interval-full-UF1")).to_have_text(interval)
    page.keyboard.press("v")
    expect(page.get_by_test_id("beside")).to_be_focused()
    page.get_by_test_id("beside").select_option(f"run:{other.id}")
    expect(page.get_by_test_id("matrix-beside-full")).to_be_visible()
    sentence = page.get_by_test_id("changes-sentence")
    expect(sentence).to_contain_text(f"{CHANGED} of {len(first.predictions())} clips")
    expect(sentence).to_contain_text("McNemar")
    change = page.locator(".mx-change").first
    count = int(change.locator(".mx-count").inner_text())
    change.click()
    expect(page.get_by_test_id("cell-clip")).to_have_count(count)
    expect(change).to_have_attribute("aria-pressed", "true")
    # A reload finds both again.
    page.reload(wait_until="commit")
    expect(page.get_by_test_id("matrix-beside-full")).to_be_visible(timeout=60_000)
    page.get_by_test_id("beside").select_option("")
    expect(page.get_by_test_id("matrix-beside-full")).to_have_count(0)
    expect(sentence).to_have_count(0)


def test_a_clip_is_looked_into_sent_to_recoding_and_taken_back(
    page, goto_page, demo_workspace, runs
):
    from mexlab.data.clips import ClipKey

    goto_page(page, "results", run=runs[0].id)
    page.locator(".mx-subject").first.click()
    clip = page.get_by_test_id("cell-clip").first
    key = ClipKey.parse(str(clip.get_attribute("data-clip")))
    # Where it looked: the map lies over the clip's own face.
    clip.get_by_test_id("look").click()
    looked = page.locator('[data-testid="looked"][data-done="true"]')
    expect(looked).to_contain_text(re.compile("Covering|No single place"), timeout=60_000)
    expect(page.get_by_alt_text("the face at its apex")).to_be_visible()
    coder = demo_workspace.coder
    before = demo_workspace.store.coding(key, coder).coding.status
    button = clip.get_by_test_id("recode")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert demo_workspace.store.coding(key, coder).coding.status == "flagged"
    # By keyboard, and as it was.
    clip.locator("a.mx-open").focus()
    page.keyboard.press("r")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert demo_workspace.store.coding(key, coder).coding.status == before


def test_a_run_is_taken_along_as_picture_and_report(page, goto_page, runs, tmp_path):
    run = runs[0]
    goto_page(page, "results", run=run.id)
    with page.expect_download() as caught:
        page.get_by_test_id("export-png").click()
    assert caught.value.suggested_filename == f"{run.id}-matrices.png"
    picture = caught.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) > 5_000
    with page.expect_download() as caught:
        page.get_by_test_id("export-html").click()
    assert caught.value.suggested_filename == f"{run.id}-report.html"
    # Opened from the disk it asks for nothing but itself, and holds what leaking would claim.
    report = caught.value.path()
    asked, said = [], []
    context = page.context.browser.new_context(offline=True)
    reader = context.new_page()
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("console", lambda message: said.append(message.text))
    # A download bears no ending, by which a browser tells a page from a text.
    copied = tmp_path / "report.html"
    shutil.copy(report, copied)
    reader.goto(copied.as_uri())
    expect(reader.get_by_role("heading", name="What leaking would claim")).to_be_visible()
    expect(reader.get_by_text("INVALID").first).to_be_visible()
    expect(reader.locator("svg").first).to_be_visible()
    assert reader.locator("img, script, link, iframe").count() == 0
    assert asked == [copied.as_uri()]
    assert said == []
    context.close()


def test_what_leaking_would_claim_and_what_would_fill_the_ablation(page, goto_page, runs):
    run = runs[0]
    goto_page(page, "results", run=run.id)
    fold = page.get_by_test_id("fold-leak")
    expect(fold.get_by_test_id("leak-strict").first).to_be_visible()
    claims = fold.get_by_test_id("leak-claim")
    expect(claims).to_have_count(2)
    for claim in claims.all():
        expect(claim).to_contain_text("invalid")
        expect(claim.locator("s")).to_have_count(4)
    expect(fold.get_by_role("img", name="nothing was chosen by it")).to_be_visible()
    # By keyboard it folds away, and its heading still says what it is.
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(claims.first).to_be_hidden()
    expect(fold.locator(".mx-gist")).to_contain_text("invalid")
    # The run stands in its cell; each empty cell has its command.
    ablation = page.get_by_test_id("fold-ablation")
    expect(ablation.get_by_test_id(f"ablation-{run.id}")).to_be_visible()
    expect(ablation.get_by_test_id("ablation-empty")).to_have_count(3)
    expect(ablation.get_by_test_id("ablation-step").first).to_contain_text("--no-mask")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ablation.get_by_test_id("copy-command").first.click()
    expect(ablation.get_by_test_id("copy-command").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("mexlab train")
