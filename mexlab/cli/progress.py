"""Progress bars on standard error; library code only calls ``progress(done, total)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mexlab.cli.output import err, print_error

Report = Callable[[int, int], None]


@contextmanager
def progress_bar(what: str, *, kept: str = "") -> Iterator[Report]:
    """Show a bar while the block runs; yields the callback that moves it.

    Parameters
    ----------
    what : str
        Before the bar.
    kept : str
        What stays when the user presses Ctrl-C, told then: ``"finished clips are cached"``.

    Yields
    ------
    callable
        ``report(done, total)``; a total of 0 means that it is not known yet.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    last = (0, 0)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err(),
        refresh_per_second=8,
    )
    task = bar.add_task(what, total=None)
    running = False

    def report(done: int, total: int) -> None:
        nonlocal last, running
        if not running:
            # Not before: an argument that is refused at once has no progress to show.
            if not bar.console.is_terminal:
                # A log has no moving bar, which is printed at the end only: say what began.
                bar.console.print(f"{what} ...")
            bar.start()
            running = True
        last = (done, total)
        bar.update(task, completed=done, total=total or None)

    try:
        try:
            yield report
        finally:
            if running:
                bar.stop()
    except KeyboardInterrupt:
        done, total = last
        reached = f" after {done} of {total}" if total else ""
        print_error(f"{what}: interrupted{reached}" + (f"; {kept}" if kept else ""))
        raise SystemExit(130) from None
