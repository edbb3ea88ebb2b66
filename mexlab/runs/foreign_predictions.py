"""Predictions that another program wrote, as a table with named columns.

Only the true and the predicted class are required. The columns are found by their headers, in the
spellings in which they are met, or named by whoever reads the file; everything that is wrong with
a file is said at once. What mexlab writes itself (:func:`mexlab.runs.files.predictions_table`) is
read back to the same figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.data.labels.schemes import THREE_CLASSES, label_scheme, label_schemes
from mexlab.data.people import default_person
from mexlab.errors import InputError
from mexlab.runs.files import MEAN, Prediction
from mexlab.runs.foreign_columns import ColumnNames, find_columns
from mexlab.runs.foreign_table import control_character, read_cells, whole_number

_SHARE = re.compile(r"(?:p|prob|proba|probability)[ _](.+)", re.IGNORECASE)

#: Faults told of one file; the others are counted.
_SHOWN = 8

#: A sum of probabilities that were rounded to two digits can be off by as much.
_ROUNDING = 0.03


@dataclass(frozen=True, slots=True)
class ForeignPredictions:
    """What a file holds.

    Attributes
    ----------
    rows : list of Prediction
        Seed after seed; ``seed`` is None where the file names none. What the file does not hold
        is empty in the key, and the clip's name is its row then. Without probabilities, the class
        called has all.
    classes : tuple of str
    seeds : tuple of int
        Empty where the file names none.
    holds : frozenset of str
        Of ``subject``, ``person``, ``database``, ``clip``, ``probabilities``, what the file has.
    persons : dict of (str, str) to str
        Who a database's subject is, where the file says so.
    """

    rows: list[Prediction]
    classes: tuple[str, ...]
    seeds: tuple[int, ...]
    holds: frozenset[str]
    persons: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def person(self, key: ClipKey) -> str:
        """Who is seen in a clip; equal for equal people, ``database/subject`` unless told."""
        return self.persons.get(key.group) or default_person(key)


def read_foreign_predictions(
    path: Path,
    columns: ColumnNames | None = None,
    *,
    classes: Sequence[str] | None = None,
    probabilities: bool = True,
) -> ForeignPredictions:
    """Read a table of predictions.

    Parameters
    ----------
    path : Path
        Separated by commas, semicolons or tabs; UTF-8, with or without its mark.
    columns : ColumnNames, optional
    classes : sequence of str, optional
        The classes in their order; ``0=negative`` renames what the file calls ``0``, and where
        the file has the numbers from 0 up, names alone are given to them in turn. By default
        those of the scheme that has just them, else as the probabilities' columns stand, else by
        the alphabet.
    probabilities : bool
        Whether columns of probabilities are read where there are any.

    Raises
    ------
    InputError
        Everything that is wrong with the file, at once.
    """
    return _Reader(path, columns or ColumnNames(), classes, probabilities).read()


def header_of(path: Path) -> list[str]:
    """The names of a file's columns; none where it cannot be read, which reading it will say."""
    try:
        return _Reader(path, ColumnNames(), None, False).table()[0]
    except InputError:
        return []


@dataclass(slots=True)
class _Reader:
    path: Path
    columns: ColumnNames
    given: Sequence[str] | None
    probabilities: bool
    faults: list[str] = field(default_factory=list)
    remedies: list[str] = field(default_factory=list)
    #: Each subject's person, and the row that said so.
    persons: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def read(self) -> ForeignPredictions:
        header, lines = self.table()
        found = find_columns(header, self.columns, self._fault)
        self._stop()
        lines = self._clean(lines, found)
        names = self._names(lines, found)
        shares = self._share_columns(header, found, names) if self.probabilities else {}
        classes = self._order(set(names.values()) | set(shares), list(shares))
        rows = self._rows(lines, found, names, shares, classes)
        rows = self._without_mean(rows)
        self._check_seeds(rows, "clip" in found)
        self._stop()
        seeds = tuple(dict.fromkeys(row.seed for row in rows if row.seed is not None))
        holds = {name for name in ("subject", "person", "database", "clip") if name in found}
        return ForeignPredictions(
            sorted(rows, key=lambda row: seeds.index(row.seed) if row.seed in seeds else 0),
            classes,
            seeds,
            frozenset(holds | ({"probabilities"} if shares else set())),
            {group: person for group, (person, _) in self.persons.items()},
        )

    def _fault(self, problem: str, remedy: str = "") -> None:
        self.faults.append(problem)
        if remedy and remedy not in self.remedies:
            self.remedies.append(remedy)

    def _stop(self) -> None:
        if not self.faults:
            return
        more = len(self.faults) - _SHOWN
        told = "; ".join(self.faults[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise InputError(told, where=self.path.name, remedy=". ".join(self.remedies) or None)

    def table(self) -> tuple[list[str], list[tuple[int, list[str]]]]:
        """The header, and the lines that are as long, each with its row."""
        header, lines = read_cells(self.path)
        for number, row in lines:
            if len(row) != len(header):
                self._fault(f"row {number} has {len(row)} cells, the header {len(header)}")
        return header, [(number, row) for number, row in lines if len(row) == len(header)]

    def _clean(
        self, lines: list[tuple[int, list[str]]], found: dict[str, int]
    ) -> list[tuple[int, list[str]]]:
        """The lines with their whole numbers as integers; a clip's name stays as it is."""
        numbered = {i for role, i in found.items() if role not in ("database", "clip")}
        for number, row in lines:
            for role, i in found.items():
                if sign := control_character(row[i]):
                    self._fault(
                        f"row {number} has the control character {sign} in its {role}",
                        "Take such characters out",
                    )
        return [
            (
                number,
                [whole_number(cell) if i in numbered else cell for i, cell in enumerate(row)],
            )
            for number, row in lines
        ]

    def _names(self, lines: list[tuple[int, list[str]]], found: dict[str, int]) -> dict[str, str]:
        """Each label as the file writes it, and its class."""
        labels: dict[str, int] = {}
        for number, row in lines:
            for role in ("true", "predicted"):
                label = row[found[role]]
                if label:
                    labels.setdefault(label, number)
                else:
                    self._fault(f"row {number} has no {role} class")
        folded: dict[str, str] = {}
        for label in labels:
            other = folded.setdefault(label.casefold(), label)
            if other != label:
                self._fault(
                    f"{other!r} and {label!r} differ in capitals alone",
                    "Write each class in one way",
                )
        return self._renamed(list(labels))

    def _renamed(self, labels: list[str]) -> dict[str, str]:
        given = list(self.given or ())
        # A sign at the very start is a part of the name.
        pairs = (one.split("=", 1) for one in given if one.find("=") > 0)
        renamed = {whole_number(label): name for label, name in pairs}
        plain = [whole_number(one) for one in given if one.find("=") <= 0]
        numbers = [str(i) for i in range(len(plain))]
        if not renamed and plain and set(labels) <= set(numbers) - set(plain):
            renamed = dict(zip(numbers, plain, strict=True))
        names = {label: renamed.get(label, label) for label in labels}
        known = {*plain, *renamed.values()}
        unknown = sorted(set(names.values()) - known) if given else []
        if unknown:
            self._fault(
                f"classes {', '.join(unknown)} are not among {', '.join(sorted(known))}",
                "Name all classes: --classes A,B,C, or --classes 0=A,1=B",
            )
        self.given = list(dict.fromkeys([*plain, *renamed.values()])) or None
        return {**names, **renamed}

    def _share_columns(
        self, header: list[str], found: dict[str, int], names: Mapping[str, str]
    ) -> dict[str, int]:
        """The column of each class's probabilities; none where the file has none."""
        shares: dict[str, int] = {}
        for i, name in enumerate(header):
            match = _SHARE.fullmatch(name)
            if match and i not in found.values():
                label = whole_number(match[1])
                other = shares.setdefault(names.get(label, label), i)
                if other != i:
                    self._fault(
                        f"{header[other]} and {name} are probabilities of one class",
                        "Leave them out: --no-probabilities",
                    )
        missing = sorted(set(names.values()) - set(shares))
        if shares and missing:
            self._fault(
                f"no probabilities of {', '.join(missing)}; there are those of {', '.join(shares)}",
                "Leave them out: --no-probabilities",
            )
        return shares

    def _order(self, classes: set[str], shares: list[str]) -> tuple[str, ...]:
        if self.given:
            return tuple(self.given)
        schemes = [label_scheme(name).classes for name in label_schemes()]
        for own in (THREE_CLASSES, *schemes):
            if classes == set(own) or (own == THREE_CLASSES and classes <= set(own)):
                return tuple(own)
        return tuple(shares) if set(shares) == classes else tuple(sorted(classes))

    def _rows(
        self,
        lines: list[tuple[int, list[str]]],
        found: dict[str, int],
        names: Mapping[str, str],
        shares: Mapping[str, int],
        classes: Sequence[str],
    ) -> list[Prediction]:
        rows = []
        seen: dict[tuple[int | None, ClipKey], int] = {}
        truths: dict[ClipKey, tuple[str, int]] = {}
        for number, row in lines:
            text = {role: row[i] for role, i in found.items()}
            for role in ("subject", "database", "clip"):
                if role in found and not text[role]:
                    self._fault(f"row {number} has no {role}")
            if not (text["true"] and text["predicted"]):
                continue
            seed = self._seed(number, text.get("seed", MEAN))
            true, predicted = names[text["true"]], names[text["predicted"]]
            given = {name: float(name == predicted) for name in classes}
            if shares:
                given = self._shares(number, row, shares, predicted, given)
            key = ClipKey(
                text.get("database", ""),
                text.get("subject", ""),
                text.get("clip", f"row {number}"),
                self._event(number, text.get("event", "1")),
            )
            if text.get("person"):
                person, where = self.persons.setdefault(key.group, (text["person"], number))
                if person != text["person"]:
                    self._fault(
                        f"row {number} has {text['person']} as the person of "
                        f"{'/'.join(filter(None, key.group))}, row {where} {person}"
                    )
            if "clip" in found:
                before = seen.setdefault((seed, key), number)
                if before != number:
                    self._fault(f"row {number} is of the clip of row {before} again")
                other, where = truths.setdefault(key, (true, number))
                if other != true:
                    self._fault(f"row {number} has {true} as the true class, row {where} {other}")
            rows.append(Prediction(key, true, predicted, given, seed, text.get("fold", "")))
        return rows

    def _event(self, number: int, text: str) -> int:
        if text.isdecimal() and int(text) > 0:
            return int(text)
        self._fault(f"row {number}: expected the number of an event from 1, got {text!r}")
        return 1

    def _seed(self, number: int, text: str) -> int | None:
        if text.lower() == MEAN:
            return None
        try:
            return int(text)
        except ValueError:
            self._fault(f"row {number}: expected a whole number or {MEAN!r} as seed, got {text!r}")
            return None

    def _shares(
        self,
        number: int,
        row: list[str],
        shares: Mapping[str, int],
        predicted: str,
        otherwise: dict[str, float],
    ) -> dict[str, float]:
        remedy = "Leave them out: --no-probabilities"
        try:
            values = {name: float(row[i].replace(",", ".")) for name, i in shares.items()}
        except ValueError:
            self._fault(f"row {number}: expected probabilities as numbers", remedy)
            return otherwise
        total = sum(values.values())
        if not all(0 <= one <= 1 for one in values.values()) or abs(total - 1) > _ROUNDING:
            told = f"{total:.3g}" if math.isfinite(total) else "no number"
            self._fault(f"row {number}: expected probabilities, their sum is {told}", remedy)
        elif values.get(predicted, 1.0) < max(values.values()) - 1e-6:
            most = max(values, key=values.__getitem__)
            self._fault(f"row {number} predicts {predicted}, but {most} is more probable", remedy)
        return {name: values.get(name, 0.0) for name in otherwise}

    def _without_mean(self, rows: list[Prediction]) -> list[Prediction]:
        """The mean of seeds that are there themselves is computed again."""
        own = [row for row in rows if row.seed is not None]
        return own or rows

    def _check_seeds(self, rows: list[Prediction], named: bool) -> None:
        clips: dict[int | None, list[ClipKey]] = {}
        for row in rows:
            clips.setdefault(row.seed, []).append(row.key)
        if len(clips) < 2:
            return
        if not named:
            self._fault(
                "has several seeds and no clips' names, so that they cannot be averaged",
                "Say which column names the clip: --clip COLUMN",
            )
            return
        (first, own), *others = clips.items()
        for seed, keys in others:
            if set(keys) != set(own):
                self._fault(
                    f"seed {seed} has {len(keys)} clips, seed {first} {len(own)}, not the same ones"
                )
