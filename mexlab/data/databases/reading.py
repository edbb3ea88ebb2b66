"""One import under way: where it reads, what it gathers, and what it has to tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.corrections import apply_corrections
from mexlab.data.databases.folders import shown
from mexlab.data.databases.imported import (
    DatabaseReader,
    ImportedDatabase,
    ImportRequest,
    Progress,
    Recognise,
    check_folder,
    check_fps,
    check_name,
    is_synthetic,
)
from mexlab.data.databases.marks import frame_faults, mark_faults
from mexlab.data.frames.frames import IMAGE_SUFFIXES, scan_images
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError

_SYNTHETIC = " (synthetic)"


@dataclass(slots=True)
class Reading:
    """What a reader knows and has found while it reads; built by :func:`begin_reading`.

    Attributes
    ----------
    layout, title, needs : str
    root : Path
    database : str
        Name in the workspace.
    emotions : tuple of str
        The vocabulary of the release.
    fps : float
    synthetic : bool
    correcting : bool
        Whether known mistakes are put right (``--no-corrections`` turns it off).
    report : ImportReport
    progress : callable or None
    clips : list of Clip
    codings : list of Coding
        Several of one clip where it holds several expressions.
    places : dict of (ClipKey, int) to str
        Where the report says that the coding of an expression stands.
    """

    layout: str
    title: str
    needs: str
    root: Path
    database: str
    emotions: tuple[str, ...]
    fps: float
    synthetic: bool
    correcting: bool
    report: ImportReport
    progress: Progress | None = None
    clips: list[Clip] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    places: dict[tuple[ClipKey, int], str] = field(default_factory=dict)

    @property
    def release_title(self) -> str:
        """The title without the remark that the database is synthetic."""
        return self.title.removesuffix(_SYNTHETIC)

    def key(self, subject: str, clip: str) -> ClipKey:
        return ClipKey(self.database, subject, clip)

    def shown(self, path: Path) -> str:
        """A path as the report shows it."""
        return shown(path, self.root)

    def scan_clip(
        self, key: ClipKey, folder: Path, where: str, fps: float | None = None
    ) -> Clip | None:
        """The clip whose frames lie in a folder; its faults, or why there is none, are reported.

        Parameters
        ----------
        key : ClipKey
        folder : Path
        where : str
            The clip and its row, for the report.
        fps : float, optional
            The database's own by default.
        """
        scan = scan_images(folder, self.root)
        for fault in scan.faults():
            self.report.add(
                "warning",
                f"{where}, {self.shown(folder)}",
                f"{fault}. Unpack those files again and import again",
            )
        if scan.frames is None:
            nothing = (
                "none of its files is readable" if scan.faults() else "its folder has no images"
            )
            self.report.add(
                "skipped",
                where,
                f"{nothing} ({self.shown(folder)}; expected "
                f"{', '.join(sorted(IMAGE_SUFFIXES))}). Unpack it again and import again",
            )
            return None
        return Clip(key, fps or self.fps, scan.frames)

    def add(self, clip: Clip, codings: list[tuple[Coding, str]]) -> None:
        """Take in a clip with its codings, each with where it stands for the report."""
        self.clips.append(clip)
        for coding, where in codings:
            self.codings.append(coding)
            self.places[coding.clip, coding.expression] = where

    def add_uncoded(self, clip: Clip) -> None:
        """Take in a long video of which the sheet says nothing: spotting needs it."""
        self.report.add("note", clip.key, "no expression is coded in it: kept, without a coding")
        self.add(clip, [])

    def report_left_out(self, folder: Path, sheets: str) -> None:
        """Say that a clip's folder is left out because no row of `sheets` speaks of it."""
        self.report.add(
            "skipped",
            self.shown(folder),
            f"no row in {sheets}: left out. `mexlab import folder` takes clips without a coding",
        )

    def report_missing(self, where: str, folder: str, place: str) -> None:
        """Say that the folder of a row is not in a place, such as a tree."""
        self.report.add(
            "skipped",
            where,
            f"no folder {folder} in {place}. Unpack the frames again, or check the row",
        )

    def step(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(done, total)

    def finish(self) -> ImportedDatabase:
        """Apply known corrections, check marks and frames, and hand the database over."""
        if self.correcting:
            self.codings, entries = apply_corrections(
                self.layout, self.codings, report_unmet=not self.synthetic
            )
            self.report.extend(entries)
        by_clip: dict[ClipKey, list[Coding]] = {}
        for coding in self.codings:
            by_clip.setdefault(coding.clip, []).append(coding)
        for clip in self.clips:
            self._check(clip, by_clip.get(clip.key, []))
        imported = ImportedDatabase(
            name=self.database,
            title=self.title,
            layout=self.layout,
            root=self.root,
            synthetic=self.synthetic,
            emotions=self.emotions,
            clips=self.clips,
            codings=self.codings,
            report=self.report,
        )
        return imported.finish()

    def _check(self, clip: Clip, codings: list[Coding]) -> None:
        told: set[str] = set()
        for coding in codings:
            where = self.places[clip.key, coding.expression]
            faults = mark_faults(coding)
            if clip.frames is not None:
                # Gaps are the clip's, not the expression's: told once.
                faults += [one for one in frame_faults(coding, clip.frames) if one not in told]
            told.update(faults)
            for fault in faults:
                self.report.add("warning", where, fault)
        if not codings and clip.frames is not None:
            for fault in frame_faults(Coding(clip.key, ""), clip.frames):
                self.report.add("warning", clip.key, fault)


def begin_reading(
    request: ImportRequest,
    *,
    layout: str,
    title: str,
    needs: str,
    emotions: tuple[str, ...],
    fps: float,
) -> Reading:
    """Check what the user gave and begin a report.

    Parameters
    ----------
    request : ImportRequest
    layout, title, needs : str
        As of the reader.
    emotions : tuple of str
    fps : float
        Frames a second where the user gives none.

    Raises
    ------
    InputError
        The folder, the name or the frames a second cannot be used.
    """
    root = check_folder(request.path, f"{title}, with sheet and frames")
    database = check_name(layout if request.name is None else request.name)
    rate = check_fps(request.fps) or fps
    synthetic = is_synthetic(root)
    title = f"{title}{_SYNTHETIC}" if synthetic else title
    report = ImportReport(database, title, str(root))
    is_synthetic(root, report)
    return Reading(
        layout=layout,
        title=title,
        needs=needs,
        root=root,
        database=database,
        emotions=emotions,
        fps=rate,
        synthetic=synthetic,
        correcting=request.apply_corrections,
        report=report,
        progress=request.progress,
    )


def release_reader(
    name: str,
    title: str,
    needs: str,
    emotions: tuple[str, ...],
    fps: float,
    fill: Callable[[Reading], None],
    recognise: Recognise,
    people: str = "",
) -> DatabaseReader:
    """The reader of a release that is one database: begun, filled and finished alike.

    Parameters
    ----------
    name, title, needs, emotions, fps
        As of :class:`DatabaseReader`.
    fill : callable
        Takes the clips and codings of the release into a reading.
    recognise, people
        As of :class:`DatabaseReader`.
    """

    def read(request: ImportRequest) -> list[ImportedDatabase]:
        reading = begin_reading(
            request, layout=name, title=title, needs=needs, emotions=emotions, fps=fps
        )
        fill(reading)
        return [reading.finish()]

    return DatabaseReader(name, title, needs, emotions, fps, read, recognise, people=people)


def nothing_found(
    reading: Reading, rows: int, sheets: str, trees: Sequence[Path], what: str = "clips"
) -> InputError:
    """The error for sheets none of whose clips has frames."""
    return InputError(
        f"none of the {rows} {what} of {sheets} has readable frames in "
        f"{', '.join(reading.shown(tree) for tree in trees)}",
        where=reading.root,
        remedy=f"Give the folder that holds both the sheet and its own frames. {reading.needs}",
    )
