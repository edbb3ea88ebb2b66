"""Who is who above the databases: one person may be in several, under one number or several.

The cameras of SMIC filmed the same people at once, SAMM's long videos are of SAMM's people, and
whoever imports the raw and the cropped frames of a release has two databases of one group of
people. Cut into folds by ``(database, subject)``, such a person would be tested on by a network
that was trained on them.

A *person* is a text here, equal for equal people: the group of people that a reader declares
(``smic``) and the subject's name in it, ``smic/s01``, or whatever a lab's own table says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.codings import Coding
from mexlab.data.composite.megc2019 import ClipIdentity
from mexlab.data.databases.folders import fold
from mexlab.data.databases.imported import mark_of
from mexlab.data.databases.layouts import folder, samm, samm_lv, smic, smic_e, ststnet
from mexlab.data.databases.registry import readers

_CLIP_SPELLING = {
    smic.LAYOUT: "smic",
    smic_e.LAYOUT: "smic",
    samm.LAYOUT: "samm",
    samm_lv.LAYOUT: "samm",
}


def people_of(name: str, layout: str, *, synthetic: bool, root: Path) -> str:
    """The group of people that a database shows; equal for databases that show the same.

    Parameters
    ----------
    name : str
        Of the database in the workspace.
    layout : str
    synthetic : bool
        The people of a synthetic database are nobody of the real one, and others with each seed.
    root : Path
        Where the mark of a synthetic database tells its seed.
    """
    known = readers()
    if layout == ststnet.LAYOUT:
        # Its parts are called after the databases that they are of.
        group: str | None = name.rpartition("-")[2]
    else:
        group = known[layout].people if layout in known else None
    if group == "":
        group = layout
    if group is None:
        taken = {one.people or one.name for one in known.values() if one.name != folder.LAYOUT}
        return f"{name} (own)" if name in taken else name
    return f"{group} (synthetic{_seed(root)})" if synthetic else group


def default_person(key: ClipKey) -> str:
    """The person of a clip as long as nobody says more: ``database/subject``."""
    return "/".join(key.group)


def name_people(keys: Sequence[ClipKey], persons: Sequence[str]) -> list[str]:
    """What the people of some clips are called where folds are cut, one name a clip.

    Whoever is in one database only is called ``database/subject``, as ever: folds and what is
    drawn by their names stay what they were. Whoever is in several goes by the person's own name.
    """
    places: dict[str, set[str]] = {}
    for key, person in zip(keys, persons, strict=True):
        places.setdefault(person, set()).add(default_person(key))
    single = {person: next(iter(own)) for person, own in places.items() if len(own) == 1}
    taken = set(single.values())
    several = {
        # The table of a lab may give somebody the name that another one has by default.
        person: " = ".join(sorted(own)) if person in taken else person
        for person, own in places.items()
        if len(own) > 1
    }
    names = {**single, **several}
    return [names[person] for person in persons]


def people_in_several(keys: Sequence[ClipKey], persons: Sequence[str]) -> dict[str, str]:
    """Of those who have several numbers, ``database/subject`` to the person's name.

    It is what a run keeps of who is who (:meth:`mexlab.runs.run.Run.person`); names are those
    of :func:`name_people`.
    """
    return {
        default_person(key): name
        for key, name in zip(keys, name_people(keys, persons), strict=True)
        if name != default_person(key)
    }


def moment_of(key: ClipKey, layout: str, truth: Coding | None) -> str:
    """The moment that an expression shows, as far as names tell; equal in two views of it.

    Parameters
    ----------
    key : ClipKey
        Clip and number of the expression.
    layout : str
        Of its database.
    truth : Coding or None
        The database's own coding of it: SAMM Long Videos keeps SAMM's file name in its note.
    """
    spelling = _CLIP_SPELLING.get(layout)
    if layout == samm_lv.LAYOUT:
        named = "" if truth is None else truth.note.partition(";")[0].strip()
        if named:
            return f"{ClipIdentity.of('samm', key.subject, named).clip}#1"
    if spelling is not None:
        return f"{ClipIdentity.of(spelling, key.subject, key.name).clip}#{key.expression}"
    return f"{fold(key.name)}#{key.expression}"


def _seed(root: Path) -> str:
    """`` 3``, as the mark of a synthetic database says it; "" where it does not."""
    mark = mark_of(root)
    try:
        seed = None if mark is None else json.loads(mark.read_text("utf-8")).get("seed")
    except (OSError, ValueError, AttributeError):
        return ""
    return f" {seed}" if isinstance(seed, int) and seed else ""
