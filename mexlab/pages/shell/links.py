"""Which pages there are, and how one links to another: at a clip, a frame, a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, quote

import mexlab

#: Every page by name, with its title, in the order of the top bar.
PAGES: dict[str, str] = {
    "home": "Home",
    "annotate": "Annotate",
    "flow": "Flow",
    "train": "Train",
    "results": "Results",
}


def dashboards_folder() -> Path:
    """The folder of the pages' notebooks: inside the installed package, else beside it."""
    package = Path(mexlab.__file__).resolve().parent
    inside = package / "dashboards"
    return inside if inside.is_dir() else package.parent / "dashboards"


def page_names() -> tuple[str, ...]:
    """The pages that exist here, in the order of the top bar."""
    folder = dashboards_folder()
    return tuple(name for name in PAGES if (folder / f"{name}.ipynb").is_file())


def page_context() -> Literal["voila", "lab"]:
    """Where this kernel draws: a page that Voila serves, or a notebook in JupyterLab."""
    served = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    return "voila" if served else "lab"


def page_query() -> dict[str, str]:
    """What the page's address asks for after the question mark (``clip=…&frame=…``).

    In JupyterLab, where a notebook has no address of its own, ``MEXLAB_QUERY`` can stand in.
    """
    text = os.environ.get("QUERY_STRING") or os.environ.get("MEXLAB_QUERY", "")
    return {name: value for name, value in parse_qsl(text) if name != "token"}


def page_url(page: str, **query: Any) -> str:
    """The address of a page, relative to any other page.

    Parameters
    ----------
    page : str
        Name of the page, one of `PAGES`.
    **query
        What the page shall show: ``clip=`` (a ClipKey or its text), ``frame=``, ``run=`` …;
        entries that are None are left out.

    Raises
    ------
    ValueError
        For an unknown page.
    """
    if page not in PAGES:
        raise ValueError(f"unknown page {page!r}; expected one of {', '.join(PAGES)}")
    name = page if page_context() == "voila" else f"{page}.ipynb"
    text = _encode({key: value for key, value in query.items() if value is not None})
    return f"{name}?{text}" if text else name


def _encode(query: Mapping[str, Any]) -> str:
    # "/" and ":" may stand in a query; kept, they leave a clip's address readable.
    return "&".join(f"{quote(key)}={quote(str(value), safe='/:')}" for key, value in query.items())
