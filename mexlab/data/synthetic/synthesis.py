"""Synthesise a database on disk: layouts, progress, and the marker that says it is synthetic."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mexlab.data.synthetic import casme2_writer
from mexlab.data.synthetic.faces import COHORT
from mexlab.data.synthetic.plan import PlannedClip, check_quirks, plan_clips
from mexlab.data.synthetic.truth import TRUTH_FOLDER
from mexlab.errors import InputError

#: Written last: a tree without it is not finished.
MARKER = "mexlab-synthetic.json"

#: Written first and removed last: a tree with it was interrupted.
UNFINISHED = "mexlab-synthetic.unfinished"

#: Grows when the same seed gives other frames than before.
VERSION = 1

STATEMENT = (
    "Synthetic: no person was filmed. All frames are computed by mexlab from one photograph, "
    "skimage.data.astronaut() (NASA, public domain), re-shaped and moved by known displacement."
)


@dataclass(frozen=True)
class SyntheticSummary:
    """What was written.

    Attributes
    ----------
    root : Path
    clips, subjects, frames : int
    seconds : float
    """

    root: Path
    clips: int
    subjects: int
    frames: int
    seconds: float


def layouts() -> tuple[str, ...]:
    """Names of the layouts that can be synthesised."""
    return ("casme2",)


def synthesise(
    layout: str,
    out: str | Path,
    *,
    subjects: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    quirks: Iterable[str] | None = None,
) -> SyntheticSummary:
    """Write a synthetic database: frames, coding sheet, and the truth beside them.

    Parameters
    ----------
    layout : str
        One of :func:`layouts`; names the real database whose tree and sheet are written.
    out : path
        Folder to write into: new, empty, or a synthetic database of ours, which is replaced.
    subjects : int, optional
        How many persons, seven clips each. 16 by default: as many as are clearly different.
    seed : int
        Same seed, same bytes, whatever the number of jobs.
    jobs : int, optional
        Processes; all cores by default.
    progress : callable, optional
        Called with ``(clips done, clips in all)``, first with 0 done.
    quirks : iterable of str, optional
        Quirks of the real release to write, all by default; see :data:`plan.QUIRKS`.

    Returns
    -------
    SyntheticSummary

    Raises
    ------
    InputError
        For an unknown layout or quirk, fewer than one subject, or a folder with other files.
    """
    if layout not in layouts():
        raise InputError(
            f"expected one of {', '.join(layouts())}, got {layout!r}",
            where="layout",
            remedy="Only these layouts can be synthesised",
        )
    count = COHORT if subjects is None else subjects
    if count < 1:
        raise InputError(f"expected at least one subject, got {count}", where="subjects")
    if seed < 0:
        raise InputError(f"expected a seed of 0 or more, got {seed}", where="seed")
    wanted = check_quirks(quirks)
    root = Path(out)
    started = time.monotonic()
    plan = plan_clips(count, seed, wanted)
    _prepare(root)
    frames = _write_clips(root, plan, jobs, progress)
    casme2_writer.write_sheet(root, plan, wanted)
    _write_marker(root, layout, plan, frames, seed, wanted)
    return SyntheticSummary(root, len(plan), count, frames, time.monotonic() - started)


def read_marker(root: str | Path) -> dict[str, Any] | None:
    """The marker of a finished synthetic database, or None for any other folder."""
    path = Path(root) / MARKER
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(
            f"expected JSON, got something else ({error})",
            where=path,
            remedy="Synthesise the database again into a new folder",
        ) from error
    return record if isinstance(record, dict) else None


def _prepare(root: Path) -> None:
    """Make an empty tree, or empty one of ours; nobody else's files are touched."""
    if root.exists() and not root.is_dir():
        raise InputError(
            "expected a folder, found a file", where=root, remedy="Name a new or empty folder"
        )
    known = {
        MARKER, UNFINISHED, TRUTH_FOLDER, casme2_writer.FRAMES_FOLDER, casme2_writer.SHEET_NAME,
    }  # fmt: skip
    try:
        root.mkdir(parents=True, exist_ok=True)
        present = {entry.name for entry in root.iterdir()}
        ours = MARKER in present or UNFINISHED in present
        foreign = sorted(present - known) if ours else sorted(present)
        if foreign:
            raise InputError(
                f"the folder holds other files ({', '.join(foreign[:3])}"
                f"{', ...' if len(foreign) > 3 else ''}), which would be mixed with synthetic ones",
                where=root,
                remedy="Name a new or empty folder",
            )
        (root / UNFINISHED).write_text(STATEMENT + "\n", encoding="utf-8")
        (root / MARKER).unlink(missing_ok=True)
        for name in (TRUTH_FOLDER, casme2_writer.FRAMES_FOLDER):
            if (root / name).is_dir():
                shutil.rmtree(root / name)
        (root / casme2_writer.SHEET_NAME).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder cannot be written ({error.strerror or error})",
            where=root,
            remedy="Name a folder that you may write to",
        ) from error


def _write_clips(
    root: Path,
    plan: list[PlannedClip],
    jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> int:
    from joblib import Parallel, delayed

    total, frames = len(plan), 0
    if progress:
        progress(0, total)
    workers = min(jobs or os.cpu_count() or 1, total)
    results = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(
        delayed(casme2_writer.write_clip)(root, clip) for clip in plan
    )
    for done, count in enumerate(results, start=1):
        frames += count
        if progress:
            progress(done, total)
    return frames


def _write_marker(
    root: Path,
    layout: str,
    plan: list[PlannedClip],
    frames: int,
    seed: int,
    quirks: tuple[str, ...],
) -> None:
    persons = {clip.folder: clip.person.to_record() for clip in plan}
    record = {
        "synthetic": True,
        "statement": STATEMENT,
        "layout": layout,
        "version": VERSION,
        "seed": seed,
        "subjects": len(persons),
        "clips": len(plan),
        "frames": frames,
        "fps": 200.0,
        "quirks": list(quirks),
        "persons": persons,
    }
    waiting = root / f"{MARKER}.new"
    waiting.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    waiting.replace(root / MARKER)
    (root / UNFINISHED).unlink(missing_ok=True)
