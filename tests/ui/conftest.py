"""A real browser on a real Voila: one workspace, one server and one browser a worker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: Milliseconds; a loaded machine of two cores may take this long to start a kernel.
PATIENCE = 60_000

#: Trained for long enough to have curves, not to be good.
EPOCHS = 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.ui)


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return "/usr/bin/chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium; tests are skipped without it, unless MEXLAB_REQUIRE_BROWSER=1."""
    required = os.environ.get("MEXLAB_REQUIRE_BROWSER") == "1"
    path = _chromium()
    reason = ""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        reason = f"playwright is not installed ({error})"
    else:
        if not Path(path).exists():
            reason = "no chromium on this machine"
    if reason:
        (pytest.fail if required else pytest.skip)(reason)
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four synthetic subjects, imported, their flow maps computed, one run trained on them.

    A folder with ``casme2`` and ``workspace``: made by whichever worker comes first, and read only.
    """
    from filelock import FileLock

    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, whole = root / "demo", root / "demo-is-whole"
    with FileLock(root / "demo.lock"):
        if not whole.exists():
            make_demo(folder)
            whole.touch()
    return folder


def make_demo(folder: Path) -> None:
    from mexlab.runs.settings import TrainingSettings
    from mexlab.synthetic import synthesise
    from mexlab.workspace.importing import import_into
    from mexlab.workspace.queue.runner import stop_runner
    from mexlab.workspace.trainings.jobs import train
    from mexlab.workspace.trainings.request import TrainRequest
    from mexlab.workspace.workspace import Workspace

    synthesise("casme2", folder / "casme2", subjects=4, seed=3)
    workspace = Workspace.create(folder / "workspace", name="demo")
    import_into(workspace, "casme2", folder / "casme2")
    # Computes the flow maps of every labelled clip on its way.
    train(workspace, TrainRequest(training=TrainingSettings(epochs=EPOCHS)))
    # Its process waits for trainings that will not come.
    stop_runner(workspace)
    workspace.close()


@pytest.fixture(scope="session")
def demo_workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """This worker's own copy of the demo's workspace.

    Shared by the worker's files: a test that codes clips uses clips of its own.
    """
    from mexlab.workspace.queue.runner import stop_runner
    from mexlab.workspace.workspace import Workspace

    folder = tmp_path_factory.mktemp("demo") / "workspace"
    shutil.copytree(demo / "workspace", folder)
    workspace = Workspace.open(folder)
    yield workspace
    stop_runner(workspace)


@pytest.fixture(scope="session")
def server(demo_workspace: Any) -> Iterator[Any]:
    """The demo workspace, served on a free port."""
    from mexlab.serving.server import start_server

    with start_server(demo_workspace, port=0) as running:
        yield running


@pytest.fixture(scope="module")
def nobody_is_blind(demo_workspace: Any) -> Iterator[None]:
    """Pages of these tests show all, though others of the session have coded some clips."""
    toml = demo_workspace.path / "mexlab.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace("blind = true", "blind = false"), "utf-8")
    yield
    toml.write_text(text, "utf-8")


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Make pages in contexts of their own, watched for errors and for requests elsewhere."""
    contexts: list[Any] = []
    errors: list[str] = []
    elsewhere: list[str] = []

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))

    def asked(request: Any) -> None:
        url = request.url
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            elsewhere.append(url)

    def make(width: int = 1440, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch)
        context.on("request", asked)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        for page in context.pages:
            page.close(run_before_unload=True)
        context.close()
    assert not errors, f"the page threw: {errors}"
    assert not elsewhere, f"the page asked other hosts: {elsewhere}"


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A browser page of 1440 x 900."""
    return new_page()


@pytest.fixture
def goto_page(server: Any) -> Callable[..., None]:
    """``goto_page(page, "annotate", clip=…)`` opens a page and waits until it is drawn."""

    def goto(page: Any, name: str, **query: Any) -> None:
        page.goto(server.address(name, **query), wait_until="commit")
        wait_drawn(page, name)

    return goto


def wait_drawn(page: Any, name: str) -> None:
    """Wait until the frame of a page stands, top bar and foot."""
    page.locator(f'.mexlab-page [data-testid="page-{name}"][aria-current="page"]').wait_for(
        timeout=PATIENCE
    )
    page.locator(".mexlab-page .mx-foot-bar").wait_for(state="attached", timeout=PATIENCE)
