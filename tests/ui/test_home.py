"""The home page as its reader uses it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from mexlab.runs.run import create_run, delete_run, list_runs
from mexlab.workspace.feature_sets.cached import count_cached

PATIENCE = 60_000


def test_databases_runs_and_links(page: Any, goto_page: Any, demo_workspace: Any) -> None:
    goto_page(page, "home")
    row = page.get_by_test_id("database-casme2")
    expect(row).to_contain_text("CASME II")
    expect(row).to_contain_text("synthetic")
    expect(row.locator("td").nth(1)).to_have_text("4")
    cached = count_cached(demo_workspace)["casme2"]
    assert 0 < cached.ready <= cached.clips
    # Counted in the background: it stands there after a while.
    expect(row).to_contain_text(f"{cached.ready} of {cached.clips}", timeout=PATIENCE)
    run = page.get_by_test_id("run-laenet-001")
    expect(run).to_have_attribute("data-status", "finished")
    full = list_runs(demo_workspace.runs_dir)[-1].metrics["full"]
    for cell, name in enumerate(("accuracy", "uf1", "uar")):
        expect(run.locator("td.num").nth(cell)).to_have_text(f"{full[name]:.4f}")


def test_a_step_leads_to_the_results(page: Any, goto_page: Any, server: Any) -> None:
    goto_page(page, "home")
    page.get_by_role("link", name="Results of laenet-001").click()
    page.locator('[data-testid="page-results"][aria-current="page"]').wait_for(timeout=PATIENCE)
    assert page.url == f"{server.url}/results?run=laenet-001"


def test_coding_shows_without_a_reload(page: Any, goto_page: Any, demo_workspace: Any) -> None:
    goto_page(page, "home")
    bar = page.get_by_test_id("database-casme2").locator(".mx-home-coding")
    before = bar.inner_text()
    store, coder = demo_workspace.store, demo_workspace.coder
    clip = store.clips(database="casme2", coder=coder)[-1].key
    state = store.coding(clip, coder)
    status = "committed" if state.coding.status != "committed" else "draft"
    store.change_coding(
        clip, coder, {"status": status}, page="test", expected_revision=state.revision
    )
    expect(bar).not_to_have_text(before, timeout=20_000)
    expect(bar).to_contain_text(f"1 {status}")


def test_a_run_that_is_started_elsewhere_appears(
    page: Any, goto_page: Any, demo_workspace: Any
) -> None:
    goto_page(page, "home")
    page.get_by_test_id("run-laenet-001").wait_for()
    run = create_run(demo_workspace.runs_dir, {"training": {"model": "laenet"}})
    try:
        run.record_process()
        run.write_status("running")
        run.append_event({"event": "fold", "progress": 0.5, "seconds_left": 42.0})
        row = page.get_by_test_id(f"run-{run.id}")
        expect(row).to_contain_text("50 % · training, 42 s left", timeout=20_000)
        expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
        expect(row.get_by_role("link")).to_have_attribute("href", f"train?run={run.id}")
    finally:
        run.write_status("cancelled")
        delete_run(run)
    expect(page.get_by_test_id(f"run-{run.id}")).to_have_count(0, timeout=20_000)


def test_a_key_opens_a_page(page: Any, goto_page: Any, server: Any) -> None:
    goto_page(page, "home")
    page.get_by_test_id("next-steps").wait_for()
    page.keyboard.press("t")
    page.locator('[data-testid="page-train"][aria-current="page"]').wait_for(timeout=PATIENCE)
    assert page.url == f"{server.url}/train"
