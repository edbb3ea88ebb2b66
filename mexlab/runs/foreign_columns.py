"""Which column of somebody else's table holds what: by its header, or as its reader names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

#: Headers by what they hold, without signs and capitals.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "true": (
        *("true", "truth", "truelabel", "trueclass", "ytrue", "groundtruth", "gt"),
        *("label", "coded", "target", "actual"),
    ),
    "predicted": (
        *("predicted", "prediction", "pred", "predictedlabel", "predictedclass"),
        *("ypred", "called"),
    ),
    "subject": ("subject", "subjectid", "subj", "sub", "participant"),
    "person": ("person", "personid", "individual"),
    "database": ("database", "dataset", "db", "corpus"),
    "clip": ("clip", "clipname", "video", "videoname", "sample", "filename", "file"),
    "event": ("event", "expression"),
    "seed": ("seed", "randomseed"),
    "fold": ("fold",),
}


#: What the two that every table needs are called in a sentence.
_SPELT = {"true": "true class", "predicted": "predicted class"}


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Headers as whoever reads the file names them; None where they are to be found."""

    true: str | None = None
    predicted: str | None = None
    subject: str | None = None
    person: str | None = None
    database: str | None = None
    clip: str | None = None
    event: str | None = None
    seed: str | None = None
    fold: str | None = None


def find_columns(
    header: list[str], columns: ColumnNames, fault: Callable[[str, str], None]
) -> dict[str, int]:
    """The place of each column that is there, by what it holds.

    Parameters
    ----------
    header : list of str
    columns : ColumnNames
    fault : callable
        Told what is wrong, and the remedy or "".
    """
    found: dict[str, int] = {}
    stated = {name: one for name, one in asdict(columns).items() if one is not None}
    taken = set(stated.values())
    told = ", ".join(header)
    for role, spellings in SPELLINGS.items():
        option, told_role = f"--{role}", _SPELT.get(role, role)
        if role in stated:
            if header.count(stated[role]) != 1:
                fault(f"no single column {stated[role]!r}; there are {told}", "")
            else:
                found[role] = header.index(stated[role])
            continue
        fits = [
            i
            for i, name in enumerate(header)
            if re.sub(r"[\W_]+", "", name).lower() in spellings and name not in taken
        ]
        if len(fits) > 1:
            spelt = [header[i] for i in fits]
            twice = len(set(spelt)) < len(spelt)
            fault(
                f"{', '.join(spelt)} could each be the {told_role}",
                "Rename all but one of them" if twice else f"Say which: {option} COLUMN",
            )
        elif fits:
            found[role] = fits[0]
        elif role in _SPELT:
            fault(f"no column for the {told_role}; there are {told}", f"Say which: {option} COLUMN")
    if "person" in found and "subject" not in found:
        found["subject"] = found["person"]
        if "person" not in stated:
            # A single column of that name numbers the people of each database, as most do.
            del found["person"]
    return found
