"""``mexlab features``: compute the flow maps ahead, so that training finds them."""

from __future__ import annotations

import typer

from mexlab.cli.flow_options import ChosenFlow, with_flow_options
from mexlab.cli.options import (
    CodingOption,
    DatabasesOption,
    JobsOption,
    JsonOption,
    KindOption,
    WorkspaceOption,
    named,
    open_workspace,
)
from mexlab.cli.output import print_json, say
from mexlab.cli.progress import progress_bar
from mexlab.data.coders import GROUND_TRUTH
from mexlab.features.settings import FlowSettings


def register(app: typer.Typer) -> None:
    app.command()(features)


@with_flow_options
def features(
    context: typer.Context,
    databases: DatabasesOption = None,
    coder: CodingOption = GROUND_TRUTH,
    kind: KindOption = None,
    flow: ChosenFlow = ChosenFlow(FlowSettings()),  # noqa: B008  frozen
    jobs: JobsOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute u, v and strain from onset to apex of every expression, in parallel.

    What is computed is kept in the workspace by content: an interrupted run goes on where it
    stopped. An expression without a face, onset or apex is listed with the reason.
    """
    from mexlab.workspace.blindness import count_clips, reasons_shown
    from mexlab.workspace.feature_sets.build import compute_features
    from mexlab.workspace.feature_sets.flow_use import refuse_without_frames

    opened = open_workspace(context, workspace)
    refuse_without_frames(opened, named(databases), coder, flow.given)
    kept = "what was computed is kept, run it again to go on"
    with progress_bar("Computing flow maps", kept=kept) as progress:
        summary = compute_features(
            opened,
            databases=named(databases),
            coder=coder,
            settings=flow.settings,
            jobs=jobs,
            progress=progress,
            kind=kind,
        )
    left_out, warnings = (
        reasons_shown(opened, (entry.to_record() for entry in found), (coder,), "mexlab features")
        for found in (summary.left_out, summary.warnings)
    )
    if as_json:
        print_json({**summary.to_record(), "left_out": left_out, "warnings": warnings})
        return
    if summary.ready > summary.clips:
        ready = f"Expressions with flow maps: {summary.ready}, clips: {summary.clips}"
    else:
        ready = f"Clips with flow maps: {summary.ready}"
    say(f"{ready} ({summary.seconds:.0f} s)")
    if warnings:
        say(f"To be looked at ({count_clips(warnings)}):")
        for doubtful in warnings:
            say(f"  {doubtful['where']}: {doubtful['reason']}")
    if left_out:
        say(f"Without ({count_clips(left_out)}):")
        for entry in left_out:
            say(f"  {entry['where']}: {entry['reason']}")
