"""Standard output for results, standard error for everything else."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: Width of a table that goes into a file or a pipe, where nothing says how wide it may be.
PIPE_WIDTH = 160


def out() -> Console:
    """The console of results, on what standard output is now."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def err() -> Console:
    """The console of progress, remarks and errors."""
    from rich.console import Console

    width = None if sys.stderr.isatty() else PIPE_WIDTH
    return Console(file=sys.stderr, width=width, highlight=False, markup=False, emoji=False)


def print_error(message: str) -> None:
    """One line on standard error, never wrapped: a script may look for it."""
    err().print(f"mexlab: {message}", style="red", soft_wrap=True)


def print_json(value: Any) -> None:
    """JSON on standard output; what is no number in JSON (NaN) becomes null."""
    print(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Sequence[str] = (),
    title: str | None = None,
) -> None:
    """A table on standard output; the columns in ``numbers`` are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for column in columns:
        right = column in numbers
        table.add_column(column, justify="right" if right else "left", no_wrap=right)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    out().print(table)


def _cell(value: object) -> Text:
    from rich.text import Text

    if value is None or value == "":
        return Text("–", style="dim")
    if isinstance(value, float):
        return Text(f"{value:.4f}".rstrip("0").rstrip(".") if value >= 10 else f"{value:.4f}")
    return Text(str(value))


def say(message: str) -> None:
    """A line of result on standard output, wrapped at words in a terminal only."""
    out().print(message, soft_wrap=not sys.stdout.isatty())


def remark(message: str) -> None:
    """A line on standard error for the person who watches."""
    err().print(message, soft_wrap=not sys.stderr.isatty())
