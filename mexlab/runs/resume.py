"""Taking a run on after its process was killed, or after it was cancelled or failed. No torch."""

from __future__ import annotations

from filelock import FileLock, Timeout

from mexlab.errors import InputError, RunError, WorkspaceError
from mexlab.runs import liveness
from mexlab.runs.files import CANCEL
from mexlab.runs.parts import PARTS, count_kept
from mexlab.runs.run import Run, now
from mexlab.runs.status import CANCELLED, FAILED, INTERRUPTED, QUEUED

#: What may be taken on.
RESUMABLE = (INTERRUPTED, CANCELLED, FAILED)

#: Making a run wait again takes milliseconds.
_LOCK_S = 5.0


def can_resume(run: Run) -> bool:
    """Whether a run ended before it was finished, and can be taken on.

    Not one that was refused before its first fold: it would be refused again.
    """
    if run.status != FAILED:
        return run.status in RESUMABLE
    # Runs from before refusals were told apart: one that never began has nothing to go on with.
    refused = run.record.get("refused", "started" not in run.record)
    return not refused or kept_folds(run) > 0


def is_refusal(error: BaseException) -> bool:
    """Whether what was asked for is at fault, not the disk, the device or the run's own files."""
    return isinstance(error, InputError) and not isinstance(error, RunError | WorkspaceError)


def kept_folds(run: Run) -> int:
    """Finished folds that need not be trained again (each seed's own); 0 where there is none."""
    return count_kept(run.folder)


def queue_again(run: Run) -> Run:
    """Make a run that ended unfinished wait again, with the folds that it has finished.

    Whoever takes it on (:func:`mexlab.workspace.trainings.jobs.train`,
    :func:`mexlab.training.execute_run`) trains the remaining folds only.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Run
        The same, ``queued``; its record's ``resumed`` has one entry more.

    Raises
    ------
    RunError
        Where the run is finished, was refused before its first fold, or is still under way, also in
        another process that took it on in the same moment; or where its folder cannot be written
        to.
    """
    folder = run.folder / PARTS
    try:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / ".lock", timeout=_LOCK_S):
            run.refresh()
            if run.status not in RESUMABLE:
                raise RunError(
                    f"is {run.status}, only a run that is {', '.join(RESUMABLE)} can be resumed",
                    where=run.id,
                )
            if not can_resume(run):
                raise RunError(
                    f"failed before its first fold ({run.reason}): there is nothing to resume",
                    where=run.id,
                    remedy="Start it anew with what is at fault set right",
                )
            # A cancel request and a dead process of before would end it again at once.
            (run.folder / CANCEL).unlink(missing_ok=True)
            liveness.forget_process(run.folder)
            before = list(run.record.get("resumed") or [])
            entry = {"at": now(), "was": run.status, "folds_kept": kept_folds(run)}
            run.write_status(
                QUEUED, finished=None, error=None, refused=False, resumed=[*before, entry]
            )
    except Timeout as error:
        raise RunError("is being taken on by another process", where=run.id) from error
    except OSError as error:
        raise RunError(
            f"cannot be resumed ({error.strerror or error})",
            where=run.id,
            remedy="Check the workspace's permissions and free disk space",
        ) from error
    return run
