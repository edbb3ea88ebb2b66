"""Who is who in a workspace: what the readers declare, and a lab's own table on top of it.

The table is ``people.csv`` in the workspace's folder, written by ``mexlab people`` or a
spreadsheet: three columns, one line a subject whose person is not the one that the readers declare.
With ``*`` as subject a line is of all subjects of a database: then its last column names the group
of people that the database shows.

    database,subject,person
    own-2024,ada,P07
    own-2025,03,P07
    own-2024-cropped,*,own-2024
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.databases.registry import ImportedDatabase
from mexlab.data.databases.sheets.text_tables import read_table
from mexlab.data.people import people_of
from mexlab.errors import InputError
from mexlab.store import DatabaseRow
from mexlab.whole_files import write_whole
from mexlab.workspace.workspace import Workspace

PEOPLE_FILE = "people.csv"
COLUMNS = ("database", "subject", "person")

#: In the place of a subject: all of the database.
EVERYBODY = "*"

Table = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Person:
    """A subject of a database, and who that is.

    Attributes
    ----------
    database, subject, person : str
    said_by : {"reader", "table"}
    """

    database: str
    subject: str
    person: str
    said_by: str

    def to_record(self) -> dict[str, str]:
        return {
            "database": self.database,
            "subject": self.subject,
            "person": self.person,
            "said_by": self.said_by,
        }


class People:
    """Who is seen in the clips of a workspace.

    Parameters
    ----------
    workspace : Workspace
    coming : sequence of ImportedDatabase, optional
        Databases that were read and are not in the store yet; one of a name that is there takes
        that one's place.

    Raises
    ------
    InputError
        Where ``people.csv`` cannot be read.
    """

    def __init__(self, workspace: Workspace, coming: Sequence[ImportedDatabase] = ()) -> None:
        self._workspace = workspace
        self._coming = {one.name: one for one in coming}
        self.table = read_people(workspace.path / PEOPLE_FILE)
        known: list[DatabaseRow | ImportedDatabase] = [*workspace.store.databases(), *coming]
        self._declared = {
            row.name: people_of(row.name, row.layout, synthetic=row.synthetic, root=row.root)
            for row in known
        }

    def group(self, database: str) -> str:
        """The group of people that a database shows."""
        return self.table.get((database, EVERYBODY)) or self._declared.get(database, database)

    def of(self, key: ClipKey) -> str:
        """The person of a clip; equal for equal people, in whatever databases."""
        return self._person(key.database, key.subject)

    def known(self, key: ClipKey) -> str | None:
        """The person of a clip, where its subject is one of the workspace's; else None."""
        return self.of(key) if key.group in self._subjects else None

    def _person(self, database: str, subject: str) -> str:
        return self.table.get((database, subject)) or f"{self.group(database)}/{subject}"

    @cached_property
    def _subjects(self) -> set[tuple[str, str]]:
        stored = {row.key.group for row in self._workspace.store.clips()}
        subjects = {one for one in stored if one[0] not in self._coming}
        return subjects | {clip.key.group for one in self._coming.values() for clip in one.clips}

    def listing(self) -> list[Person]:
        """Every subject of every database."""
        return [
            Person(
                database,
                subject,
                self._person(database, subject),
                "table"
                if {(database, subject), (database, EVERYBODY)} & set(self.table)
                else "reader",
            )
            for database, subject in sorted(self._subjects)
        ]

    def beside(self, database: str) -> list[str]:
        """The other databases in which some of a database's people are, too."""
        everybody = self.listing()
        own = {one.person for one in everybody if one.database == database}
        return sorted(
            {one.database for one in everybody if one.person in own and one.database != database}
        )

    def unused(self) -> list[tuple[str, str]]:
        """Lines of the table that are of no subject of the workspace."""
        listing = self.listing()
        known = {(one.database, one.subject) for one in listing}
        known |= {(one.database, EVERYBODY) for one in listing}
        return sorted(set(self.table) - known)

    def change(self, changes: Mapping[tuple[str, str], str | None]) -> None:
        """Write the table with some lines set, or taken out where the person is None.

        Raises
        ------
        InputError
            For a database or a subject that the workspace has not, or where the file cannot be
            written.
        """
        listing = self.listing()
        known = {(one.database, one.subject) for one in listing}
        known |= {(one.database, EVERYBODY) for one in listing} | set(self.table)
        for place in changes:
            if place not in known:
                raise InputError(
                    f"there is no subject {'/'.join(place)} in this workspace",
                    where="people",
                    remedy="`mexlab people` lists them, as DATABASE/SUBJECT",
                )
        table = {**self.table, **changes}
        kept = {place: person for place, person in table.items() if person}
        _write(self._workspace.path / PEOPLE_FILE, kept)
        self.table = kept


def read_people(path: Path) -> Table:
    """Read ``people.csv``: whose person each ``(database, subject)`` is; {} where there is none.

    Commas, semicolons or tabs, with or without a byte order mark: as spreadsheets write it.

    Raises
    ------
    InputError
        Naming the row that cannot be read, or that says otherwise than one before.
    """
    if not path.exists():
        return {}
    rows = [
        (number, [str(cell or "").strip() for cell in cells])
        for number, cells in enumerate(read_table(path)[0][1], start=1)
    ]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    head = [cell.lower() for cell in rows[0][1]] if rows else []
    if not set(COLUMNS) <= set(head):
        raise InputError(
            f"expected the columns {', '.join(COLUMNS)}, got {', '.join(head) or 'none'}",
            where=path,
            row=rows[0][0] if rows else None,
            remedy="Put that line at its top",
        )
    places = [head.index(name) for name in COLUMNS]
    table: Table = {}
    for number, cells in rows[1:]:
        database, subject, person = (cells[i] if i < len(cells) else "" for i in places)
        if not (database and subject and person):
            raise InputError(
                "expected a database, a subject and a person",
                where=path,
                row=number,
                remedy="Complete the line, or take it out",
            )
        if table.setdefault((database, subject), person) != person:
            raise InputError(
                f"{database}/{subject} is {table[database, subject]!r} above, {person!r} here",
                where=path,
                row=number,
                remedy="Take one of the two lines out",
            )
    return table


def _write(path: Path, table: Table) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([*place, person] for place, person in sorted(table.items()))
    try:
        write_whole(path, text.getvalue())
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error})",
            where=path,
            remedy="Check the workspace's permissions and free disk space",
        ) from error
