"""Names that are no person's: the one place that says which, asked wherever a coder is named."""

from __future__ import annotations

import unicodedata

from mexlab.errors import InputError

#: The coder under whose name a database's own ground truth is kept.
GROUND_TRUTH = "database"

#: What each reserved name stands for; ``machine:<method>`` and the like are reserved with it.
RESERVED = {
    GROUND_TRUTH: "the ground truth of the databases",
    "consensus": "the codings that were agreed upon",
    "machine": "what the machine finds",
}

#: Reserved before a colon alone: somebody may be called so, and be no run.
_FAMILIES = {**RESERVED, "run": "what a trained network predicts for a clip"}

#: Control and line signs, halves of signs: in a list of coders they make one line two.
_NO_NAME = ("Cc", "Cs", "Zl", "Zp")


def run_coder(run_id: str) -> str:
    """The name under which a run's call of a clip is asked for and put on record."""
    return f"run:{run_id}"


def fold_coder(name: str) -> str:
    """What a name reads as: equal for two names that one would take for the same.

    Case, blanks, invisible signs, wide letters and other compatible forms make no difference.

    Examples
    --------
    >>> fold_coder("Ann  Lee") == fold_coder("ann lee")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(
        sign for sign in folded if not sign.isspace() and unicodedata.category(sign)[0] not in "CZ"
    )


def reserved_meaning(name: str) -> str:
    """What a name is reserved for; "" where it may be a person's.

    What reads as ``database`` (:func:`fold_coder`) would be taken for it by whoever reads a list
    of coders.

    Examples
    --------
    >>> reserved_meaning("Data base"), reserved_meaning("MACHINE : strain"), reserved_meaning("ada")
    ('the ground truth of the databases', 'what the machine finds', '')
    """
    kind, colon, _ = fold_coder(name).partition(":")
    return (_FAMILIES if colon else RESERVED).get(kind, "")


def check_coder(name: str, *, where: str = "coder", reserved: bool = False) -> str:
    """A name under which codings may be kept.

    Parameters
    ----------
    name : str
    where : str
        The argument or variable that named it, for the message.
    reserved : bool
        Allow a reserved name: for what adjudicates or spots, never for a person.

    Raises
    ------
    InputError
        For an empty name, one with blanks around it or control signs in it, or one that is no
        person's.
    """
    if not name or name != name.strip():
        raise InputError(
            f"expected a name without blanks around it, got {name!r}",
            where=where,
            remedy="Give your own name, for example ada",
        )
    if any(unicodedata.category(sign) in _NO_NAME for sign in name):
        raise InputError(
            f"a name is one line of letters, without control signs, got {name!r}",
            where=where,
            remedy="Give your own name, for example ada",
        )
    meaning = "" if reserved else reserved_meaning(name)
    if meaning:
        raise InputError(
            f"{name!r} is reserved for {meaning}",
            where=where,
            remedy="Give your own name, for example ada",
        )
    return name
