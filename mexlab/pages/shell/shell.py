"""The frame around every page: top bar, columns, foot; and what stands there when a page fails."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import ipywidgets as widgets
from IPython.display import display

from mexlab.errors import InputError, MexlabError
from mexlab.pages.shell.links import PAGES, page_names, page_query, page_url
from mexlab.widgets.keys.key_help import KeyHelp
from mexlab.widgets.keys.keymap import COLUMN_KEYS
from mexlab.widgets.kit.notice import Notice
from mexlab.widgets.shell.foot_bar import FootBar
from mexlab.widgets.shell.top_bar import TopBar

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: What may stand in a column: one widget or several, from top to bottom.
Content: TypeAlias = widgets.Widget | Sequence[widgets.Widget] | None


#: Side columns that start folded: the list, from which one comes, sooner than what one works in.
FOLDS: Mapping[str, Sequence[str]] = {"left": ("middle", "narrow")}


class Page(Protocol):
    """What a notebook in ``dashboards/`` builds and shows."""

    def show(self) -> None: ...


class SayingPage(Page, Protocol):
    """A page that has a place for what is amiss beside what works."""

    def say(self, error: MexlabError) -> None: ...


class Shell:
    """The frame of one page.

    Parameters
    ----------
    active : str
        Name of the page, one of `mexlab.pages.shell.links.PAGES`.
    workspace : Workspace or None
        None where it could not be opened.

    Attributes
    ----------
    top_bar : TopBar
    foot_bar : FootBar
    """

    def __init__(self, active: str, workspace: Workspace | None = None) -> None:
        self.active = active
        self.top_bar = TopBar(
            pages=[
                {"name": name, "title": PAGES[name], "url": page_url(name)} for name in page_names()
            ],
            active=active,
            workspace="" if workspace is None else workspace.name,
            coder="" if workspace is None else workspace.coder,
        )
        self.foot_bar = FootBar()

    def status(self, text: str, tone: str = "", detail: str = "") -> None:
        """Say one line in the top bar; ``tone`` is "", "ok", "warn" or "bad"."""
        self.top_bar.status = {"text": text, "tone": tone, "detail": detail}

    def link(self, page: str, **query: object) -> None:
        """Let a page in the top bar open at what this one shows."""
        url = page_url(page, **query)
        self.top_bar.pages = [
            {**one, "url": url} if one["name"] == page else one for one in self.top_bar.pages
        ]

    def context(self, text: str) -> None:
        """Say in the top bar what the page shows: a run, a clip."""
        self.top_bar.context = text

    def wrap(
        self,
        left: Content = None,
        centre: Content = None,
        right: Content = None,
        foot: Sequence[tuple[str, str]] = (),
        *,
        pad_right: bool = True,
        titles: tuple[str, str] = ("list", "details"),
        folds: Mapping[str, Sequence[str]] = FOLDS,
    ) -> widgets.Box:
        """Lay the page out to fill the window: columns scroll inside themselves, never the page.

        Parameters
        ----------
        left, centre, right : widget, sequence of widgets or None
            Left and right columns are left out where None. A widget with the class ``mx-grow``
            takes the height that its neighbours in the column leave.
        foot : sequence of (keys, what)
            Shown in the foot bar; several keys are separated by blanks.
        pad_right : bool
            Whether the right column keeps a margin around what it holds.
        titles : (str, str)
            What the left and the right column hold, on the buttons that fold them.
        folds : mapping of str to sequence of str
            Side to the widths (``middle``, ``narrow``) at which it starts folded.
        """
        columns = [_column("left", left), _column("centre", centre), _column("right", right)]
        if right is not None and pad_right and columns[2] is not None:
            columns[2].add_class("mx-padded")
        middle = widgets.Box([column for column in columns if column is not None])
        middle.add_class("mx-columns")
        if left is not None:
            middle.add_class("has-left")
        if right is not None:
            middle.add_class("has-right")
        self.foot_bar.entries = [list(entry) for entry in foot]
        self.foot_bar.page = self.active
        self.foot_bar.columns = [
            {
                "side": side,
                "title": title,
                "key": binding.keys[0],
                "folds": list(folds.get(side, ())),
            }
            for side, title, binding, held in zip(
                ("left", "right"), titles, COLUMN_KEYS, (left, right), strict=True
            )
            if held is not None
        ]
        # Where there is a list of keys, it alone hears them.
        self.foot_bar.hears_keys = not any(isinstance(one, KeyHelp) for one in _listed(centre))
        top = widgets.Box([self.top_bar]).add_class("mx-top-slot")
        bottom = widgets.Box([self.foot_bar]).add_class("mx-foot-slot")
        root = widgets.Box([top, middle, bottom])
        root.add_class("mexlab-page")
        root.add_class(f"mexlab-{self.active}")
        return root

    def error_panel(self, error: BaseException, panel: Notice | None = None) -> Notice:
        """A calm panel that says what went wrong and what to do, for the place of any content.

        Parameters
        ----------
        error : BaseException
        panel : Notice, optional
            One that is there already and is to say it; by default a new one.
        """
        panel = Notice() if panel is None else panel
        if isinstance(error, MexlabError):
            panel.heading, panel.text = error.heading, error.place
            panel.remedy, panel.tone = error.advice, "warn"
        else:
            panel.heading = "This part of the page failed: that is a fault of mexlab, not yours."
            panel.text = f"{type(error).__name__}: {error}"
            panel.remedy = (
                "Nothing saved is lost. The terminal of “mexlab serve” shows the details."
            )
            panel.tone = "bad"
        return panel


class FailedPage:
    """A page that could not be built; says why, in the page's own frame."""

    def __init__(self, active: str, error: BaseException) -> None:
        self.error = error
        shell = Shell(active, None)
        panel = shell.error_panel(error)
        panel.add_class("mx-grow")
        self.root = shell.wrap(centre=panel)

    def show(self) -> None:
        display(self.root)


_Page = TypeVar("_Page", bound=SayingPage)


def open_at(
    workspace: Workspace,
    query: dict[str, str],
    build: Callable[[Workspace, dict[str, str]], _Page],
    plain: Callable[[Workspace], _Page],
) -> _Page:
    """Build a page at the place that its query names.

    Where the link is an old one, or of another workspace, the page is built without, and says so.

    Parameters
    ----------
    workspace : Workspace
    query : dict of str
    build : callable
        Gets both, and raises InputError for a query that is of nothing here.
    plain : callable
        Gets the workspace alone.
    """
    try:
        return build(workspace, query)
    except InputError as error:
        page = plain(workspace)
        page.say(error)
        return page


def open_page(active: str, build: Callable[[Workspace, dict[str, str]], Page]) -> Page:
    """Open the workspace of the environment and build a page; never raise.

    Parameters
    ----------
    active : str
        Name of the page.
    build : callable
        Gets the workspace and the page's query, returns the page.

    Returns
    -------
    Page
        What `build` returned, or a page that says what went wrong.
    """
    try:
        from mexlab.workspace.workspace import Workspace

        return build(Workspace.open(), page_query())
    except MexlabError as error:
        return FailedPage(active, error)
    except Exception as error:
        # For the server's own terminal: a page shows no traceback.
        traceback.print_exc(file=sys.__stderr__)
        return FailedPage(active, error)


def _column(name: str, content: Content) -> widgets.Box | None:
    if content is None and name != "centre":
        return None
    column = widgets.Box(_listed(content))
    column.add_class("mx-column")
    column.add_class(f"mx-column-{name}")
    return column


def _listed(content: Content) -> list[widgets.Widget]:
    if content is None:
        return []
    return [content] if isinstance(content, widgets.Widget) else list(content)
