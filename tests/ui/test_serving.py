"""The server as a browser meets it; what a stranger meets is in tests/unit/serving."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from mexlab.serving.server import start_server

PATIENCE = 60_000
KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


def wait_until(page: Any, condition: Any, what: str, seconds: float = 30.0) -> None:
    """Poll without starving the browser's events."""
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"not within {seconds:.0f} s: {what}")


class TestPages:
    def test_the_root_lands_on_home(self, server: Any, page: Any) -> None:
        page.goto(f"{server.url}/?token={server.token}", wait_until="commit")
        page.get_by_test_id("databases").wait_for(timeout=PATIENCE)
        # The token is neither in the address bar nor in the history.
        assert page.url == f"{server.url}/home"
        assert page.evaluate("document.cookie").find(server.token) == -1

    def test_voilas_own_address_lands_on_the_short_one(self, server: Any, page: Any) -> None:
        page.goto(server.address(), wait_until="commit")
        page.goto(f"{server.url}/voila/render/home.ipynb?x=1", wait_until="commit")
        assert page.url == f"{server.url}/home?x=1"

    def test_the_token_can_be_typed(self, server: Any, page: Any) -> None:
        page.goto(f"{server.url}/home")
        page.get_by_label("Token").fill(server.token)
        page.get_by_role("button", name="Open").click()
        page.get_by_test_id("databases").wait_for(timeout=PATIENCE)
        assert page.url == f"{server.url}/home"

    @pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
    def test_fills_the_window_without_scroll_bars(
        self, new_page: Any, goto_page: Any, size: tuple[int, int]
    ) -> None:
        page = new_page(*size)
        goto_page(page, "home")
        box = page.locator(".mexlab-page").bounding_box()
        assert box == {"x": 0, "y": 0, "width": size[0], "height": size[1]}
        root = page.evaluate("(e => [e.scrollWidth, e.scrollHeight])(document.scrollingElement)")
        assert root == list(size)
        assert page.locator(".mx-top-bar").bounding_box()["height"] == 44
        assert page.locator(".mx-foot-bar").bounding_box()["height"] == 26

    @pytest.mark.parametrize(
        ("scheme", "ground"), [("dark", "rgb(21, 23, 27)"), ("light", "rgb(242, 243, 245)")]
    )
    def test_ground_is_the_systems_before_anything_is_loaded(
        self, server: Any, new_page: Any, scheme: str, ground: str
    ) -> None:
        page = new_page(color_scheme=scheme)
        page.route("**/voila/**", lambda route: route.abort())
        page.goto(server.address(), wait_until="commit")
        page.locator("#mx-starting").wait_for()
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colour == ground

    def test_only_one_host_is_asked_and_the_page_carries_the_policy(
        self, server: Any, page: Any
    ) -> None:
        # That no other host is asked, the `page` fixture asserts in every test.
        answers = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(server.address(), wait_until="commit")
        page.get_by_test_id("databases").wait_for(timeout=PATIENCE)
        documents = [one for one in answers if one.request.resource_type == "document"]
        assert documents
        for one in documents:
            assert "default-src 'self'" in one.headers["content-security-policy"]
        assert [one.url for one in answers if one.status >= 400] == []

    def test_theme_is_the_systems_until_one_is_chosen_and_remembered(
        self, new_page: Any, goto_page: Any
    ) -> None:
        page = new_page(color_scheme="dark")
        goto_page(page, "home")
        ground = "getComputedStyle(document.querySelector('.mexlab-page')).backgroundColor"
        assert page.evaluate(ground) == "rgb(21, 23, 27)"
        page.get_by_test_id("theme").select_option("light")
        assert page.evaluate(ground) == "rgb(242, 243, 245)"
        page.reload(wait_until="commit")
        page.locator(".mexlab-page").wait_for()
        assert page.evaluate(ground) == "rgb(242, 243, 245)"


class TestKernels:
    def test_closing_the_tab_ends_its_kernel(self, page: Any, goto_page: Any, server: Any) -> None:
        goto_page(page, "home")
        kernel = page.evaluate(KERNEL)
        api = f"{server.url}/api/kernels/{kernel}"
        asking = page.context.request
        assert asking.get(api).status == 200
        other = page.context.new_page()
        page.close(run_before_unload=True)
        wait_until(other, lambda: asking.get(api).status == 404, "the kernel is gone")

    def test_a_dead_kernel_is_told_at_once(self, page: Any, goto_page: Any, server: Any) -> None:
        goto_page(page, "home")
        banner = page.get_by_test_id("liveness")
        assert not banner.is_visible()
        kernel = page.evaluate(KERNEL)
        processes = [
            child
            for child in psutil.Process(server._process.pid).children(recursive=True)
            if kernel in " ".join(child.cmdline())
        ]
        assert len(processes) == 1
        processes[0].send_signal(signal.SIGKILL)
        banner.get_by_text("has stopped").wait_for(timeout=20_000)
        page.get_by_test_id("reload").click()
        page.get_by_test_id("databases").wait_for(timeout=PATIENCE)
        assert page.evaluate(KERNEL) != kernel
        assert not page.get_by_test_id("liveness").is_visible()

    def test_the_notice_goes_when_the_kernel_answers_again(
        self, page: Any, goto_page: Any, server: Any
    ) -> None:
        goto_page(page, "home")
        kernel = page.evaluate(KERNEL)
        process = next(
            child
            for child in psutil.Process(server._process.pid).children(recursive=True)
            if kernel in " ".join(child.cmdline())
        )
        # Stopped, it answers nothing, and is alive all the same.
        process.suspend()
        try:
            page.wait_for_function(
                "['busy', 'stopped'].includes(document.documentElement.dataset.mxKernel)",
                timeout=30_000,
            )
        finally:
            process.resume()
        page.wait_for_function(
            "document.documentElement.dataset.mxKernel === 'alive'", timeout=30_000
        )
        assert not page.get_by_test_id("liveness").is_visible()

    def test_a_lost_server_is_told(self, browser: Any, new_page: Any, tmp_path: Path) -> None:
        from mexlab.workspace.workspace import Workspace

        Workspace.create(tmp_path / "lab")
        page = new_page()
        with start_server(tmp_path / "lab", port=0) as server:
            page.goto(server.address(), wait_until="commit")
            page.get_by_test_id("beginning").wait_for(timeout=PATIENCE)
        page.get_by_test_id("liveness").get_by_text("No connection").wait_for(timeout=20_000)


@pytest.fixture
def serve_folder() -> Iterator[Any]:
    """Serve any folder, be it a workspace or not."""
    running = []

    def serve(folder: Path) -> Any:
        running.append(start_server(folder, port=0))
        return running[-1]

    yield serve
    for one in running:
        one.stop()


class TestWorkspaces:
    def test_a_missing_one_is_told_calmly(
        self, page: Any, serve_folder: Any, tmp_path: Path
    ) -> None:
        server = serve_folder(tmp_path / "nowhere")
        page.goto(server.address(), wait_until="commit")
        notice = page.get_by_test_id("notice")
        notice.wait_for(timeout=PATIENCE)
        assert "nowhere" in notice.inner_text()
        assert "mexlab init" in notice.inner_text()
        assert "Traceback" not in page.content()

    def test_an_empty_one_says_how_to_begin(
        self, page: Any, serve_folder: Any, tmp_path: Path
    ) -> None:
        from mexlab.workspace.workspace import Workspace

        server = serve_folder(Workspace.create(tmp_path / "lab").path)
        page.goto(server.address(), wait_until="commit")
        start = page.get_by_test_id("beginning")
        start.get_by_text("import casme2 PATH").wait_for(timeout=PATIENCE)
        assert "Traceback" not in page.content()
