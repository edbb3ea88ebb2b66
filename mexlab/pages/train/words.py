"""What a choice on the train page comes to, in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.errors import InputError, sentence
from mexlab.models.registry import networks
from mexlab.models.sides import SIDE, unpooled_edge, whole_sides
from mexlab.reports.figures import short_titles
from mexlab.reports.words import counted, features_words, join_words
from mexlab.runs.folding import count_folds, spell_protocol
from mexlab.store import DatabaseRow
from mexlab.workspace.feature_sets.plan import TrainingPlan
from mexlab.workspace.trainings.check import check_plan, check_pretraining
from mexlab.workspace.trainings.input_size import check_input_size, input_side
from mexlab.workspace.trainings.request import TrainRequest
from mexlab.workspace.workspace import Workspace

#: Heads the middle while no run is watched.
NOTHING = "Nothing is being trained"


def nothing_yet(plan: Mapping[str, Any]) -> dict[str, str]:
    """The notice in the middle while no run is watched: ``heading``, ``text``, ``remedy``."""
    return {
        "heading": NOTHING,
        "text": "Each subject is held out once and tested on a network that never saw them. "
        "The run goes on when this page is closed, and is found here again.",
        "remedy": "Look through the choices at the left, then start."
        if plan.get("ready", True)
        else f"What is chosen at the left cannot start yet. {plan['sentence']}",
        "tone": "",
    }


def why_not(workspace: Workspace, plan: TrainingPlan, request: TrainRequest) -> InputError | None:
    """What stands in the way of a training, as far as its clips tell; None where nothing does."""
    try:
        check_plan(plan, request.training)
        check_input_size(request, plan.source, plan.clips)
        check_pretraining(workspace, request, plan)
    except InputError as error:
        return error
    return None


def plan_sentence(plan: TrainingPlan, request: TrainRequest) -> str:
    """What will run, in one plain sentence."""
    training = request.training
    title = networks()[training.model].title
    seeds = len(training.seeds)
    folds = count_folds(training, subjects=plan.subjects, databases=plan.databases)
    clips = counted(plan.clips, plan.noun)
    before = f", pre-trained on {' and '.join(request.pretrain)}" if request.pretrain else ""
    side = input_side(plan.source, request.flow)
    if side != SIDE:
        title += f" for inputs of {side} × {side} px"
    return (
        f"{title}{before} on {clips} of {counted(plan.subjects, 'subject')}: "
        f"{spell_protocol(training)}, {counted(folds, 'fold')} × {counted(seeds, 'seed')}, "
        f"{counted(training.epochs, 'epoch')}, last epoch kept; "
        "nothing is chosen on held-out data."
    )


def input_sentence(plan: TrainingPlan, request: TrainRequest) -> str:
    """What inputs of another side than 28 come to; "" of 28."""
    side = input_side(plan.source, request.flow)
    if side == SIDE:
        return ""
    spec = networks()[request.training.model]
    counts = [spec.count_parameters(one, len(plan.classes)) for one in (side, SIDE)]
    own, usual = (f"{count:,}".replace(",", "\u2009") for count in counts)
    # Pooling makes as many cells of some sides as of 28.
    instead = f", not {usual}" if own != usual else f", as of {SIDE} × {SIDE} px"
    words = (
        f"{side} × {side} px: {spec.title} has {own} parameters{instead}, and torch trains it, "
        f"for the compiled kernel is made for {SIDE} × {SIDE}"
    )
    if edge := unpooled_edge(side):
        smaller, larger = whole_sides(side)
        words += (
            f". Pooling leaves out {counted(edge, 'pixel')} at the right and the lower edge; of "
            f"{smaller} or {larger} it would leave out none"
        )
    return f"{words}."


def data_sentence(
    plan: TrainingPlan, request: TrainRequest, databases: Sequence[DatabaseRow]
) -> str:
    """Which clips, by whose codings, and what of them the network sees."""
    clips = {sample.source.key for sample, _ in plan.labelled}
    taken = Counter(key.database for key in clips)
    # "CASME II (STSTNet features) (synthetic)": twice, for the form is narrow.
    titles = short_titles(short_titles({row.name: row.title for row in databases}))
    parts = [
        f"{_of(taken[row.name], row.clips)} of {titles[row.name]}"
        for row in databases
        if taken[row.name]
    ]
    # Where expressions are counted elsewhere, their number stands with that of the clips.
    several = f" ({counted(plan.clips, plan.noun)})" if plan.noun != "clip" else ""
    coder = "the databases" if request.coder == GROUND_TRUTH else request.coder
    return (
        f"Clips: {join_words(parts)}{several}; coded by {coder}; "
        f"{features_words(plan.source, request.flow.to_record())}."
    )


def people_sentence(plan: TrainingPlan, databases: Sequence[DatabaseRow]) -> str:
    """Which databases show the same people, who are counted and held out once; "" where none do."""
    places: dict[str, set[str]] = {}
    for sample, _ in plan.labelled:
        places.setdefault(sample.person, set()).add(sample.source.key.database)
    several = [own for own in places.values() if len(own) > 1]
    if not several:
        return ""
    titles = short_titles(short_titles({row.name: row.title for row in databases}))
    named = join_words([titles[name] for name in sorted(set().union(*several))])
    verb = "is" if len(several) == 1 else "are"
    return (
        f"{counted(len(several), 'subject')} of {named} {verb} the same, held out in one fold; see "
        "`mexlab people`."
    )


def class_sentence(plan: TrainingPlan, databases: Sequence[DatabaseRow]) -> str:
    """Clips a class, and whether any are synthetic."""
    counts = ", ".join(f"{count} {name}" for name, count in plan.class_counts.items())
    chosen = {sample.source.key.database for sample, _ in plan.labelled}
    if any(row.synthetic for row in databases if row.name in chosen):
        counts += "; synthetic data"
    return sentence(counts)


def _of(taken: int, there: int) -> str:
    return f"all {there}" if taken == there else f"{taken} of {there}"
