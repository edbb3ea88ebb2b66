"""A training as the command that starts it, to be copied into a terminal."""

from __future__ import annotations

import shlex

from mexlab.features.flow_choices import flow_options
from mexlab.runs.folding import dealt_by
from mexlab.runs.settings import TrainingSettings, training_knobs
from mexlab.workspace.trainings.request import TrainRequest


def train_command(request: TrainRequest) -> str:
    """The shortest ``mexlab train`` that asks for the same; "" where no command can.

    Parameters
    ----------
    request : TrainRequest

    Returns
    -------
    str
        Quoted for a shell. Settings that only the library knows (weight decay) have no option,
        and a request that changes them has no command.
    """
    plain = TrainRequest()
    words = ["mexlab", "train"]
    if request.databases is not None:
        words += ["--databases", ",".join(request.databases)]
    for name in ("coder", "labels", "features", "kind"):
        if getattr(request, name) != getattr(plain, name):
            words += [f"--{name}", getattr(request, name)]
    words += flow_options(request.flow)
    words += _training_words(request.training)
    if request.pretrain:
        words += ["--pretrain", ",".join(request.pretrain)]
        if request.training.pretrain_epochs != plain.training.pretrain_epochs:
            words += ["--pretrain-epochs", str(request.training.pretrain_epochs)]
    # Threads, which have no option either, change no figure.
    return shlex.join(words) if request.training.weight_decay == 0 else ""


def spell_seeds_option(seeds: tuple[int, ...]) -> str:
    """Seeds as ``--seeds`` takes them: ``1-5`` where they run on, else ``1,7,9``."""
    if len(seeds) > 1 and seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds))


def _training_words(training: TrainingSettings) -> list[str]:
    plain, words = TrainingSettings(), []
    for name, knob in training_knobs().items():
        value = getattr(training, name)
        told = knob.option and knob.kind is not list and knob.where not in ("parts", "pretraining")
        if told and value != getattr(plain, name):
            words += [knob.on, str(value)]
    if dealt := dealt_by(training):
        words += ["--k", str(dealt[0]), "--fold-seed", str(dealt[1])]
    if training.seeds != plain.seeds:
        words += ["--seeds", spell_seeds_option(training.seeds)]
    return words
