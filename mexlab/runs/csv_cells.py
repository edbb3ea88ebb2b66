"""Text in a table that a spreadsheet may open: what could be a formula is shown, not run."""

from __future__ import annotations

import re

#: A spreadsheet takes a cell that begins so for a formula and runs it; East Asian ones take the
#: wide signs, too. Quotes before it are counted in, so that the way back is never in doubt.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def safe_cell(text: str) -> str:
    """Text that a spreadsheet shows as it is: what could be a formula gets a leading quote.

    >>> safe_cell("=1+1"), safe_cell("sub01")
    ("'=1+1", 'sub01')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """What :func:`safe_cell` was given; any other text stays as it is.

    >>> plain_cell("'=1+1"), plain_cell("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
