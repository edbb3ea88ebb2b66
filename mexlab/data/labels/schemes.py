"""From a database's own emotions or action units to the classes that are trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mexlab.data.labels.unit_schemes import CD6ME, ByUnit, UnitClasses, objective_classes
from mexlab.errors import InputError

#: The MEGC2019 classes in their official order: codes 0, 1, 2.
THREE_CLASSES: tuple[str, ...] = ("negative", "positive", "surprise")

#: How each is marked wherever it is shown; the widgets' styles have these tones.
CLASS_TONES = dict(zip(THREE_CLASSES, ("neg", "pos", "sur"), strict=True))

#: Spellings of the releases, and nouns for the adjectives some of them use.
_SPELLINGS = {
    "comtempt": "contempt",
    "happy": "happiness",
    "sad": "sadness",
    "angry": "anger",
    "other": "others",
    "surprised": "surprise",
}


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """A mapping from emotions to classes.

    Attributes
    ----------
    name : str
    classes : tuple of str
        In the order of their codes; empty for the native scheme, whose classes are those met.
    general : mapping of str to str
        Emotion -> class for databases without a rule of their own.
    by_database : mapping of str to mapping
        Layout -> its own emotion -> class, which is then the only one used.
    left_out : mapping of (layout, subject, clip) to str
        Clips that the scheme leaves out although their emotion has a class, and why.
    by_units : UnitClasses, optional
        The rule of a scheme that goes by action units: emotions then play no part.
    """

    name: str
    classes: tuple[str, ...]
    general: Mapping[str, str]
    by_database: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    by_units: UnitClasses | None = None

    def classify(self, layout: str, emotion: str, action_units: str = "") -> str | None:
        """The class of an emotion, or None where the scheme has none for it.

        Parameters
        ----------
        layout : str
            The database by its layout (``casme2``); any other uses the general mapping.
        emotion : str
            In any case and in the spelling of the sheet.
        action_units : str
            As the sheet has them; schemes of emotions take no notice.
        """
        if self.by_units is not None:
            return self.by_units.judge(action_units).label
        word = normal_emotion(emotion)
        if not word:
            return None
        if self.name == NATIVE.name:
            return word
        return self.by_database.get(layout, self.general).get(word)

    def reason_left_out(
        self,
        layout: str,
        emotion: str,
        subject: str = "",
        clip: str = "",
        action_units: str = "",
    ) -> str | None:
        """Why a clip has no class, as one sentence; None where it has one."""
        listed = self.left_out.get((layout, subject, clip))
        if listed:
            return f"{self.name} leaves this clip out: {listed}"
        if self.by_units is not None:
            return self.by_units.judge(action_units).reason or None
        if self.classify(layout, emotion) is not None:
            return None
        if not normal_emotion(emotion):
            return "no emotion coded"
        return f"{self.name} has no class for {emotion!r}" + (
            f" of {layout}" if layout in self.by_database else ""
        )


def normal_emotion(emotion: str) -> str:
    """An emotion in lower case and one spelling.

    >>> normal_emotion("Happy "), normal_emotion("comtempt")
    ('happiness', 'contempt')
    """
    word = " ".join(emotion.lower().split())
    return _SPELLINGS.get(word, word)


_IDENTITY = {name: name for name in THREE_CLASSES}
_NEGATIVE = ("repression", "anger", "contempt", "disgust", "fear", "sadness")

#: See et al. (2019), "MEGC 2019: the second facial micro-expressions grand challenge". In CASME II
#: only disgust and repression count as negative: fear and sadness were too few to be taken in.
MEGC2019 = LabelScheme(
    name="megc2019",
    classes=THREE_CLASSES,
    general={
        **_IDENTITY,
        **dict.fromkeys(_NEGATIVE, "negative"),
        "happiness": "positive",
        "surprise": "surprise",
    },
    by_database={
        "casme2": {
            "disgust": "negative",
            "repression": "negative",
            "happiness": "positive",
            "surprise": "surprise",
        },
    },
    left_out={
        ("casme2", "sub04", "EP12_01f"): "its row has no apex",
        ("casme2", "sub05", "EP09_05f"): "its row has the onset as the apex",
    },
)

NATIVE = LabelScheme(name="native", classes=(), general={})

_BY_COMBINATION = objective_classes()

#: Davison et al.'s seven classes, by action units alone.
OBJECTIVE = LabelScheme(
    name="objective", classes=_BY_COMBINATION.classes, general={}, by_units=_BY_COMBINATION
)

#: Whether one unit of CD6ME is there: ``au12``.
UNITS = tuple(
    LabelScheme(name=f"au{unit}", classes=rule.classes, general={}, by_units=rule)
    for unit, rule in ((unit, ByUnit(unit)) for unit in CD6ME)
)

_SCHEMES = {scheme.name: scheme for scheme in (MEGC2019, NATIVE, OBJECTIVE)}
_UNIT_SCHEMES = {scheme.name: scheme for scheme in UNITS}


def label_schemes() -> tuple[str, ...]:
    """Names of the schemes, without those of single action units."""
    return tuple(_SCHEMES)


def label_scheme(name: str) -> LabelScheme:
    """A scheme by name: ``megc2019``, ``native``, ``objective``, or ``au12`` and its like.

    Raises
    ------
    InputError
        Where there is none of that name.
    """
    word = name.strip().lower()
    found = _SCHEMES.get(word) or _UNIT_SCHEMES.get(word)
    if found is None:
        raise InputError(
            f"no label scheme {name!r}; there are {', '.join(_SCHEMES)}, and for one action unit "
            f"{', '.join(_UNIT_SCHEMES)}",
            where="labels",
        )
    return found
