"""``mexlab metrics``: the figures of anybody's predictions, without a workspace."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mexlab.cli.options import JsonOption
from mexlab.cli.output import print_json, remark, say

if TYPE_CHECKING:
    from mexlab.evaluation.intervals import MetricIntervals
    from mexlab.runs.foreign_columns import ColumnNames
    from mexlab.runs.foreign_predictions import ForeignPredictions

TrueOption = Annotated[
    str | None,
    typer.Option(
        "--true", metavar="COLUMN", help="Column of the true class; found by name if omitted."
    ),
]
PredictedOption = Annotated[
    str | None, typer.Option("--predicted", metavar="COLUMN", help="Column of the predicted class.")
]
SubjectOption = Annotated[
    str | None, typer.Option("--subject", metavar="COLUMN", help="Column of the subject.")
]
PersonOption = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="COLUMN",
        help="Column of the person, the same in every database where this person appears.",
    ),
]
ClipOption = Annotated[
    str | None, typer.Option("--clip", metavar="COLUMN", help="Column of the clip's name.")
]
SeedOption = Annotated[
    str | None, typer.Option("--seed", metavar="COLUMN", help="Column of the seed.")
]
ClassesOption = Annotated[
    str | None,
    typer.Option(
        "--classes",
        help="The classes in their order, A,B,C; 0=A,1=B renames what the file calls 0 and 1.",
    ),
]
SharesOption = Annotated[
    bool,
    typer.Option(
        "--probabilities/--no-probabilities", help="Whether to read columns of probabilities."
    ),
]


def register(app: typer.Typer) -> None:
    app.command()(metrics)


def metrics(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Comma-separated, with a line of column names.")
    ],
    true: TrueOption = None,
    predicted: PredictedOption = None,
    subject: SubjectOption = None,
    person: PersonOption = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="COLUMN", help="Column of the database.")
    ] = None,
    clip: ClipOption = None,
    seed: SeedOption = None,
    classes: ClassesOption = None,
    probabilities: SharesOption = True,
    as_json: JsonOption = False,
) -> None:
    """Accuracy, F1-score, UF1, UAR, each class and the matrices of a table of predictions.

    The true and the predicted class are required. A column of subjects adds bootstrap intervals
    over subjects, one of databases the figures of each database, and several seeds the mean of
    their probabilities (or votes) beside each seed alone. Someone who appears in several databases
    counts as one person if a column of persons says so; otherwise as one subject per database.
    """
    from mexlab.runs.foreign_predictions import read_foreign_predictions
    from mexlab.runs.metrics import metrics_of_predictions

    found = read_foreign_predictions(
        file,
        column_names(true, predicted, subject, person, database, clip, seed),
        classes=listed(classes),
        probabilities=probabilities,
    )
    figures = metrics_of_predictions(found.rows, found.classes)
    if "database" not in found.holds:
        # Full is all there is.
        figures = {"full": figures["full"]}
    intervals = _intervals(found, figures)
    if as_json:
        print_json(_record(file, found, figures, intervals))
    else:
        _print(file, found, figures, intervals)


def column_names(
    true: str | None,
    predicted: str | None,
    subject: str | None,
    person: str | None,
    database: str | None,
    clip: str | None,
    seed: str | None,
) -> ColumnNames:
    """The columns that a user names."""
    from mexlab.runs.foreign_columns import ColumnNames

    return ColumnNames(
        true=true,
        predicted=predicted,
        subject=subject,
        person=person,
        database=database,
        clip=clip,
        seed=seed,
    )


def listed(classes: str | None) -> list[str] | None:
    """The parts of ``--classes``."""
    parts = [part.strip() for part in (classes or "").split(",") if part.strip()]
    return parts or None


def _intervals(found: ForeignPredictions, figures: dict[str, Any]) -> dict[str, MetricIntervals]:
    from mexlab.reports.intervals import intervals_of
    from mexlab.runs.files import average_seeds

    if "subject" not in found.holds:
        return {}
    return intervals_of(figures, average_seeds(found.rows), found.classes, found.person)


def _record(
    file: Path,
    found: ForeignPredictions,
    figures: dict[str, Any],
    intervals: dict[str, MetricIntervals],
) -> dict[str, Any]:
    return {
        "file": file.name,
        "classes": list(found.classes),
        "clips": figures["full"]["n"],
        "subjects": _subjects(found),
        "seeds": list(found.seeds),
        "columns": sorted(found.holds),
        "metrics": figures if found.seeds else _without_seed(figures),
        "intervals": {name: asdict(one) for name, one in intervals.items()},
    }


def _without_seed(figures: dict[str, Any]) -> dict[str, Any]:
    """The file names no seed, and 1 only stands for the one there is."""
    return {
        name: {
            **one,
            "seeds": {
                **one["seeds"],
                "per_seed": [{**seed, "seed": None} for seed in one["seeds"]["per_seed"]],
            },
        }
        for name, one in figures.items()
    }


def _subjects(found: ForeignPredictions) -> int | None:
    """People, each once; None where the file names none."""
    if "subject" not in found.holds:
        return None
    return len({found.person(row.key) for row in found.rows})


def _print(
    file: Path,
    found: ForeignPredictions,
    figures: dict[str, Any],
    intervals: dict[str, MetricIntervals],
) -> None:
    from mexlab.cli.figures import print_classes, print_figures, print_matrices
    from mexlab.reports.intervals import NONE
    from mexlab.reports.words import counted

    parts = [counted(figures["full"]["n"], "clip"), counted(_subjects(found), "subject")]
    say(f"{file.name}: {', '.join(filter(None, parts))}")
    print_figures(figures, intervals)
    print_classes(figures["full"], intervals.get("full", NONE))
    print_matrices(figures, found.classes, {"full": "Full"})
    if "subject" not in found.holds:
        remark("no column of subjects, hence no intervals: name it with --subject COLUMN")
    elif "database" not in found.holds:
        remark("no column of databases: a subject's name counts as one person throughout")
    elif "person" not in found.holds and len({row.key.database for row in found.rows}) > 1:
        remark(
            "a subject of each database counts as a person: if databases share people, name the "
            "column that tells them with --person COLUMN"
        )
    if len(found.seeds) > 1 and "probabilities" not in found.holds:
        remark("no probabilities: the seeds vote, and a tie goes to the class that stands first")
