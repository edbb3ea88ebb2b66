"""``mexlab synthesise``: write a synthetic database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mexlab.cli.options import JobsOption, JsonOption, named
from mexlab.cli.output import print_json, print_table, say
from mexlab.cli.progress import progress_bar
from mexlab.errors import InputError

if TYPE_CHECKING:
    from mexlab.synthetic import LayoutWriter


def register(app: typer.Typer) -> None:
    app.command()(synthesise)


def synthesise(
    out: Annotated[
        Path | None,
        typer.Argument(help="Folder to write; must not hold another database."),
    ] = None,
    layout: Annotated[
        str, typer.Option("--layout", help="Whose folders and sheets to write; --list names them.")
    ] = "casme2",
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="Number of subjects; the layout's by default.")
    ] = None,
    clips: Annotated[
        int | None, typer.Option("--clips", help="Clips per subject; the layout's by default.")
    ] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="As many subjects, and clips of each emotion, as the release."),
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", help="Length of a clip or video at most; the layout's own."),
    ] = None,
    width: Annotated[
        int | None,
        typer.Option("--width", help="Picture width, px; the release's by default."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 0,
    blinks: Annotated[
        bool, typer.Option("--blinks/--no-blinks", help="Whether the subjects blink.")
    ] = True,
    glare: Annotated[
        bool, typer.Option("--glare/--no-glare", help="Whether light wanders over glasses.")
    ] = True,
    quirk: Annotated[
        list[str] | None,
        typer.Option("--quirk", help="Only this quirk of the release; may be repeated."),
    ] = None,
    no_quirk: Annotated[
        list[str] | None,
        typer.Option("--no-quirk", help="All of the release's quirks but this; may be repeated."),
    ] = None,
    no_quirks: Annotated[
        bool, typer.Option("--no-quirks", help="A flawless release: none of the quirks.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--list", help="List the layouts with their quirks, and write nothing.")
    ] = False,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a synthetic database: real files in a real layout, faces that belong to no one.

    The true motion and the true apex are saved beside it.
    """
    from mexlab.synthetic import synthesise as write_database
    from mexlab.synthetic import writer

    if show:
        _list_layouts(as_json)
        return
    if out is None:
        raise InputError("no folder to write to was given", where="OUT")
    quirks = _choose(writer(layout), named(quirk), named(no_quirk), no_quirks)
    with progress_bar(f"Synthesising {layout}", kept="run it again to write it whole") as progress:
        made = write_database(
            layout,
            out,
            subjects=subjects,
            seed=seed,
            jobs=jobs,
            progress=progress,
            quirks=quirks,
            clips=clips,
            seconds=seconds,
            width=width,
            full=full,
            blinks=blinks,
            glare=glare,
        )
    if as_json:
        print_json(
            {
                "root": str(made.root),
                "layout": layout,
                "clips": made.clips,
                "subjects": made.subjects,
                "frames": made.frames,
                "seconds": round(made.seconds, 3),
            }
        )
        return
    say(
        f"{made.root}: {made.clips} clips of {made.subjects} subjects, {made.frames} frames, "
        f"in {made.seconds:.0f} s"
    )


def _choose(
    writer: LayoutWriter, only: list[str] | None, without: list[str] | None, none: bool
) -> list[str]:
    if sum(map(bool, (only, without, none))) > 1:
        raise InputError(
            "expected one of --quirk, --no-quirk and --no-quirks, got several", where="quirks"
        )
    if none:
        return []
    left_out = writer.check_quirks(without or ())
    return [name for name in writer.check_quirks(only) if name not in left_out]


def _list_layouts(as_json: bool) -> None:
    from mexlab.synthetic import writers

    found = writers().values()
    if as_json:
        print_json([writer.to_record() for writer in found])
        return
    print_table(
        ("layout", "database", "fps", "subjects"),
        (
            (one.name, one.title, None if one.fps is None else f"{one.fps:g}", one.subjects)
            for one in found
        ),
        numbers=("fps", "subjects"),
    )
    print_table(
        ("layout", "quirk", "what it is", "written"),
        (
            (one.name, quirk.name, quirk.sentence, "yes" if quirk.default else "if named")
            for one in found
            for quirk in one.quirks
        ),
    )
