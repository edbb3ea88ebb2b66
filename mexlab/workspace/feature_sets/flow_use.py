"""Flow settings that a training or a computation would pass over: refused, not ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mexlab.errors import InputError
from mexlab.workspace.feature_sets.samples import check_choice

if TYPE_CHECKING:
    from mexlab.workspace.feature_sets.samples import Source
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
