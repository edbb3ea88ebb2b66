"""``mexlab synthesise``: write a synthetic database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mexlab.cli.options import JobsOption
from mexlab.cli.output import say
from mexlab.cli.progress import progress_bar


def register(app: typer.Typer) -> None:
    app.command()(synthesise)


def synthesise(
    out: Annotated[Path, typer.Argument(help="Folder to write; must not hold another database.")],
    layout: Annotated[
        str, typer.Option("--layout", help="Whose tree and sheet to write: casme2.")
    ] = "casme2",
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="How many persons; the layout's by default.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 0,
    jobs: JobsOption = None,
) -> None:
    """Write a synthetic database: real files in a real layout, faces that are nobody's.

    The true motion and the true apex are saved beside it.
    """
    from mexlab.data.synthetic import synthesise as write_database

    with progress_bar(f"Synthesising {layout}", kept="run it again to write it whole") as progress:
        made = write_database(
            layout, out, subjects=subjects, seed=seed, jobs=jobs, progress=progress
        )
    say(
        f"{made.root}: {made.clips} clips of {made.subjects} persons, {made.frames} frames, "
        f"in {made.seconds:.0f} s"
    )
