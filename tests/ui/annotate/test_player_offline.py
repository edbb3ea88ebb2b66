"""A lost connection: told at once, what is loaded can be stepped, and all goes on afterwards."""

from __future__ import annotations

from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

API = "**/api/kernels/**"


class Line:
    """The page's connection to the server, which can be cut and mended as by a sleeping laptop."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.cut_off = False
        self.sockets: list[Any] = []
        page.route_web_socket(lambda url: "/api/kernels/" in url, self._connect)

    def _connect(self, socket: Any) -> None:
        if self.cut_off:
            socket.close()
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    def cut(self) -> None:
        self.cut_off = True
        self.page.route(API, lambda route: route.abort())
        for socket in self.sockets:
            socket.close()
        self.sockets.clear()

    def mend(self) -> None:
        self.cut_off = False
        self.page.unroute(API)


def test_a_lost_connection_is_told_stepped_through_and_made_good(page: Any, open_clip: Any) -> None:
    line = Line(page)
    coder = open_clip()
    expect(page.locator(".mx-loading")).to_have_text("")
    line.cut()
    coder.press("ArrowRight", "ArrowRight")
    coder.shows_the_file_of(coder.numbers[2])
    coder.press("o")
    expect(coder.by("status")).to_contain_text("NOT SAVED")
    # One bar says it, and what is kept; the form stays as it is.
    expect(coder.by("liveness")).to_contain_text("No connection to mexlab")
    expect(coder.by("liveness")).to_contain_text("1 change is kept in this browser")
    expect(coder.by("unsaved")).to_be_hidden()
    assert coder.stored().onset is None
    coder.press("End")
    coder.shows_the_file_of(coder.numbers[-1])
    coder.press("a")
    line.mend()
    # The browser waits longer from attempt to attempt until it connects again.
    expect(coder.by("liveness")).to_be_hidden(timeout=90_000)
    coder.is_saved()
    coder.sees_marks(coder.numbers[2], coder.numbers[-1])
    assert (coder.stored().onset, coder.stored().apex) == (coder.numbers[2], coder.numbers[-1])
    # And on it goes: another clip opens, with its coding.
    coder.press("j")
    expect(coder.by("value-onset")).to_have_text("–")
    expect(coder.by("commit")).to_be_visible()
