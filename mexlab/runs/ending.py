"""Work on a run, and say in its folder how it ended, whatever came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mexlab.errors import MexlabError, RunError, TrainingStopped
from mexlab.runs.progress import OnEvent
from mexlab.runs.resume import is_refusal
from mexlab.runs.run import CANCELLED, FAILED, QUEUED, Run, now


@contextmanager
def carried_out(run: Run, on_event: OnEvent | None = None) -> Iterator[OnEvent]:
    """Take a queued run on in this block; what ends the block stands in the run.

    Its process is this one, so that its death is seen. A request to cancel
    (:class:`~mexlab.errors.TrainingStopped`) and Ctrl-C leave it ``cancelled``, any other error
    ``failed`` with the reason. That it is finished the block says itself. One block may stand in
    another: the inner one's word counts.

    Parameters
    ----------
    run : Run
    on_event : callable, optional
        Hears every event, too.

    Yields
    ------
    callable
        Takes an event, stamps it with its moment, and writes it into the run's folder.

    Raises
    ------
    RunError
        Where the run does not wait.
    BaseException
        Whatever ended the block, but for a request to cancel.
    """
    if run.refresh().status != QUEUED:
        raise RunError(f"is {run.status}, only a queued run can be taken on", where=run.id)
    run.record_process()

    def tell(event: dict[str, Any]) -> None:
        stamped = {**event, "at": now()}
        run.append_event(stamped)
        if on_event is not None:
            on_event(stamped)

    try:
        yield tell
    except TrainingStopped:
        _end(run, CANCELLED, "cancelled by the user", tell)
    except KeyboardInterrupt:
        _end(run, CANCELLED, "interrupted from the keyboard", tell)
        raise
    except MexlabError as error:
        _end(run, FAILED, str(error), tell, refused=is_refusal(error))
        raise
    except BaseException as error:
        _end(run, FAILED, f"{type(error).__name__}: {error}", tell)
        raise


def _end(run: Run, status: str, reason: str, tell: OnEvent, *, refused: bool = False) -> None:
    """Say how it ended, unless that was said, and as far as the disk still lets it be said."""
    # A full disk, or a folder that was deleted meanwhile: the process's death will show the run as
    # interrupted, and the error that led here is the one to raise.
    with suppress(MexlabError, OSError):
        if not run.refresh().is_over:
            run.write_status(status, finished=now(), error=reason, refused=refused)
            tell({"event": status, "message": reason})
