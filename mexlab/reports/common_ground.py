"""Whether two runs can be held against each other at all: seeds, protocol, clips, labels, features.

Five seeds averaged are better than one whatever the networks are, and a network that trained on
other clips was set another task. What can be made alike is (the same seeds of both), what cannot
is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.reports.words import spell_seeds, stated_protocol
from mexlab.runs.files import Prediction, average_seeds
from mexlab.runs.folding import dealt_by, spell_protocol
from mexlab.runs.run import Run


@dataclass(frozen=True, slots=True)
class CommonGround:
    """What of two runs is compared.

    Attributes
    ----------
    seeds : tuple of int or None
        Those of both that are compared; None where each is taken as its headline has it.
    said : str
        What was made alike; "" where nothing had to be.
    unlike : list of str
        What is not alike and cannot be made so, each a sentence.
    """

    seeds: tuple[int, ...] | None
    said: str
    unlike: list[str]

    def predictions(self, run: Run) -> list[Prediction]:
        """One a clip, of the seeds that are compared; RunError where the run is damaged."""
        rows = run.seed_predictions()
        return average_seeds([row for row in rows if self.seeds is None or row.seed in self.seeds])


def common_ground(other: Run, this: Run, name: str) -> CommonGround:
    """What `this` run and `other`, called `name`, have in common.

    Raises
    ------
    RunError
        Where one of them is not finished.
    """
    own, theirs = this.summary()["seeds"], other.summary()["seeds"]
    seeds, said, unlike = _seeds(own, theirs, name)
    ways = [_spell(run) for run in (this, other)]
    silent = [
        called
        for run, called in ((this, "this run"), (other, name))
        if run.imported and not run.imported["protocol"]
    ]
    if silent:
        unlike.append(f"How {' and '.join(silent)} held subjects out is not stated.")
    elif ways[0] != ways[1]:
        unlike.append(f"Their protocols differ: this run is {ways[0]}, {name} {ways[1]}.")
    for what, read in (("labels", _labels), ("features", _features), ("codings", _coder)):
        mine, its = read(this), read(other)
        if mine and its and mine != its:
            unlike.append(f"Other {what}: this run has {mine}, {name} {its}.")
    return CommonGround(seeds, said, unlike)


def _seeds(
    own: Sequence[int], theirs: Sequence[int], name: str
) -> tuple[tuple[int, ...] | None, str, list[str]]:
    if len(own) == len(theirs) and own:
        return None, "", []
    if not own or not theirs:
        which = "This run" if not own else name
        return None, "", [f"{which} does not say how many seeds it averages."]
    counts = f"this run is {_averaged(len(own))}, {name} {_averaged(len(theirs))}"
    shared = tuple(seed for seed in own if seed in theirs)
    if not shared:
        gains = "and averaging alone adds to the figures"
        return None, "", [f"Their seeds differ: {counts}, {gains}."]
    word = "seed" if len(shared) == 1 else "seeds"
    both = f"{word} {spell_seeds(list(shared))} of both"
    return shared, f"Compared on {both}, for as they stand they are not alike: {counts}.", []


def _averaged(seeds: int) -> str:
    return "a single seed" if seeds == 1 else f"{seeds} seeds averaged"


def _spell(run: Run) -> str:
    settings = run.settings
    if settings is None:
        return stated_protocol(run).removesuffix(", as stated")
    dealt = dealt_by(settings)
    return spell_protocol(settings) + (f", dealt by {dealt[1]}" if dealt else "")


def _data(run: Run) -> Mapping[str, Any]:
    return run.record.get("data") or {}


def _labels(run: Run) -> str:
    return str(_data(run).get("labels") or "")


def _features(run: Run) -> str:
    kinds = {"computed": "motion computed from the frames", "release": "a feature release"}
    source = str((_data(run).get("features") or {}).get("source") or "")
    return kinds.get(source, source)


def _coder(run: Run) -> str:
    coder = str(_data(run).get("coder") or "")
    return "the databases'" if coder == GROUND_TRUTH else coder and f"those of {coder}"
