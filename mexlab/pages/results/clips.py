"""The clips behind a cell of a run's matrices: where they can be opened, what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import MexlabError
from mexlab.pages.results.recoding import Recoding
from mexlab.pages.results.where_looked import WhereLooked
from mexlab.pages.shell.links import page_url
from mexlab.runs.files import Prediction
from mexlab.runs.run import Run
from mexlab.widgets.results.cell_clips import CellClips
from mexlab.workspace.blindness import (
    ANNOTATE,
    RECODING,
    disclose_calls,
    hidden_sentence,
    may_see_each,
)
from mexlab.workspace.feature_sets.run_samples import labels_coder

if TYPE_CHECKING:
    from mexlab.store.rows import ClipRow
    from mexlab.workspace.workspace import Workspace

PAGE = RECODING

HINT = "Choose a cell of a matrix, or a subject's bar, to see its clips here."


class ResultClips:
    """The list at the right of the results page.

    Parameters
    ----------
    workspace : Workspace
    titles : mapping
        Of the workspace's databases.

    Attributes
    ----------
    list : CellClips
    """

    def __init__(self, workspace: Workspace, titles: Mapping[str, str]) -> None:
        self._workspace, self._titles = workspace, titles
        self._stored: dict[ClipKey, ClipRow] = {}
        self._several = self._own = False
        self._shown: list[Prediction] = []
        self._at_apex: set[ClipKey] = set()
        self._flagged: set[ClipKey] = set()
        self._coder = GROUND_TRUTH
        self._run: Run | None = None
        self._sure = True
        self.recoding = Recoding(workspace)
        self.looked = WhereLooked(workspace)
        self.list = CellClips(hint=HINT, titles=dict(titles)).add_class("mx-grow")
        self.list.coder = self.recoding.coder
        self.list.on_msg(lambda _widget, content, _buffers: self._receive(content))

    def read(self, run: Run, predictions: Sequence[Prediction]) -> None:
        """What the store says now of the run's clips, by the coder whose labels were trained."""
        self._run, self._sure = run, run.has_probabilities
        coder = self._coder = labels_coder(run)
        names = {row.key.database for row in predictions}
        self._several = len(names) > 1
        self._own = coder == self._workspace.coder
        known = sorted(names & set(self._titles))
        self._stored = {
            row.expression_key: row
            for name in known
            for row in self._workspace.store.clips(
                database=name, coder=coder, every_expression=True
            )
        }
        self._flagged = {key for name in known for key in self.recoding.flagged(name)}

    def show(self, heading: str, found: Sequence[Prediction]) -> None:
        """List clips under a heading; of those that are closed to the coder only how many."""
        seen = self._disclosed(found)
        self._shown, self.list.fault = [row for row in found if row.key in seen], ""
        self.looked.forget()
        self.list.heading = heading
        self.list.remark = hidden_sentence(len(found) - len(self._shown), self._workspace)
        self._draw()

    def _disclosed(self, found: Sequence[Prediction]) -> set[ClipKey]:
        """Clips of which both the run's call and the label that it was held against are open."""
        if self._run is None:
            return set()
        return disclose_calls(
            self._workspace, [row.key for row in found], self._run.id, self._coder, PAGE
        )

    def _draw(self) -> None:
        keys = {row.key for row in self._shown}
        seen = may_see_each(self._workspace, keys, self._coder, PAGE)
        # Whoever flagged a clip is about to code it: then Annotate must not open at the apex.
        blind = keys - may_see_each(self._workspace, keys, self._coder, ANNOTATE)
        self._at_apex = {key for key in seen if not (key in blind and key.clip in self._flagged)}
        self.list.rows = [self._record(row) for row in self._shown]

    def recode(self, key: ClipKey, *, flag: bool) -> None:
        """Send a clip to recoding, or take it back; what fails is said above the list.

        A clip is coded anew as a whole, whichever of its expressions was in doubt.
        """
        key = key.clip
        # Taken off first: the same fault once more is drawn anew, and the button with it.
        self.list.fault = ""
        try:
            if flag:
                self.recoding.send(key)
            else:
                self.recoding.take_back(key)
        except MexlabError as error:
            self.list.fault = str(error)
        except Exception as error:
            # A database error of any driver, such as that of a full disk.
            self.list.fault = f"it could not be stored ({type(error).__name__}: {error})"
        self._flagged = (self._flagged - {key}) | ({key} & self.recoding.flagged(key.database))
        self._draw()

    def _receive(self, content: Any) -> None:
        if isinstance(content, dict) and content.get("type") == "recode":
            self.recode(ClipKey.parse(str(content.get("key"))), flag=bool(content.get("flag")))
        elif isinstance(content, dict) and content.get("type") == "look":
            wanted = [row for row in self._shown if str(row.key) == content.get("key")]
            if wanted and self._run is not None:
                self.looked.ask(self._run, wanted[0])

    def _record(self, row: Prediction) -> dict[str, Any]:
        key = row.key
        stored = self._stored.get(key)
        apex = None
        if stored is not None and stored.coding is not None and key in self._at_apex:
            apex = stored.coding.apex
        annotate = flow = ""
        if stored is None:
            detail = "no longer in the workspace"
        else:
            # Numbered by the coding that the run was trained on, the key means nothing in another.
            coded = stored.coding is not None and self._coder != GROUND_TRUTH
            run = None if self._run is None else self._run.id
            flow = page_url("flow", clip=key, coder=self._coder if coded else None, run=run)
            if stored.features_only:
                # The flow page shows what the network saw; there is nothing to annotate.
                detail = "features only, no frames"
            else:
                detail = f"apex {apex}" if apex is not None else ""
                # Another coder's second expression need not be one's own second.
                place = key if self._own else key.clip
                annotate = page_url("annotate", clip=place, frame=apex)
        # Where all clips are of one database, its title would only repeat itself.
        database = (self._titles.get(key.database, key.database),) if self._several else ()
        return {
            "key": str(key),
            "title": " · ".join((*database, key.subject, key.title)),
            "detail": detail,
            "database": key.database,
            "called": row.predicted,
            "coded": row.true,
            "probability": row.probabilities[row.predicted] if self._sure else None,
            "right": row.correct,
            "annotate": annotate,
            "flow": flow,
            # Without frames there is nothing to code.
            "recodable": bool(annotate),
            "flagged": key.clip in self._flagged,
        }
