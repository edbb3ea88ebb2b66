"""The flow page's curve: the motion of every frame against the onset."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mexlab.errors import MexlabError
from mexlab.features.cache import FlowCache
from mexlab.features.curves import motion_curves
from mexlab.pages.flow.clips import coding_of

if TYPE_CHECKING:
    from mexlab.pages.flow.content import FlowRequest
    from mexlab.workspace.workspace import Workspace


def curve_message(
    workspace: Workspace, request: FlowRequest, should_stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """What the view is sent of a request's curve, or why there is none; None where stopped."""
    coding = coding_of(workspace, request.key, request.coder)
    message: dict[str, Any] = {"type": "curve", "clip": str(request.key), "onset": coding.onset}
    try:
        clip = workspace.store.clip(request.key.clip)
        assert clip.frames is not None
        curves = motion_curves(
            clip.frames,
            coding.onset,
            cache=FlowCache(workspace.cache_dir, detached=True),
            should_stop=should_stop,
        )
        if curves is None:
            return None
        return message | {"curve": curves.to_record()}
    except MexlabError as error:
        return message | {"problem": f"No curve: {error}"}
    except Exception as error:
        traceback.print_exc()
        return message | {"problem": f"No curve: {type(error).__name__}: {error}"}
