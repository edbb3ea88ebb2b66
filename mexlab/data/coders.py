"""Names that are no person's: the one place that says which, asked wherever a coder is named."""

from __future__ import annotations

import unicodedata

from mexlab.errors import InputError

#: What each reserved name stands for. ``machine:<method>`` is reserved as a whole family.
RESERVED = {
    "database": "the ground truth of the databases",
    "consensus": "the codings that were agreed upon",
    "machine": "what the machine finds",
}

_FAMILIES = ("machine:",)


def reserved_meaning(name: str) -> str:
    """What a name is reserved for; "" where it may be a person's.

    Case, blanks, invisible signs and wide letters make no difference: what reads as
    ``database`` would be taken for it by whoever reads a list of coders.

    Examples
    --------
    >>> reserved_meaning("Data base"), reserved_meaning("MACHINE : strain"), reserved_meaning("ada")
    ('the ground truth of the databases', 'what the machine finds', '')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(
        sign for sign in folded if not sign.isspace() and unicodedata.category(sign)[0] not in "CZ"
    )
    if plain.startswith(_FAMILIES):
        return RESERVED["machine"]
    return RESERVED.get(plain, "")


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
        For an empty name, one with blanks around it, or one that is no person's.
    """
    if not name or name != name.strip():
        raise InputError(
            f"expected a name without blanks around it, got {name!r}",
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
