"""What can be chosen for a training, and what a choice comes to, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mexlab.data.coders import GROUND_TRUTH
from mexlab.data.labels.schemes import THREE_CLASSES, label_schemes
from mexlab.errors import InputError
from mexlab.features.knob import Knob
from mexlab.features.settings import FlowSettings
from mexlab.models.registry import networks
from mexlab.pages.train.flow_fields import flow_choice, flow_fields, flow_presets, read_flow
from mexlab.pages.train.words import (
    class_sentence,
    data_sentence,
    input_sentence,
    people_sentence,
    plan_sentence,
    why_not,
)
from mexlab.reports.figures import name_beside
from mexlab.reports.queue_places import time_sentence
from mexlab.reports.words import counted, left_out_by_reason
from mexlab.runs.catalogue import RunCatalogue
from mexlab.runs.presets import PRESETS, preset
from mexlab.runs.protocols import PROTOCOLS
from mexlab.runs.seeds import parse_seeds
from mexlab.runs.settings import (
    DEVICES,
    MIRRORS,
    NORMALISATIONS,
    SCHEDULES,
    TrainingSettings,
    training_knobs,
)
from mexlab.workspace.blindness import codings_read, reasons_shown
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.queue.expected_time import (
    expected_of_request,
    expected_seconds,
)
from mexlab.workspace.trainings.request import TrainRequest, build_request

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

_SCHEME_TITLES = {
    "megc2019": ("three classes", ", ".join(THREE_CLASSES)),
    "native": ("as coded", "each emotion a class"),
    "objective": ("objective", "classes I to VII, by action units"),
}

#: What may be asked for; "" is the default.
_KINDS = (
    {"name": "", "title": "micro, where both are coded"},
    {"name": "micro", "title": "micro-expressions only"},
    {"name": "macro", "title": "macro-expressions only"},
    {"name": "both", "title": "micro and macro"},
)

_NORMALISATION_TITLES = {
    "median-scale": "median 0, scale 1 per clip",
    "min-max": "0 to 1 per clip",
    "none": "as computed",
}

_MIRROR_TITLES = {
    "off": "as filmed",
    "train": "mirrored in training",
    "test": "mirrored in testing",
    "both": "mirrored in both",
}

_SCHEDULE_TITLES = {"cosine": "falls to zero", "constant": "stays"}

_PRESET_TITLES = {
    "mexlab": ("mexlab's", "settles within 40 epochs"),
    "authors": ("the authors'", "STSTNet's code: 800 epochs of Adam"),
}

_DEVICE_TITLES = {
    "auto": "whichever is faster",
    "cpu": "the processor",
    "cuda": "the graphics card (CUDA)",
}


def read_recipe(choice: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The recipe's fields as numbers, and what is wrong with those that are none.

    Returns
    -------
    values, faults
        A field is in one of the two.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    protocol = PROTOCOLS.get(str(choice.get("protocol")))
    parts = _typed("parts") if protocol is not None and protocol.deals else {}
    for name, knob in {**_typed("recipe"), **parts}.items():
        text = str(choice.get(name, "")).strip().replace(",", ".")
        try:
            values[name] = knob.read(text)
        except ValueError:
            faults[name] = "a whole number" if knob.kind is int else "a number such as 0.003"
    try:
        values["seeds"] = parse_seeds(str(choice.get("seeds", "")))
    except InputError as error:
        faults["seeds"] = error.problem
    # Each alone, so that a fault stands beside its own field.
    for name in list(values):
        try:
            TrainingSettings(**{name: values[name]})
        except InputError as error:
            faults[name] = error.problem.partition(": ")[2] or error.problem
            del values[name]
    return values, faults


def read_request(choice: Mapping[str, Any]) -> TrainRequest:
    """The request that a choice stands for.

    Raises
    ------
    InputError
        Where a field of the recipe is no number, or no database is chosen.
    """
    values, faults = read_recipe(choice)
    flow, flow_faults = read_flow(choice)
    faults |= flow_faults
    if faults:
        raise InputError("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
    if not choice.get("databases"):
        raise InputError("choose at least one database")
    return build_request(
        training={
            "model": choice["model"],
            **{name: choice[name] for name in (*_chosen("recipe"), *_chosen("way"))},
            **values,
        },
        flow=flow,
        databases=list(choice["databases"]),
        coder=choice["coder"],
        labels=choice["labels"],
        features=choice["source"] or None,
        kind=choice.get("kind") or None,
        pretrain=[choice["pretrain"]] if choice.get("pretrain") else None,
    )


def recipe_fields(settings: TrainingSettings) -> dict[str, str]:
    """The recipe of some settings as the form holds it: text, as if typed."""
    numbers = {name: f"{getattr(settings, name):g}" for name in _typed("recipe")}
    return {**numbers, **{name: getattr(settings, name) for name in _chosen("recipe")}}


def _typed(where: str) -> dict[str, Knob]:
    """The settings of a place in the form that are typed."""
    known = training_knobs().items()
    return {name: knob for name, knob in known if knob.where == where and not knob.names}


def _chosen(where: str) -> dict[str, Knob]:
    """The settings of a place in the form that are chosen from a list.

    Those that are no part of a recipe a preset leaves as they are.
    """
    known = training_knobs().items()
    return {name: knob for name, knob in known if knob.where == where and knob.names}


class TrainChoices:
    """The options of the train page's form, from what a workspace holds.

    Parameters
    ----------
    workspace : Workspace
    catalogue : RunCatalogue, optional
        The runs that times are measured by.
    """

    def __init__(self, workspace: Workspace, catalogue: RunCatalogue | None = None) -> None:
        self.workspace = workspace
        self._catalogue = catalogue or RunCatalogue(workspace.runs_dir)
        self._planned: tuple[TrainRequest, float | None] | None = None
        self.databases = workspace.store.databases()
        framed: set[str] = set()
        released: set[str] = set()
        for row in workspace.store.clips():
            (released if row.features_only else framed).add(row.key.database)
        self._framed, self._released = framed, released

    def options(self, choice: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """Every list of the form; the coders' counts depend on what else is chosen."""
        return {
            "databases": [
                {
                    "name": row.name,
                    "title": row.title,
                    "detail": ", ".join(
                        filter(
                            None,
                            (
                                name_beside(row, self.databases),
                                counted(row.clips, "clip"),
                                counted(row.subjects, "subject"),
                                "" if row.name in self._framed else "ready features",
                            ),
                        )
                    ),
                    "synthetic": row.synthetic,
                }
                for row in self.databases
            ],
            "schemes": [_scheme_option(name) for name in label_schemes()],
            "sources": self._sources(),
            "kinds": [dict(one) for one in _KINDS],
            "networks": [
                {
                    "name": spec.name,
                    "title": spec.title,
                    "detail": f"{spec.parameters:,} parameters".replace(",", "\u2009"),
                }
                for spec in networks().values()
            ],
            "normalisations": _titled(NORMALISATIONS, _NORMALISATION_TITLES),
            "coders": [self._coder_option(name, choice) for name in self.workspace.store.coders()],
            "mirrors": [
                {"name": name, "title": _MIRROR_TITLES.get(name, name)} for name in MIRRORS
            ],
            "schedules": [
                {"name": name, "title": _SCHEDULE_TITLES.get(name, name)} for name in SCHEDULES
            ],
            "presets": [_preset_option(name) for name in PRESETS],
            "flow_fields": flow_fields(),
            "flow_presets": flow_presets(),
            "protocols": [
                {"name": one.name, "title": one.title, "detail": one.detail, "deals": one.deals}
                for one in PROTOCOLS.values()
            ],
            "devices": _titled(DEVICES, _DEVICE_TITLES),
            "pretrainings": [
                {"name": "", "title": "nothing"},
                *(
                    {
                        "name": row.name,
                        "title": row.title,
                        "detail": name_beside(row, self.databases),
                    }
                    for row in self.databases
                ),
            ],
        }

    def default_choice(self) -> dict[str, Any]:
        """What stands in the form at first: the first kind of features there is, all of it."""
        settings = TrainingSettings()
        source = "computed" if self._framed else "release"
        own = self._framed if source == "computed" else self._released
        coders = self.workspace.store.coders()
        return {
            "databases": [row.name for row in self.databases if row.name in own],
            "coder": GROUND_TRUTH if GROUND_TRUTH in coders else next(iter(coders), ""),
            "labels": label_schemes()[0],
            "source": source,
            "kind": "",
            **flow_choice(FlowSettings()),
            "model": settings.model,
            "seeds": ",".join(str(seed) for seed in settings.seeds),
            "pretrain": "",
            **{name: getattr(settings, name) for name in _chosen("way")},
            **{name: str(getattr(settings, name)) for name in _typed("parts")},
            **recipe_fields(settings),
        }

    def plan(self, choice: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """What the form says of a choice: ``(plan, faults)`` as :class:`TrainForm` takes them."""
        _, faults = read_recipe(choice)
        faults |= read_flow(choice)[1]
        try:
            if not self.databases:
                raise InputError("There is no database yet", remedy="Import one first")
            if not choice.get("databases"):
                raise InputError("Choose at least one database")
            plan = plan_training(
                self.workspace,
                list(choice["databases"]),
                choice["coder"],
                choice["labels"],
                choice["source"] or None,
                choice.get("kind") or None,
            )
        except InputError as error:
            return {"sentence": error.in_full, "ready": False}, faults
        left_out = left_out_by_reason(
            reasons_shown(
                self.workspace,
                (entry.to_record() for entry in plan.left_out),
                codings_read(choice["coder"], choice["labels"]),
                "train",
            )
        )
        if faults:
            text = "One field does not hold yet: the one that says what it expects."
            return {"sentence": text, "left_out": left_out, "ready": False}, faults
        try:
            request = read_request(choice)
        except InputError as error:
            return {"sentence": error.in_full, "left_out": left_out, "ready": False}, faults
        if problem := why_not(self.workspace, plan, request):
            return {"sentence": problem.in_full, "left_out": left_out, "ready": False}, faults
        expected = expected_seconds(self._catalogue.runs(), plan, request)
        self._planned = request, None if expected is None else expected[0]
        return {
            "sentence": plan_sentence(plan, request),
            "notes": [
                time_sentence(expected),
                data_sentence(plan, request, self.databases),
                class_sentence(plan, self.databases),
                *filter(
                    None, [input_sentence(plan, request), people_sentence(plan, self.databases)]
                ),
            ],
            "left_out": left_out,
            "ready": True,
        }, faults

    def expected_seconds(self, request: TrainRequest) -> float | None:
        """How long a training will take, for those who wait behind it; None where no run tells."""
        if self._planned is None or self._planned[0] != request:
            seconds = expected_of_request(self.workspace, self._catalogue.runs(), request)
            self._planned = request, seconds
        return self._planned[1]

    def _sources(self) -> list[dict[str, Any]]:
        computed = {"name": "computed", "title": "computed from the frames"}
        release = {"name": "release", "title": "a feature release, as it came"}
        found = [computed] if self._framed else []
        return found + ([release] if self._released else [])

    def _coder_option(self, name: str, choice: Mapping[str, Any]) -> dict[str, Any]:
        title = "the databases" if name == GROUND_TRUTH else name
        try:
            plan = plan_training(
                self.workspace,
                list(choice.get("databases") or ()) or None,
                name,
                choice["labels"],
                choice["source"] or None,
                choice.get("kind") or None,
            )
            detail = counted(plan.clips, plan.noun) if plan.clips else "no clip to use"
        except InputError as error:
            # Of all coders alike, as a rule: the clips may be many, and something else is amiss.
            detail = error.in_short
            detail = f"{detail[:1].lower()}{detail[1:]}"
        return {"name": name, "title": title, "detail": detail}


def _titled(names: Sequence[str], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "title": titles.get(name, name)} for name in names]


def _preset_option(name: str) -> dict[str, Any]:
    title, detail = _PRESET_TITLES.get(name, (name, ""))
    values = recipe_fields(TrainingSettings(**preset(name)))
    return {"name": name, "title": title, "detail": detail, "values": values}


def _scheme_option(name: str) -> dict[str, Any]:
    title, detail = _SCHEME_TITLES.get(name, (name, ""))
    return {"name": name, "title": title, "detail": detail}
