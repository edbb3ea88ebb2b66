"""The command ``mexlab``: its commands, its global options, and how errors reach the user.

Each command imports what it needs when it runs, so that ``mexlab --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import mexlab
from mexlab.cli import (
    clips,
    composite,
    databases,
    demo,
    features,
    import_database,
    init,
    metrics,
    people,
    queue,
    runs,
    serve,
    show,
    synthesise,
    train,
)
from mexlab.cli.options import Invocation
from mexlab.cli.output import print_error
from mexlab.errors import MexlabError

#: Exit statuses: a user's error, and an interruption by Ctrl-C as shells count it.
USER_ERROR, INTERRUPTED = 1, 130

app = typer.Typer(
    name="mexlab",
    help="A workbench for facial micro-expressions: label, look at the motion, train, compare.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"mexlab {mexlab.__version__}")
        raise typer.Exit


@app.callback()
def _global_options(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "-w",
            "--workspace",
            help="The workspace; by default MEXLAB_WORKSPACE, or the one the current folder is in.",
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", help="Show the traceback of an error (may stand anywhere on the line)."
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    context.obj = Invocation(workspace, debug)


for module in (
    init,
    import_database,
    synthesise,
    features,
    train,
    queue,
    runs,
    metrics,
    show,
    serve,
    demo,
    databases,
    clips,
    composite,
    people,
):
    module.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        ``sys.argv[1:]`` by default.

    Returns
    -------
    int
        The exit status: 0, 1 for a user's error (one line on stderr), 2 for a wrong use of
        the command line, 130 after Ctrl-C.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Most people think of --debug after the failure, at the end of the line.
    debug = "--debug" in given
    if debug:
        given = ["--debug", *(argument for argument in given if argument != "--debug")]
    try:
        app(args=given, prog_name="mexlab")
    except SystemExit as finished:
        return _status(finished.code)
    except KeyboardInterrupt:
        print_error("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # `mexlab clips | head` has seen enough; Python must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MexlabError, OSError) as error:
        if debug:
            raise
        print_error(_one_line(error))
        return USER_ERROR
    return 0


def _status(code: object) -> int:
    if code is None:
        return 0
    return code if isinstance(code, int) else USER_ERROR


def _one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        text = f"{place}{error.strerror}"
    else:
        text = str(error)
    return " ".join(text.split())
