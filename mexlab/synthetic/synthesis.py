"""Synthesise a database on disk: layouts, progress, and the marker that says it is synthetic."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from mexlab.data.databases.imported import SYNTHETIC_MARK, UNFINISHED_MARK
from mexlab.errors import InputError
from mexlab.synthetic.filming.truth import TRUTH_FOLDER
from mexlab.synthetic.registry import writer
from mexlab.synthetic.writer import LayoutWriter, Order, Planned

#: Written last: a tree without it is not finished.
MARKER = SYNTHETIC_MARK

#: Written first and removed last: a tree with it was interrupted.
UNFINISHED = UNFINISHED_MARK

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


def synthesise(
    layout: str,
    out: str | Path,
    *,
    subjects: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    quirks: Iterable[str] | None = None,
    clips: int | None = None,
    seconds: float | None = None,
    width: int | None = None,
    full: bool = False,
    blinks: bool = True,
    glare: bool = True,
) -> SyntheticSummary:
    """Write a synthetic database: frames, coding sheet, and the truth beside them.

    Parameters
    ----------
    layout : str
        One of :func:`registry.layouts`; names the real database whose tree and sheet are written.
    out : path
        Folder to write into: new, empty, or a synthetic database of ours, which is replaced.
    subjects : int, optional
        How many persons; the layout's own number by default, at most 16: as many as are clearly
        different.
    seed : int
        Same seed, same bytes, whatever the number of jobs.
    jobs : int, optional
        Processes; all cores by default.
    progress : callable, optional
        Called with ``(clips done, clips in all)``, first with 0 done.
    quirks : iterable of str, optional
        Quirks of the real release to write; the layout's own by default.
    clips : int, optional
        Clips a subject; the layout's own number by default.
    seconds : float, optional
        How long a clip or video is at most; the layout's own length by default.
    width : int, optional
        Width of the pictures, px; the release's by default.
    full : bool
        Write as many subjects, and clips of each emotion, as the release has.
    blinks, glare : bool
        False lets nobody blink, or no light wander over glasses; the same persons then make the
        same expressions, so that two databases differ in nothing else.

    Returns
    -------
    SyntheticSummary

    Raises
    ------
    InputError
        For an unknown layout or quirk, a number that is too small, or a folder with other files.
    """
    chosen = writer(layout)
    if full and (subjects is not None or clips is not None):
        raise InputError(
            "the whole release has its own number of subjects and clips",
            where="full",
            remedy="Omit the number of subjects and clips",
        )
    if full and chosen.people is None:
        raise InputError(f"{chosen.title} cannot be written whole", where="full")
    default = (chosen.people if full else None) or chosen.subjects
    count = default if subjects is None else subjects
    if count < 1:
        raise InputError(f"expected at least one subject, got {count}", where="subjects")
    if seed < 0:
        raise InputError(f"expected a seed of 0 or more, got {seed}", where="seed")
    if clips is not None and clips < 1:
        raise InputError(f"expected at least one clip a subject, got {clips}", where="clips")
    if seconds is not None and not 0 < seconds < float("inf"):
        raise InputError(f"expected seconds above 0, got {seconds:g}", where="seconds")
    if width is not None and not 32 <= width <= 4096:
        raise InputError(f"expected a width of 32 to 4096 px, got {width}", where="width")
    if chosen.fps is None and (seconds is not None or width is not None):
        raise InputError(
            f"{chosen.title} has features only, without frames",
            where="seconds" if seconds is not None else "width",
            remedy="Omit the option",
        )
    if chosen.fps is None and not (blinks and glare):
        raise InputError(
            f"{chosen.title} has features only: nobody is drawn who could blink",
            where="glare" if blinks else "blinks",
            remedy="Omit the option",
        )
    quirks = chosen.check_quirks(quirks)
    order = Order(count, seed, quirks, clips, seconds, width, full, blinks, glare)
    root = Path(out)
    started = time.monotonic()
    plan = [undisturbed(clip, order) for clip in chosen.plan(order)]
    _prepare(root, chosen)
    frames = _write_clips(chosen, root, plan, jobs, progress)
    chosen.write_sheets(root, plan, order)
    _write_marker(chosen, root, plan, frames, order)
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


def undisturbed(clip: Any, order: Order) -> Any:
    """A planned clip without the blinks or the glare that the order leaves out."""
    if order.blinks and order.glare:
        return clip
    script = clip.script
    blinks = script.blinks if order.blinks else ()
    return replace(clip, script=replace(script, blinks=blinks, glare=script.glare and order.glare))


def _prepare(root: Path, writer: LayoutWriter) -> None:
    """Make an empty tree, or empty one of ours; nobody else's files are touched."""
    if root.exists() and not root.is_dir():
        raise InputError(
            "expected a folder, found a file", where=root, remedy="Name a new or empty folder"
        )
    known = (MARKER, UNFINISHED, TRUTH_FOLDER, *writer.entries)
    try:
        root.mkdir(parents=True, exist_ok=True)
        present = {entry.name for entry in root.iterdir()}
        ours = MARKER in present or UNFINISHED in present
        foreign = sorted(
            name for name in present if not ours or not any(fnmatch(name, one) for one in known)
        )
        if foreign:
            raise InputError(
                f"the folder holds other files ({', '.join(foreign[:3])}"
                f"{', ...' if len(foreign) > 3 else ''}), which would be mixed with synthetic ones",
                where=root,
                remedy="Name a new or empty folder",
            )
        (root / UNFINISHED).write_text(STATEMENT + "\n", encoding="utf-8")
        (root / MARKER).unlink(missing_ok=True)
        for name in sorted(present - {MARKER, UNFINISHED}):
            if (root / name).is_dir():
                shutil.rmtree(root / name)
            else:
                (root / name).unlink()
    except OSError as error:
        raise InputError(
            f"the folder cannot be written ({error.strerror or error})",
            where=root,
            remedy="Name a folder that you may write to",
        ) from error


def _write_clips(
    writer: LayoutWriter,
    root: Path,
    plan: Sequence[Planned],
    jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> int:
    from joblib import Parallel, delayed

    total, frames = len(plan), 0
    if progress:
        progress(0, total)
    workers = min(jobs or os.cpu_count() or 1, total)
    results = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(
        delayed(writer.write_clip)(root, clip) for clip in plan
    )
    for done, count in enumerate(results, start=1):
        frames += count
        if progress:
            progress(done, total)
    return frames


def _write_marker(
    writer: LayoutWriter, root: Path, plan: Sequence[Planned], frames: int, order: Order
) -> None:
    persons = {clip.folder: clip.person.to_record() for clip in plan if clip.person is not None}
    record = {
        "synthetic": True,
        "statement": STATEMENT,
        "layout": writer.name,
        "version": VERSION,
        "seed": order.seed,
        "subjects": len({clip.folder for clip in plan}),
        "clips": len(plan),
        "frames": frames,
        "fps": writer.fps,
        "quirks": list(order.quirks),
        # Said only where it holds: a marker of the default size stays as it was.
        **({"full": True} if order.full else {}),
        **{name: False for name in ("blinks", "glare") if not getattr(order, name)},
        "persons": persons,
    }
    waiting = root / f"{MARKER}.new"
    waiting.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    waiting.replace(root / MARKER)
    (root / UNFINISHED).unlink(missing_ok=True)
