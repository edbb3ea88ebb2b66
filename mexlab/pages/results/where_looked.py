"""Where the network looked in one clip: what covering a place takes from the class it predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mexlab.errors import MexlabError
from mexlab.pages.shell.latest_task import LatestTask
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run
from mexlab.widgets.results.occlusion_view import OcclusionView

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: A loss below this is no place that mattered: rounding and chance are of this size.
LEAST = 0.02

_HEIGHTS, _SIDES = ("upper", "middle", "lower"), ("left", "middle", "right")


class WhereLooked:
    """Computes maps in the background, the latest request only; torch is loaded by the first.

    Attributes
    ----------
    view : OcclusionView
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.view = OcclusionView()
        self._task: LatestTask[tuple[Run, Prediction]] = LatestTask(self._work, "where-it-looked")

    def ask(self, run: Run, prediction: Prediction) -> None:
        """Show the map of one clip; returns at once."""
        self.view.clip, self.view.loss = str(prediction.key), []
        self.view.sentence = "covering one place after another …"
        self._task.ask((run, prediction))

    def forget(self) -> None:
        """Show none."""
        self._task.forget()
        self.view.clip = ""

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is left to do; False where that took longer."""
        return self._task.wait(timeout)

    def _work(self, request: tuple[Run, Prediction]) -> None:
        run, prediction = request
        try:
            picture, found, sentence = self._map(run, prediction)
        except MexlabError as error:
            picture, found, sentence = b"", [], str(error)
        except Exception as error:
            picture, found, sentence = b"", [], f"not computed ({type(error).__name__}: {error})"
        if self._task.is_latest(request):
            self.view.picture = picture
            self.view.loss = found
            self.view.sentence = sentence

    def _map(self, run: Run, prediction: Prediction) -> tuple[bytes, list[list[float]], str]:
        from mexlab.pages.flow.content import FlowRequest, load_content
        from mexlab.training.occlusion import occlusion_map
        from mexlab.workspace.blindness import RECODING
        from mexlab.workspace.trainings.request import TrainRequest

        if run.imported:
            return b"", [], "This run was imported: the networks that looked are not here."
        asked = TrainRequest.from_record(run.record["request"])
        content = load_content(
            self._workspace, FlowRequest(0, prediction.key, asked.coder, asked.flow), RECODING
        )
        if content.inputs is None:
            return b"", [], "This clip's input cannot be computed here; its flow page says why."
        called = prediction.predicted
        fold = prediction.fold
        loss, now = occlusion_map(run, fold, content.inputs, called, masked=content.masked)
        then = prediction.probabilities[called]
        changed = (
            f" The run recorded {then:.2f}, this input gives {now:.2f}: it is not the one that was "
            "trained on."
            if abs(now - then) > LEAST
            else ""
        )
        names = [name for name, *_ in content.message["arrays"]]
        face = content.buffers[names.index("face-apex")] if "face-apex" in names else b""
        return face, loss.round(4).tolist(), spell_place(loss, called) + changed


def spell_place(loss: np.ndarray[Any, Any], called: str) -> str:
    """Which place matters most, in words; sides are those of the picture.

    >>> spell_place(np.pad([[0.4]], ((25, 2), (20, 7))), "positive")
    'Covering the lower right lowers “positive” most, by up to 0.40.'
    """
    row, column = np.unravel_index(int(np.argmax(loss)), loss.shape)
    most = float(loss[row, column])
    if most < LEAST:
        return f"No single place matters to “{called}”: it rests on the face as a whole."
    height = _HEIGHTS[min(int(3 * row / loss.shape[0]), 2)]
    side = _SIDES[min(int(3 * column / loss.shape[1]), 2)]
    place = "middle" if height == side else f"{height} {side}"
    return f"Covering the {place} lowers “{called}” most, by up to {most:.2f}."
