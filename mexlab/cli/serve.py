"""``mexlab serve``: the pages in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from mexlab.cli.options import WorkspaceOption, open_workspace
from mexlab.cli.output import remark

HostOption = Annotated[
    str, typer.Option("--host", help="Address to listen on; this machine alone by default.")
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65535, help="Port; by default 8750, or a free one if that is taken."
    ),
]
TokenOption = Annotated[
    str | None, typer.Option("--token", help="The secret in the address; a fresh one by default.")
]
BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")
]


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    context: typer.Context,
    host: HostOption = "127.0.0.1",
    port: PortOption = None,
    token: TokenOption = None,
    browser: BrowserOption = True,
    coder: Annotated[
        str | None,
        typer.Option("--coder", help="Who codes; MEXLAB_CODER or the user's name by default."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the pages; prints the address with its token, Ctrl-C stops it."""
    from mexlab.serving.server import serve as serve_pages
    from mexlab.workspace.blindness import namesake_sentence
    from mexlab.workspace.queue.runner import ensure_runner
    from mexlab.workspace.workspace import name_coder, present_coder

    opened = open_workspace(context, workspace)
    if coder is not None:
        name_coder(coder, where="--coder")
    # A name that is no person's is refused before a page is opened.
    present_coder()
    if told := namesake_sentence(opened):
        remark(told)
    # Trainings that wait since the machine was restarted, say.
    ensure_runner(opened)
    serve_pages(
        opened,
        host=host,
        port=port,
        token=token,
        open_browser=browser,
        log_level=server_log_level(context),
    )


def server_log_level(context: typer.Context) -> int | None:
    """How much the server tells of itself: with ``--debug`` all that it does."""
    import logging

    return logging.INFO if context.obj.debug else None
