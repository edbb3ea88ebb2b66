"""``mexlab people``: who is who in the databases, and what a lab knows of it beyond the readers."""

from __future__ import annotations

from typing import Annotated

import typer

from mexlab.cli.options import JsonOption, WorkspaceOption, open_workspace
from mexlab.cli.output import print_json, print_table, remark, say
from mexlab.errors import InputError


def register(app: typer.Typer) -> None:
    app.command()(people)


def people(
    context: typer.Context,
    assign: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="DATABASE/SUBJECT=PERSON",
            help="Say who a subject is; DATABASE/*=GROUP for all of a database. Repeatable.",
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(
            "--unset",
            metavar="DATABASE/SUBJECT",
            help="Take back what --set said. Repeatable.",
        ),
    ] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="List only those who are in several databases.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List which person each subject is; all subjects of one person are held out together.

    Readers declare which databases show the same people (the cameras of SMIC, SAMM and its long
    videos, a release imported twice). Whatever else a lab knows goes into the workspace's
    people.csv (database, subject, person), which --set and --unset write.
    """
    from mexlab.workspace.people import People

    known = People(open_workspace(context, workspace))
    changes: dict[tuple[str, str], str | None] = {}
    for text in unset or ():
        changes[_place(text, "--unset")] = None
    for text in assign or ():
        subject, equals, person = text.partition("=")
        if not equals or not person.strip():
            raise InputError(
                f"expected DATABASE/SUBJECT=PERSON, got {text!r}",
                where="--set",
                remedy="For example --set own-2025/03=P07",
            )
        changes[_place(subject, "--set")] = person.strip()
    if changes:
        known.change(changes)
    listing = known.listing()
    places: dict[str, int] = {}
    for one in listing:
        places[one.person] = places.get(one.person, 0) + 1
    if shared:
        listing = [one for one in listing if places[one.person] > 1]
        # Those of one person beneath each other.
        listing.sort(key=lambda one: (one.person, one.database, one.subject))
    if as_json:
        print_json([one.to_record() for one in listing])
    elif listing:
        print_table(
            ("database", "subject", "person", "said by"),
            [(one.database, one.subject, one.person, _SAID[one.said_by]) for one in listing],
        )
        several = sum(count > 1 for count in places.values())
        say(f"{len(places)} people, {several} of them in several databases or under several names")
    else:
        say("Nobody is in several databases" if shared else "No database yet")
    for place in known.unused():
        remark(f"people.csv speaks of {'/'.join(place)}, who is in no database here")


_SAID = {"reader": "reader", "table": "people.csv"}


def _place(text: str, option: str) -> tuple[str, str]:
    database, slash, subject = text.strip().partition("/")
    if not (database and slash and subject):
        raise InputError(
            f"expected DATABASE/SUBJECT, got {text!r}",
            where=option,
            remedy="`mexlab people` lists them",
        )
    return database, subject
