"""What a network that never saw the person says of a clip, for the apex on show.

The run is chosen, and named with its labels. For the apex that the run used its recorded
prediction is given; for any other onset or apex the same fold's networks are asked anew, with an
input that is computed as the run computed its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mexlab.errors import InputError, MexlabError
from mexlab.evaluation.metrics import FULL
from mexlab.features.flow_choices import flow_differences
from mexlab.features.settings import FlowSettings
from mexlab.pages.flow.clips import PAGE, coding_of
from mexlab.pages.shell.latest_task import LatestTask
from mexlab.pages.shell.links import page_url
from mexlab.reports.seed_words import averaged_words
from mexlab.runs.run import FINISHED, Run, list_runs, open_run
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace.blindness import HIDDEN, disclose, disclose_calls, may_see_calls
from mexlab.workspace.feature_sets.inputs import INPUTS
from mexlab.workspace.feature_sets.run_samples import (
    Marks,
    coder_words,
    labels_coder,
    read_marks,
    same_expression,
)

if TYPE_CHECKING:
    from mexlab.data.clips import ClipKey
    from mexlab.data.codings import Coding
    from mexlab.pages.flow.content import FlowRequest
    from mexlab.runs.files import Prediction
    from mexlab.workspace.workspace import Workspace


class HeldOutPredictions:
    """Held-out predictions of one run, told in the background; the latest question counts.

    Parameters
    ----------
    workspace : Workspace
    tell : callable
        Gets the record that the page shows; see :meth:`record`.
    run_id : str, optional
        By default the newest finished run that has the clip, one of mexlab's own where there is
        one.

    Attributes
    ----------
    chosen : str
        Id of the chosen run; "" for the newest that has the clip.
    told : dict or None
        What was told last.

    Raises
    ------
    RunError
        Where there is no run of that id.
    """

    def __init__(
        self,
        workspace: Workspace,
        tell: Callable[[dict[str, Any]], None] = lambda _record: None,
        run_id: str | None = None,
    ) -> None:
        self._workspace, self._tell = workspace, tell
        self.chosen = "" if run_id is None else open_run(workspace.runs_dir, run_id).id
        self.told: dict[str, Any] | None = None
        self._read: dict[str, dict[ClipKey, dict[ClipKey, Prediction]]] = {}
        self._marks: dict[str, dict[ClipKey, Marks]] = {}
        self._task: LatestTask[FlowRequest] = LatestTask(self._work, "held-out prediction")

    def ask(self, request: FlowRequest) -> None:
        """Tell the prediction for what a request shows; returns at once."""
        self._task.ask(request)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything asked for was told; False where that took longer."""
        return self._task.wait(timeout)

    def _work(self, request: FlowRequest) -> None:
        try:
            record = self.record(request)
        except Exception as error:
            # An aid: the maps stand without it, and what is wrong is said in its place.
            reason = str(error) if isinstance(error, MexlabError) else repr(error)
            record = {"runs": [], "problem": f"No prediction: {reason}"}
        if self._task.is_latest(request):
            self.told = {"type": "held-out", "clip": str(request.key), **record}
            self._tell(self.told)

    def _open_runs(self, key: ClipKey) -> tuple[list[Run], set[str]]:
        """The runs that have the clip, and ids of those that are closed, be it in them or not.

        That a run has a clip tells that its label is one of the run's classes.
        """
        key = key.clip
        finished = [run for run in list_runs(self._workspace.runs_dir) if run.status == FINISHED]
        may = {
            coder: may_see_calls(self._workspace, key, coder, PAGE)
            for coder in {labels_coder(run) for run in finished}
        }
        closed = {run.id for run in finished if not may[labels_coder(run)]}
        seen = [run for run in finished if run.id not in closed]
        return [run for run in seen if key in self._predictions(run)], closed

    def record(self, request: FlowRequest) -> dict[str, Any]:
        """What the page shows of the chosen run.

        Returns
        -------
        dict
            ``runs`` to choose from, ``{value, title}`` each, the newest first; none where no run
            has the clip. Of the chosen one ``run``, ``name``, ``url``, ``labels`` (words) and,
            where the coder may see it, ``truth``, ``predicted``, ``classes``, ``apex`` and
            ``said``: which apex it is of, whether it was recorded or computed now, and of how
            many seeds. Of an imported run ``apex`` is None. ``closed`` says that it may not be
            seen, nor which runs have the clip; ``problem`` why it could not be computed,
            ``elsewhere`` that runs have the clip and none this expression, and ``lacks`` that the
            run of the address has it not.
        """
        key = request.key
        with_clip, closed = self._open_runs(key)
        shown = coding_of(self._workspace, key, request.coder)
        samples = {run.id: self._sample(run, shown) for run in with_clip}
        runs = [run for run in with_clip if samples[run.id] is not None]
        if not runs and with_clip:
            return {"runs": [], "elsewhere": self._elsewhere(with_clip, key)}
        if not runs:
            return {"runs": [], "closed": HIDDEN} if closed else {"runs": []}
        # An imported run has no networks to ask: it is shown where it was chosen, or is all.
        usual = next((run for run in runs if not run.imported), runs[0])
        run = next((run for run in runs if run.id == self.chosen), usual)
        sample = samples[run.id]
        assert sample is not None
        found = self._predictions(run)[key.clip][sample]
        record: dict[str, Any] = {
            "runs": [{"value": one.id, "title": run_title(one)} for one in runs],
            "run": run.id,
            "name": run.name,
            "url": page_url("results", run=run.id),
            "labels": labels_words(run),
            "lacks": self._lacks(with_clip, key)
            if self.chosen not in {"", run.id, *closed}
            else "",
        }
        coder = labels_coder(run)
        if not disclose_calls(self._workspace, [key], run.id, coder, PAGE):
            return record | {"closed": HIDDEN}
        probabilities, predicted = found.probabilities, found.predicted
        onset, apex, used = self._shown_marks(request, shown, run, sample)
        if run.imported:
            # Of which apex it is nobody said, and there is nothing to ask about another.
            apex, said = None, imported_words(run)
        elif apex is None or (onset, apex) == used:
            said = "as recorded by the run" + ("" if apex is None else f", apex {apex}")
        else:
            try:
                probabilities = self._computed(request, run, found.fold, onset, apex)
            except MexlabError as error:
                return record | {"problem": f"Not computed for apex {apex}: {error}"}
            predicted = max(probabilities, key=probabilities.__getitem__)
            said = f"computed now for apex {apex}"
            if used[1] is not None:
                then = f"{found.predicted} {found.probabilities[found.predicted]:.2f}"
                said += f"; the run recorded {then} at apex {used[1]}"
        if coder != request.coder and not run.imported:
            number = f", its expression {sample.expression}" if sample != key else ""
            said += f"; trained on {coder_words(coder)}{number}"
        return record | {
            "truth": found.true,
            "predicted": predicted,
            "classes": [{"name": name, "probability": p} for name, p in probabilities.items()],
            "apex": apex,
            # What is shown is of the seeds' mean, recorded or computed.
            "said": "; ".join(filter(None, (said, averaged_words(run.metrics.get(FULL) or {})))),
        }

    def _sample(self, run: Run, shown: Coding) -> ClipKey | None:
        """The run's sample of the expression on show; None where it has none."""
        samples = self._predictions(run).get(shown.clip, {})
        used = self._used_marks(run)
        return same_expression(self._workspace, shown, samples, labels_coder(run), used)

    def _elsewhere(self, runs: list[Run], key: ClipKey) -> str:
        """Why no run that has the clip has the expression on show."""
        coders = list(dict.fromkeys(map(labels_coder, runs)))
        for coder in coders:
            # That it marks nothing here is said of a coding, too.
            disclose(self._workspace, [key], coder, PAGE)
        whose = " and ".join(map(coder_words, coders))
        return (
            f"No run has this expression. Those that have the clip were trained on {whose}, which "
            f"{'has' if len(coders) == 1 else 'have'} none at these frames."
        )

    def _lacks(self, with_clip: list[Run], key: ClipKey) -> str:
        """What the run of the address has not, in a sentence."""
        run = next((run for run in with_clip if run.id == self.chosen), None)
        return (
            f"Run {self.chosen} has not this clip."
            if run is None
            else f"{run.name}: {self._elsewhere([run], key)}"
        )

    def _shown_marks(
        self, request: FlowRequest, coding: Coding, run: Run, sample: ClipKey
    ) -> tuple[int | None, int | None, Marks]:
        """Onset and apex on show, and those that the run used; None where there are no frames."""
        onset = coding.onset
        apex = coding.apex if request.apex is None else request.apex
        if onset is None or self._workspace.store.clip(request.key.clip).frames is None:
            return None, None, (None, None)
        used = self._used_marks(run).get(sample)
        if used is None:
            # A run that kept none: what its coder has now is the nearest that is known.
            own = coding_of(self._workspace, sample, labels_coder(run))
            used = (own.onset, own.apex)
        return onset, apex, used

    def _computed(
        self, request: FlowRequest, run: Run, fold: str, onset: int | None, apex: int
    ) -> dict[str, float]:
        from mexlab.features.cache import FlowCache
        from mexlab.training.held_out import held_out_call

        clip = self._workspace.store.clip(request.key.clip)
        assert clip.frames is not None
        assert onset is not None
        settings = run_flow(run)
        if settings is None:
            raise InputError("the run names no flow settings that this version knows", where=run.id)
        cache = FlowCache(self._workspace.cache_dir, detached=True)
        maps = cache.get_or_compute(clip.frames, onset, apex, settings)
        share = maps.masked_share() if settings.eye_mask else None
        return held_out_call(run, fold, maps.network_input(), share)

    def differences(self, settings: FlowSettings, normalisation: str) -> tuple[str, list[str]]:
        """Where the settings on show differ from those of the run on show, in words.

        Returns
        -------
        compared : str
            What they are held against: the run's name, or the usual settings where there is none.
        differences : list of str
        """
        said = self.told or {}
        run = open_run(self._workspace.runs_dir, said["run"]) if said.get("run") else None
        flow = run_flow(run)
        training = run.settings if run is not None else None
        usual = (training or TrainingSettings()).normalise
        words = flow_differences(settings, flow or FlowSettings())
        if normalisation != usual:
            words.append(f"input {normalisation}, not {usual}")
        return (str(said["name"]) if flow is not None else "a run with the usual settings"), words

    def _predictions(self, run: Run) -> dict[ClipKey, dict[ClipKey, Prediction]]:
        """A run's predictions, by clip and by sample."""
        if run.status != FINISHED:
            return {}
        if run.id not in self._read:
            read = self._read[run.id] = {}
            try:
                for row in run.predictions():
                    read.setdefault(row.key.clip, {})[row.key] = row
            except (MexlabError, OSError, ValueError):
                # A damaged run is told of on the results page; the maps need none.
                read.clear()
        return self._read[run.id]

    def _used_marks(self, run: Run) -> dict[ClipKey, Marks]:
        if run.id not in self._marks:
            self._marks[run.id] = read_marks(run.folder / INPUTS)
        return self._marks[run.id]


def run_flow(run: Run | None) -> FlowSettings | None:
    """The flow settings that a run was trained with; None where it names none that are known."""
    flow = ((run.record.get("request") or {}) if run is not None else {}).get("flow")
    try:
        return None if flow is None else FlowSettings.from_record(dict(flow))
    except (InputError, TypeError):
        return None


def imported_words(run: Run) -> str:
    """What the prediction of an imported run is."""
    alone = "" if run.has_probabilities else ", which gives the class alone"
    return f"imported{alone}: mexlab has no networks of it"


def labels_words(run: Run) -> str:
    """``megc2019: negative, positive, surprise``; of a list only its file's name."""
    data, asked = run.record.get("data") or {}, run.record.get("request") or {}
    scheme = str(data.get("labels") or asked.get("labels") or "")
    return f"{Path(scheme).name}: {', '.join(run.classes)}" if scheme else ", ".join(run.classes)


def run_title(run: Run) -> str:
    """A run in the select: its name and the scheme of its labels."""
    return f"{run.name} · {labels_words(run).partition(':')[0]}"
