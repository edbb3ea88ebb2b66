"""Who may see whose coding of a clip, and what was opened too early: decided here and nowhere else.

The rule, in order:

1. One's own coding is always open. A clip without frames, or no longer in the workspace, hides
   nothing: nobody can code it.
2. With ``blind = false`` in ``mexlab.toml`` everything is open.
3. Another's coding of a clip (the database's, the machine's, a network's call of it, and with
   them its true class) is open from one's own first commit of the clip on, for good: it stays
   open when the coding is edited, flagged, undone or made a draft again. A flag is no commit.
   Another person's coding is open only where that person has committed the clip, too.
4. A person who never codes in this workspace sees everything, on every page and in every
   command but Annotate: there one is about to code. Who has once made a mark, chosen a label or
   pressed the flag's key in Annotate codes here; sending a clip to recoding from Results is no
   coding. Whose name reads as that of somebody who codes here (``ANN`` beside ``ann``) codes here.

That a clip meets a condition on a hidden coding, or is named among those that a coding left out,
tells what the coding holds: closed clips are found by their database, subject and name alone, and
where they are left out they are counted and not named.

The second and the fourth make a hole: somebody may look at everything first and code afterwards.
So whatever is shown of a clip before its first commit is put on record, by :func:`disclose`: of
whom, to whom, where and when. :func:`opened_before_commit` gives it back, and whoever shows or
exports a coding shows it beside. Counts over many clips (confusion matrices, figures, progress)
say nothing of a clip and are not asked for. Training reads the codings themselves: a network is
no coder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mexlab.data.clips import ClipKey
from mexlab.data.coders import GROUND_TRUTH, reserved_meaning, run_coder
from mexlab.data.composite.official_list import is_list
from mexlab.errors import InputError
from mexlab.store.openings import Opening, Openings

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: Where one codes: nobody sees another's coding there before the commit.
ANNOTATE = "annotate"

#: Where a clip is sent back to be coded anew: a request, not a coding.
RECODING = "results"

#: The coder of whatever a program found: apex frames, calls of a network.
MACHINE = "machine"

#: What stands in the place of what is hidden.
HIDDEN = "shown after your commit"

#: Why several clips are not named among those left out.
HIDDEN_CLIPS = "shown after your commits"


def may_see(workspace: Workspace, key: ClipKey, whose: str, page: str = "") -> bool:
    """Whether the person at work here may see somebody's coding of a clip.

    Puts nothing on record: who shows it uses :func:`disclose`.

    Parameters
    ----------
    workspace : Workspace
    key : ClipKey
    whose : str
        A coder (``database``, a person), ``machine``, ``machine:<method>`` or :func:`run_coder`.
    page : str
        Where; ``annotate`` is where one codes.
    """
    return key in may_see_each(workspace, (key,), whose, page)


def may_see_each(
    workspace: Workspace, keys: Collection[ClipKey], whose: str, page: str = ""
) -> set[ClipKey]:
    """Those of the clips of which :func:`may_see` holds, at the price of a few questions.

    A key of an expression stands for its clip: a clip is committed as a whole.
    """
    return _look(workspace, keys, whose, page)[0]


def _look(
    workspace: Workspace, keys: Collection[ClipKey], whose: str, page: str
) -> tuple[set[ClipKey], set[ClipKey] | None]:
    """What :func:`may_see_each` gives, and the committed clips, where they had to be asked for."""
    wanted, coder = set(keys), workspace.coder
    if not wanted or not workspace.settings.blind or whose == coder:
        return wanted, None
    record = Openings(workspace.store)
    if page != ANNOTATE and not record.codes(coder, besides=RECODING):
        return wanted, None
    clips = {key.clip for key in wanted}
    committed = record.committed(coder, clips)
    seen = committed & record.committed(whose, clips) if _is_person(whose) else committed
    closed = record.codable(clips - seen)
    return {key for key in wanted if key.clip not in closed}, committed


def disclose(workspace: Workspace, keys: Iterable[ClipKey], whose: str, page: str) -> set[ClipKey]:
    """Those of the clips whose coding may be shown now; the caller shows it.

    What is shown of a clip before its first commit is on record when this returns.

    Without a page nobody looks, and nothing is put on record.

    Raises
    ------
    WorkspaceError
        Where that could not be written: then nothing may be shown.
    """
    seen, committed = _look(workspace, set(keys), whose, page)
    if whose == workspace.coder or not seen or not page:
        return seen
    record, clips = Openings(workspace.store), {key.clip for key in seen}
    if committed is None:
        committed = record.committed(workspace.coder, clips)
    early = record.codable(clips - committed)
    if early:
        record.record(early, workspace.coder, whose, page)
    return seen


def disclose_calls(
    workspace: Workspace, keys: Iterable[ClipKey], run_id: str, labels: str, page: str
) -> set[ClipKey]:
    """Those of the clips of which a run's call may be shown beside the label it is held against.

    Both are put on record. `labels` is the coder whose labels the run was trained on.
    """
    seen = may_see_each(workspace, set(keys), labels, page)
    seen = disclose(workspace, seen, run_coder(run_id), page)
    return disclose(workspace, seen, labels, page)


def may_see_calls(workspace: Workspace, key: ClipKey, labels: str, page: str) -> bool:
    """Whether runs' calls of a clip may be shown, and so which runs have it; see above."""
    return may_see(workspace, key, MACHINE, page) and may_see(workspace, key, labels, page)


def opened_before_commit(
    workspace: Workspace, coder: str, database: str | None = None
) -> dict[ClipKey, list[Opening]]:
    """What a coder had opened of others' codings of a clip before committing it, by clip."""
    return Openings(workspace.store).of_clips(coder, database)


def opened_before_commit_of(workspace: Workspace, key: ClipKey, coder: str) -> list[Opening]:
    """What a coder had opened of others' codings of one clip before committing it."""
    return Openings(workspace.store).of_clip(key, coder)


def reasons_shown(
    workspace: Workspace, entries: Iterable[Mapping[str, Any]], whose: tuple[str, ...], page: str
) -> list[dict[str, Any]]:
    """Why clips were left out, as records; those that are closed are counted, in one last record.

    A reason such as "fear has no class" or "no face in frame 46" says what a coding holds, and so
    does the clip's name alone, where the classes are known.

    Parameters
    ----------
    workspace : Workspace
    entries : iterable of mapping
        ``where`` (a clip, or anything else) and ``reason``, as
        :meth:`mexlab.data.reports.ReportEntry.to_record` gives them.
    whose : tuple of str
        Whose codings were read; see :func:`codings_read`.
    page : str

    Returns
    -------
    list of dict
        The last may be ``{kind: "note", where: "13 clips", reason, clips: 13}``.
    """
    known = [dict(entry) for entry in entries]
    keys = {}
    for entry in known:
        try:
            keys[entry["where"]] = ClipKey.parse(str(entry["where"]))
        except InputError:
            # A file, or a row of one.
            continue
    seen = set(keys.values())
    for coder in whose:
        seen &= may_see_each(workspace, seen, coder, page)
    for coder in whose:
        disclose(workspace, seen, coder, page)
    closed = {key.clip for key in keys.values() if key not in seen}
    shown = [one for one in known if one["where"] not in keys or keys[one["where"]] in seen]
    if closed:
        count = f"{len(closed)} clips" if len(closed) > 1 else "1 clip"
        reason = HIDDEN_CLIPS if len(closed) > 1 else HIDDEN
        shown.append({"kind": "note", "where": count, "reason": reason, "clips": len(closed)})
    return shown


def count_clips(entries: Iterable[Mapping[str, Any]]) -> int:
    """How many are left out, those that :func:`reasons_shown` counts among them."""
    return sum(entry.get("clips", 1) for entry in entries)


def codings_read(coder: str, labels: str) -> tuple[str, ...]:
    """Whose codings say why a clip is left out: those of a list's labels are the database's."""
    return (coder, GROUND_TRUTH) if is_list(labels) else (coder,)


def hidden_sentence(clips: int, workspace: Workspace) -> str:
    """What is said where clips are left out because they are closed; empty for none."""
    if not clips:
        return ""
    coder = workspace.coder
    who = f"{coder} codes here"
    if others := Openings(workspace.store).namesakes(coder):
        who += f" (the name reads as {others[0]!r})"
    if clips == 1:
        return f"1 clip is not shown: {who} and has not committed it yet."
    return f"{clips} clips are not shown: {who} and has not committed them yet."


def namesake_sentence(workspace: Workspace) -> str:
    """Said to who begins under a name that reads as another coder's here; else empty."""
    coder = workspace.coder
    others = Openings(workspace.store).namesakes(coder)
    if not others:
        return ""
    return (
        f"there is a coder {others[0]!r} here: {coder!r} is as blind as they are, but has codings "
        f"of its own. If you are {others[0]}, set MEXLAB_CODER={others[0]}."
    )


def _is_person(whose: str) -> bool:
    return not reserved_meaning(whose)
