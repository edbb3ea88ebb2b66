"""Flow settings that a training or a computation would pass over: refused, not ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mexlab.errors import InputError
from mexlab.features.flow_choices import FLOW_KNOBS
from mexlab.models.registry import network
from mexlab.workspace.samples import check_choice

if TYPE_CHECKING:
    from mexlab.features.settings import FlowSettings
    from mexlab.workspace.samples import Source
    from mexlab.workspace.workspace import Workspace


def refuse_on_release(source: Source, given: Sequence[str]) -> None:
    """Refuse options of how motion is computed where nothing is computed.

    Parameters
    ----------
    source : {"computed", "release"}
    given : sequence of str
        Options that were typed.

    Raises
    ------
    InputError
        Naming the first.
    """
    if source == "release" and given:
        raise InputError(
            "has no effect on a feature release: its 28 x 28 pictures are used as they came, "
            "without faces or frames to mask or to compute motion from",
            where=given[0],
            remedy=f"Leave out {', '.join(given)}, or choose a database with frames",
        )


def refuse_without_frames(
    workspace: Workspace, databases: Sequence[str] | None, coder: str, given: Sequence[str]
) -> None:
    """As :func:`refuse_on_release`, where none of the chosen databases has frames.

    Raises
    ------
    InputError
    """
    if not given:
        return
    chosen = check_choice(workspace, databases, coder)
    own = [one for one in workspace.store.sources() if one.key.database in chosen]
    if own and all(one.frames is None for one in own):
        refuse_on_release("release", given)


def refuse_input_size(model: str, flow: FlowSettings) -> None:
    """Refuse an input that the network cannot take.

    Raises
    ------
    InputError
    """
    _, rows, columns = network(model).input_shape
    side = flow.input_size
    if (side, side) != (rows, columns):
        raise InputError(
            f"{model} takes inputs of {rows} x {columns} px, got {side} x {side}: its fully "
            "connected layer has a weight for each place of that size",
            where=FLOW_KNOBS["input_size"].on,
            remedy="Leave it out; the flow page shows, and its files hold, other sizes",
        )
