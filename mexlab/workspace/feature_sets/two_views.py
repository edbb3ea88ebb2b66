"""Two views of one expression: the same moment by two cameras, or the same frames raw and cropped.

Both in one training would count one expression twice, in the figures as in what is learnt. Which of
the two is meant cannot be guessed, so that it is refused.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.databases.folders import fold
from mexlab.data.people import moment_of
from mexlab.errors import InputError
from mexlab.workspace.blindness import may_see_each
from mexlab.workspace.people import People
from mexlab.workspace.workspace import Workspace

if TYPE_CHECKING:
    from mexlab.workspace.feature_sets.samples import Sample

#: Pairs named in the message.
_SHOWN = 3


def refuse_two_views(workspace: Workspace, samples: Sequence[Sample]) -> None:
    """Refuse expressions that two databases show of the same person.

    Parameters
    ----------
    workspace : Workspace
    samples : sequence of Sample

    Raises
    ------
    InputError
        Naming some pairs, and the databases of which one has to be chosen.
    """
    pairs = find_two_views(workspace, samples)
    if not pairs:
        return
    names = sorted({one.source.key.database for pair in pairs for one in pair})
    # That two have equal marks tells of one whose coding is closed: such pairs are counted alone.
    keys = {sample.key for pair in pairs for sample in pair}
    seen = may_see_each(workspace, keys, pairs[0][0].coding.coder)
    named = [(one.key, other.key) for one, other in pairs if {one.key, other.key} <= seen]
    shown = ", ".join(f"{one} and {other}" for one, other in named[:_SHOWN])
    count = f"{len(pairs)} expressions" if len(pairs) > 1 else "one expression"
    raise InputError(
        f"{count} would be counted twice, as two views of one moment"
        + (f": {shown}" if shown else "")
        + (", ..." if shown and len(pairs) > min(len(named), _SHOWN) else ""),
        where="databases",
        remedy=f"Choose one of {', '.join(names)}; if these are not the same people, say so with "
        "`mexlab people`",
    )


def find_two_views(workspace: Workspace, samples: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Pairs of samples of one person, from two databases, that show one moment.

    They do where the databases are of one group of people and the clips have one name, however
    spelt, and one number of the expression; or the three marks are equal, frame by frame. In
    databases that a lab's own table brought together, name and marks have to agree: there a name
    may be no more than a number.
    """
    databases: dict[str, set[str]] = {}
    for sample in samples:
        databases.setdefault(sample.person, set()).add(sample.source.key.database)
    several = [sample for sample in samples if len(databases[sample.person]) > 1]
    if not several:
        return []
    people = People(workspace)
    shared = {sample.source.key.database for sample in several}
    truth = {
        one.clip.of_expression(one.expression): one
        for name in sorted(shared)
        for one in workspace.store.codings(coder=GROUND_TRUTH, database=name)
    }

    def signs(sample: Sample) -> Iterator[Hashable]:
        key, coding = sample.key, sample.coding
        group = people.group(key.database)
        yield sample.person, group, moment_of(key, sample.source.layout, truth.get(key))
        marks = coding.onset, coding.apex, coding.offset
        if None not in marks:
            yield sample.person, group, marks
        if (coding.onset, coding.apex) != (None, None):
            yield sample.person, fold(key.name), key.expression, marks

    first: dict[Hashable, Sample] = {}
    pairs: dict[str, tuple[Sample, Sample]] = {}
    for sample in several:
        for sign in signs(sample):
            other = first.setdefault(sign, sample)
            if other.source.key.database != sample.source.key.database:
                pairs.setdefault(str(sample.key), (other, sample))
    return list(pairs.values())
