"""The page that opens: databases with their progress, runs, what to do next."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING

from IPython.display import display

from mexlab.data.clips import ClipKey
from mexlab.errors import MexlabError
from mexlab.pages.home.guidance import next_steps
from mexlab.pages.home.rows import database_row, home_run_row
from mexlab.pages.shell.links import PAGES, page_names, page_url
from mexlab.pages.shell.shell import Page, Shell, open_page
from mexlab.runs import run as runs
from mexlab.runs.progress import RunProgress, read_progress
from mexlab.runs.run import Run, list_runs
from mexlab.widgets.home.home_view import HomeView
from mexlab.widgets.home.next_steps import NextSteps
from mexlab.workspace.coding_progress import coding_progress
from mexlab.workspace.feature_sets.cached import CachedFeatures, count_cached

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: Seconds between two looks at the disk: soon enough to watch a run, cheap enough to leave open.
EVERY = 2.0

#: What each page is for, and the key that opens it.
PURPOSES = {
    "annotate": ("A", "mark, label, commit"),
    "flow": ("F", "see the motion"),
    "train": ("T", "tested on subjects it never saw"),
    "results": ("R", "matrices, down to the clip"),
}

PRIVACY = "No one sees a frame without the token, and no page contacts another host."


class HomePage:
    """Databases, runs and what to do next; keeps itself up to date.

    Parameters
    ----------
    workspace : Workspace

    Attributes
    ----------
    root : Widget
        The whole page.
    view : HomeView
    steps : NextSteps
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.shell = Shell("home", workspace)
        self.view = HomeView(coder=workspace.coder)
        self.steps = NextSteps(
            pages=[
                {"title": PAGES[name], "url": page_url(name), "text": text, "key": key}
                for name, (key, text) in PURPOSES.items()
                if name in page_names()
            ],
            privacy=PRIVACY,
            place=str(workspace.path),
        )
        self._cached: dict[str, CachedFeatures] = {}
        self._firsts: dict[str, ClipKey] = {}
        self._progress: dict[str, RunProgress] = {}
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None
        self.refresh()
        foot = [(page["key"], page["title"].lower()) for page in self.steps.pages]
        self.root = self.shell.wrap(
            centre=self.view,
            right=self.steps,
            foot=foot,
            titles=("", "what to do next"),
            folds={"right": ("narrow",)},
        )

    @classmethod
    def from_environment(cls) -> Page:
        return open_page("home", lambda workspace, query: cls(workspace))

    def show(self) -> None:
        """Display the page and keep it up to date until the kernel ends."""
        display(self.root)
        self._watcher = threading.Thread(target=self._watch, name="home", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stop keeping it up to date."""
        self._over.set()

    def refresh(self) -> None:
        """Read store and runs and show what changed."""
        store = self.workspace.store
        progress = coding_progress(self.workspace, self.workspace.coder)
        databases = [
            database_row(
                row, progress.get(row.name), self._cached.get(row.name), self._first(row.name)
            )
            for row in store.databases()
        ]
        found = [
            home_run_row(run, self._how_far(run)) for run in list_runs(self.workspace.runs_dir)
        ]
        # Traitlets tell the browser only of what differs.
        self.view.databases = databases
        self.view.runs = found
        steps = next_steps(self.workspace.path, databases, found, self.workspace.coder)
        # In an empty workspace they are the page, and stand in its middle.
        self.view.beginning = [] if databases else steps
        self.steps.steps = steps if databases else []

    def _first(self, database: str) -> ClipKey | None:
        """The first clip of a database that has frames; looked up once."""
        if database not in self._firsts:
            rows = self.workspace.store.clips(database=database)
            found = next((row.key for row in rows if not row.features_only), None)
            if found is None:
                return None
            self._firsts[database] = found
        return self._firsts[database]

    def count_maps(self) -> None:
        """Count the flow maps in the cache; reads two frames of every clip."""
        self._cached = count_cached(self.workspace)

    def _how_far(self, run: Run) -> RunProgress | None:
        """How far a live run is; reads what it told since the last time."""
        if run.status not in (runs.QUEUED, runs.RUNNING):
            self._progress.pop(run.id, None)
            return None
        self._progress[run.id] = read_progress(run, self._progress.get(run.id))
        return self._progress[run.id]

    def _watch(self) -> None:
        """Keep the page up to date. A thread may set traits; only its own work is done here."""
        counted: object = None
        while not self._over.is_set():
            try:
                now = self._maps_mark()
                if now != counted:
                    self.count_maps()
                    counted = now
                self.refresh()
                self.view.fault = ""
            except MexlabError as error:
                self.view.fault = f"Not up to date: {error}"
            except Exception as error:
                traceback.print_exc(file=sys.__stderr__)
                self.view.fault = f"Not up to date: {type(error).__name__}: {error}"
            self._over.wait(EVERY)

    def _maps_mark(self) -> object:
        """Differs whenever the count of flow maps may have changed; costs a listing of folders."""
        folder = self.workspace.cache_dir / "flow"
        files = 0
        if folder.is_dir():
            files = sum(1 for part in folder.iterdir() if part.is_dir() for _ in part.iterdir())
        rows = [(row.name, row.imported_at) for row in self.workspace.store.databases()]
        return files, rows
