"""The page that opens: databases, runs, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import display

from mexlab.pages.shell import Page, Shell, open_page
from mexlab.widgets.notice import Notice

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace


class HomePage:
    """Databases with their progress, runs, and what to do next."""

    def __init__(self, workspace: Workspace) -> None:
        self.shell = Shell("home", workspace)
        self.root = self.shell.wrap(
            centre=Notice(heading="mexlab").add_class("mx-grow"), foot=[("?", "all keys")]
        )

    @classmethod
    def from_environment(cls) -> Page:
        return open_page("home", lambda workspace, query: cls(workspace))

    def show(self) -> None:
        display(self.root)
