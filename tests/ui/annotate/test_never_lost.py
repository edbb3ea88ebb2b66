"""Marks outlive a reload, a second tab and a dead kernel."""

from __future__ import annotations

import re
import resource
import signal
from typing import Any

import psutil
import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def test_marks_by_key_are_there_after_a_reload(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.step(5)
    coder.press("o")
    coder.step(9)
    coder.press("a", "Shift+ArrowRight")
    coder.sees_frame(numbers[24])
    coder.press("f", "1")
    coder.sees_marks(numbers[5], numbers[14], numbers[24])
    coder.is_saved()
    stored = coder.stored()
    assert (stored.onset, stored.apex, stored.offset) == (numbers[5], numbers[14], numbers[24])
    assert stored.status == "draft"
    assert stored.emotion
    # The address follows, so that a reload comes back to the clip and the frame.
    coder.address_holds(numbers[24])
    coder.page.reload(wait_until="commit")
    coder.sees_frame(numbers[24])
    coder.sees_marks(numbers[5], numbers[14], numbers[24])
    expect(coder.by(f"emotion-{stored.emotion}")).to_have_attribute("aria-pressed", "true")
    for name, at in {"onset": 5, "apex": 14, "offset": 24}.items():
        expect(coder.by(f"mark-{name}")).to_have_attribute("aria-valuenow", str(numbers[at]))


def test_undo_and_redo_reach_over_a_reload(open_clip: Any) -> None:
    coder = open_clip()
    numbers = coder.numbers
    coder.press("o")
    coder.step(1)
    coder.press("a")
    coder.sees_marks(numbers[0], numbers[1])
    coder.is_saved()
    coder.address_holds(numbers[1])
    coder.page.reload(wait_until="commit")
    coder.sees_frame(numbers[1])
    coder.sees_marks(numbers[0], numbers[1])
    coder.press("Control+z")
    coder.sees_marks(numbers[0])
    expect(coder.by("toast")).to_contain_text("undo: apex")
    coder.press("Control+z")
    coder.sees_marks()
    coder.press("Control+y")
    coder.sees_marks(numbers[0])
    coder.press("Control+Shift+z")
    coder.sees_marks(numbers[0], numbers[1])
    # It shows at once, before it is stored.
    coder.is_saved()
    assert coder.stored().apex == numbers[1]


def test_a_second_tab_is_told_and_overwrites_nothing(open_clip: Any, new_page: Any) -> None:
    first = open_clip()
    second = open_clip(first.key, on=new_page())
    first.press("o")
    first.is_saved()
    second.step(7)
    second.press("o")
    expect(second.by("unsaved")).to_contain_text("Changed in another tab")
    second.sees_marks(first.numbers[0])
    assert first.stored().onset == first.numbers[0]
    second.by("apply-mine").click()
    second.sees_marks(first.numbers[7])
    second.is_saved()
    assert first.stored().onset == first.numbers[7]


def test_a_dead_kernel_is_told_and_the_edit_is_sent_by_the_next(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o")
    coder.is_saved()
    status = coder.page.evaluate(
        """async (id) => {
          const xsrf = document.cookie.match(/_xsrf=([^;]+)/);
          const answer = await fetch(`/api/kernels/${id}`, {
            method: 'DELETE', headers: xsrf ? { 'X-XSRFToken': xsrf[1] } : {},
          });
          return answer.status;
        }""",
        coder.kernel_id,
    )
    assert status == 204
    coder.step(3)
    coder.press("a")
    coder.sees_marks(coder.numbers[0], coder.numbers[3])
    # One bar says it, not the form as well.
    expect(coder.by("liveness")).to_contain_text("1 change is kept in this browser and sent then")
    expect(coder.by("status")).to_contain_text("NOT SAVED")
    assert coder.stored().apex is None
    # Stepping goes on without a kernel: the clip is in the browser.
    coder.press("ArrowRight")
    coder.shows_the_file_of(coder.numbers[4])
    coder.page.reload(wait_until="commit")
    coder.sees_marks(coder.numbers[0], coder.numbers[3])
    coder.is_saved()
    expect(coder.by("liveness")).to_be_hidden()
    assert coder.stored().apex == coder.numbers[3]


def test_a_note_typed_in_two_tabs_is_not_overwritten(open_clip: Any, new_page: Any) -> None:
    first = open_clip()
    second = open_clip(first.key, on=new_page())
    # Else its kernel, when it has found the machine's apex, would tell of the note before.
    with first.kernel_stopped():
        second.press("n")
        second.page.keyboard.type("seen in the second")
        second.press("Enter")
        second.is_saved()
        first.press("n")
        first.page.keyboard.type("typed in the first")
    expect(first.by("unsaved")).to_contain_text("Changed in another tab")
    # Typing goes on under one's own hands, and is still not forced upon the other's.
    first.page.keyboard.type(", and more")
    expect(first.by("unsaved")).to_contain_text("seen in the second → typed in the first, and more")
    expect(first.by("note")).to_have_value("typed in the first, and more")
    assert first.stored().note == "seen in the second"
    first.press("Escape")
    expect(first.by("note")).to_have_value("seen in the second")
    first.by("apply-mine").press("Enter")
    expect(first.by("note")).to_have_value("typed in the first, and more")
    first.is_saved()
    assert first.stored().note == "typed in the first, and more"


def test_a_full_disk_is_told_and_the_edit_is_stored_when_there_is_room(open_clip: Any) -> None:
    coder = open_clip()
    coder.press("o")
    coder.is_saved()
    kernel = coder.kernel()
    # To the kernel no file can grow: what the system says then is what a full disk says.
    before = kernel.rlimit(resource.RLIMIT_FSIZE)
    kernel.rlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    coder.step(4)
    coder.press("a")
    expect(coder.by("status")).to_contain_text("NOT SAVED")
    expect(coder.by("unsaved")).to_contain_text("Make room on the disk")
    # Nor does the list say more than the disk holds.
    expect(coder.by("row-unsaved")).to_be_visible()
    expect(coder.by("unsaved-count")).to_have_text("1 clip NOT SAVED")
    coder.sees_marks(coder.numbers[0], coder.numbers[4])
    assert coder.stored().apex is None
    kernel.rlimit(resource.RLIMIT_FSIZE, before)
    expect(coder.by("unsaved")).to_be_hidden()
    coder.is_saved()
    expect(coder.by("row-unsaved")).to_have_count(0)
    assert coder.stored().apex == coder.numbers[4]


def test_a_killed_server_is_told_and_the_edit_is_sent_to_the_next(
    demo_workspace: Any, fresh_key: Any, coder_at: Any, new_page: Any
) -> None:
    from mexlab.serving.server import start_server

    page, key = new_page(), fresh_key()
    with start_server(demo_workspace, port=0) as server:
        page.goto(server.address("annotate", clip=key), wait_until="commit")
        coder = coder_at(page, key)
        coder.sees_frame(coder.numbers[0])
        coder.press("o")
        coder.is_saved()
        process = next(
            child
            for child in psutil.Process().children()
            if any(each.laddr.port == server.port for each in child.net_connections("tcp"))
        )
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        coder.step(3)
        coder.press("a", "1")
        expect(coder.by("status")).to_contain_text("NOT SAVED")
        expect(coder.by("liveness")).to_contain_text("No connection to mexlab")
    assert coder.stored().apex is None
    with start_server(demo_workspace, port=server.port) as again:
        expect(coder.by("liveness")).to_contain_text("started again", timeout=60_000)
        coder.by("reload").press("Enter")
        # The token is another one now; the page asks for it and goes on to the same clip.
        page.wait_for_url(re.compile("/login"))
        page.keyboard.type(again.token)
        page.keyboard.press("Enter")
        coder.sees_marks(coder.numbers[0], coder.numbers[3])
        coder.is_saved()
        stored = coder.stored()
        assert (stored.apex, bool(stored.emotion)) == (coder.numbers[3], True)
