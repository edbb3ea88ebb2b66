"""A coder at the annotate page: what they do and what they see."""

from __future__ import annotations

import base64
import itertools
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psutil
import pytest

from mexlab.data.clips import ClipKey

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
expect.set_options(timeout=20_000)

_used = itertools.count()

# Draws the file's own bytes beside the canvas and compares every pixel.
SAME_PIXELS = """async ([name, bytes, mime]) => {
  const canvas = document.querySelector(`[data-testid=canvas-${name}]`);
  const raw = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([raw], { type: mime }));
  const other = new OffscreenCanvas(bitmap.width, bitmap.height);
  other.getContext('2d').drawImage(bitmap, 0, 0);
  const a = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const b = other.getContext('2d').getImageData(0, 0, bitmap.width, bitmap.height).data;
  if (a.length !== b.length) return -1;
  let differing = 0;
  for (let i = 0; i < a.length; i += 1) differing += a[i] !== b[i];
  return differing;
}"""


class Coder:
    """What a coder sees and does on the page."""

    def __init__(self, page: Any, key: Any, workspace: Any) -> None:
        self.page = page
        self.key = key
        self.workspace = workspace
        self.clip = workspace.store.clip(key)
        self.numbers = [int(number) for number in self.clip.frames.numbers]

    def at(self, key: Any) -> Coder:
        """The same coder, who went on to another clip."""
        return Coder(self.page, key, self.workspace)

    def neighbour(self, step: int) -> Coder:
        """The coder at the clip that many rows on in the list, once it was fetched ahead."""
        keys = self.by("clip-row").evaluate_all("rows => rows.map((row) => row.dataset.key)")
        key = keys[keys.index(str(self.key)) + step]
        expect(self.by("hud")).to_have_attribute("data-ahead", re.compile(re.escape(key)))
        return self.at(ClipKey.parse(key))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def step(self, frames: int) -> None:
        """Step by single frames until the last of them is seen: marks take what is painted."""
        at = self.numbers.index(int(self.by("frame-number").inner_text()))
        self.press(*["ArrowRight" if frames > 0 else "ArrowLeft"] * abs(frames))
        self.sees_frame(self.numbers[at + frames])

    def by(self, testid: str) -> Any:
        return self.page.get_by_test_id(testid)

    def sees_frame(self, number: int) -> None:
        expect(self.by("canvas-current")).to_have_attribute("data-frame", str(number))
        expect(self.by("frame-number")).to_have_text(str(number))

    def sees_marks(self, onset: Any = None, apex: Any = None, offset: Any = None) -> None:
        for name, value in {"onset": onset, "apex": apex, "offset": offset}.items():
            expect(self.by(f"value-{name}")).to_have_text("–" if value is None else str(value))

    def address_holds(self, number: int) -> None:
        self.page.wait_for_url(re.compile(rf"clip={self.key}&frame={number}$"))

    def is_saved(self) -> None:
        expect(self.by("saved")).to_contain_text("saved")
        expect(self.by("saved")).not_to_contain_text("…")
        expect(self.by("undo")).to_contain_text(re.compile(r"undo \d+"))

    def stored(self) -> Any:
        return self.workspace.store.coding(self.key, self.workspace.coder).coding

    def differing_pixels(self, number: int, canvas: str = "current") -> int:
        frame = self.clip.frames.encoded(number)
        bytes_ = base64.b64encode(frame.data).decode()
        return int(self.page.evaluate(SAME_PIXELS, [canvas, bytes_, frame.mime]))

    @property
    def kernel_id(self) -> str:
        return str(
            self.page.evaluate(
                "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
            )
        )

    def kernel(self) -> psutil.Process:
        """The process that runs the page's kernel."""
        name = self.kernel_id
        return next(
            process
            for process in psutil.process_iter(["cmdline"])
            if any(name in part for part in process.info["cmdline"] or ())
        )

    @contextmanager
    def kernel_stopped(self) -> Iterator[None]:
        """The kernel's process does nothing meanwhile: what is seen, the browser had."""
        process = self.kernel()
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def shows_the_file_of(self, number: int) -> None:
        self.sees_frame(number)
        assert self.differing_pixels(number) == 0, f"frame {number} is not what its file holds"


def wipe(workspace: Any, key: Any) -> None:
    """Take away what the coder ever did to a clip; the database's own coding stays."""
    path = workspace.path / "codings.sqlite"
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        for table in ("codings", "coding_changes", "first_commits"):
            connection.execute(
                f"DELETE FROM {table} WHERE coder = ? AND clip_id = (SELECT clips.id FROM clips"
                " JOIN databases ON databases.id = clips.database_id"
                " WHERE databases.name = ? AND clips.subject = ? AND clips.name = ?)",
                (workspace.coder, key.database, key.subject, key.name),
            )


@pytest.fixture(scope="module", autouse=True)
def left_as_found(demo_workspace: Any) -> Iterator[None]:
    """Other pages are tested on the same workspace: they find it without a coding.

    Nor is the list left in a random order, or under other keys: ``K`` leads to the clip above.
    """
    yield
    for file in (demo_workspace.path / "coders").glob("*.json"):
        file.unlink()
    for row in demo_workspace.store.clips(coder=demo_workspace.coder):
        wipe(demo_workspace, row.key)


@pytest.fixture
def wipe_coding(demo_workspace: Any) -> Callable[[Any], None]:
    """Make a clip one that nobody has coded."""
    return lambda key: wipe(demo_workspace, key)


@pytest.fixture
def nothing_coded(demo_workspace: Any) -> None:
    """Every clip is untouched."""
    for row in demo_workspace.store.clips():
        wipe(demo_workspace, row.key)


@pytest.fixture
def shipped_choices(demo_workspace: Any) -> Iterator[None]:
    """What a test chooses is forgotten after it."""
    yield
    for file in (demo_workspace.path / "coders").glob("*.json"):
        file.unlink()


@pytest.fixture
def coder_at(demo_workspace: Any) -> Callable[[Any, Any], Coder]:
    """A coder at a page that somebody else has opened."""
    return lambda page, key: Coder(page, key, demo_workspace)


@pytest.fixture
def fresh_key(demo_workspace: Any) -> Callable[[], Any]:
    """A clip that nobody has coded: there are more tests than clips, so codings are wiped.

    Nor has anybody coded the one below it in the list: a commit leads there, and ``K`` back.
    """
    rows = [row for row in demo_workspace.store.clips() if not row.features_only]

    def fresh() -> Any:
        at = next(_used) % (len(rows) - 1)
        for row in rows[at : at + 2]:
            wipe(demo_workspace, row.key)
        return rows[at].key

    return fresh


@pytest.fixture
def open_clip(
    page: Any, goto_page: Any, demo_workspace: Any, fresh_key: Any
) -> Callable[..., Coder]:
    """Open a clip of one's own and wait for its first picture."""

    def open_(key: Any = None, on: Any = None, **query: Any) -> Coder:
        key = key or fresh_key()
        target = on or page
        goto_page(target, "annotate", clip=key, **query)
        coder = Coder(target, key, demo_workspace)
        coder.sees_frame(query.get("frame", coder.stored().onset or coder.numbers[0]))
        return coder

    return open_


@pytest.fixture
def between(demo_workspace: Any, open_clip: Any, wipe_coding: Any) -> Any:
    """A clip that stands between others in the list; nobody has coded any of them."""
    keys = [row.key for row in demo_workspace.store.clips() if not row.features_only]
    for key in keys[:6]:
        wipe_coding(key)
    return open_clip(keys[2])
