"""What a training is asked for: databases, labels, features, network and recipe."""

from __future__ import annotations

import traitlets

from mexlab.widgets.base import StemWidget


class TrainForm(StemWidget):
    """The choices of one training, as one form.

    Sends ``{"type": "start", "choice": {...}, "beside": bool}`` when a button is pressed; the
    choice travels with it, so that a number typed just before is never lost. Sends
    ``{"type": "here"}`` now and then while somebody is at the page.

    Attributes
    ----------
    databases : list of dict
        ``{name, title, detail, synthetic}``.
    coders, schemes, sources, kinds, networks, normalisations, mirrors, schedules, pretrainings,
    protocols, devices : list
        Each of ``{name, title, detail}``; a list of one is shown but offers no choice. A protocol
        says, too, whether it ``deals`` people into parts: then ``k`` and ``fold_seed`` count.
    presets : list of dict
        ``{name, title, detail, values}``: recipes; ``values`` are fields of the choice.
    flow_fields : list of dict
        ``{name, title, hint, options}``: how motion is computed; typed where there are no options.
    flow_presets : list of dict
        As ``presets``, of the flow fields.
    choice : dict
        ``{databases, coder, labels, source, kind, eye_mask, model, pretrain, epochs, learning_rate,
        batch_size, seeds, normalise, mirror, schedule, class_weighting, label_smoothing, protocol,
        k, fold_seed, device}`` and the names of ``flow_fields``; numbers and seeds as typed, that
        is, text.
    faults : dict
        Field name to what is wrong with it.
    plan : dict
        ``{sentence, notes, left_out, ready}``: what will run, in words, or why it cannot; of the
        notes the first, how long it takes, stays in sight with it; what is left out and why, as
        ``[reason, [clips], count]``; closed clips are not named.
    starting : bool
        True from the button until the run exists.
    busy : bool
        Whether a training is under way or waits, so that another one is queued.
    said : str
        Where the training stands that was queued last.
    """

    stem = "train_form"

    databases = traitlets.List(traitlets.Dict()).tag(sync=True)
    coders = traitlets.List(traitlets.Dict()).tag(sync=True)
    schemes = traitlets.List(traitlets.Dict()).tag(sync=True)
    sources = traitlets.List(traitlets.Dict()).tag(sync=True)
    kinds = traitlets.List(traitlets.Dict()).tag(sync=True)
    networks = traitlets.List(traitlets.Dict()).tag(sync=True)
    normalisations = traitlets.List(traitlets.Dict()).tag(sync=True)
    mirrors = traitlets.List(traitlets.Dict()).tag(sync=True)
    schedules = traitlets.List(traitlets.Dict()).tag(sync=True)
    pretrainings = traitlets.List(traitlets.Dict()).tag(sync=True)
    protocols = traitlets.List(traitlets.Dict()).tag(sync=True)
    devices = traitlets.List(traitlets.Dict()).tag(sync=True)
    presets = traitlets.List(traitlets.Dict()).tag(sync=True)
    flow_fields = traitlets.List(traitlets.Dict()).tag(sync=True)
    flow_presets = traitlets.List(traitlets.Dict()).tag(sync=True)
    choice = traitlets.Dict().tag(sync=True)
    faults = traitlets.Dict().tag(sync=True)
    plan = traitlets.Dict().tag(sync=True)
    starting = traitlets.Bool(False).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
