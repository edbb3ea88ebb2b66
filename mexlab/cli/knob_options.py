"""Options of a command that are made from declared settings: one a knob."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from mexlab.features.knob import Knob


def option_of(name: str, knob: Knob) -> inspect.Parameter:
    """The parameter of a command that a knob's option fills; None where it was not typed."""
    kind: Any = list[str] if knob.kind is list else bool if knob.switch else knob.kind
    spellings = [knob.option, *([knob.also] if knob.also else [])]
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, typer.Option(*spellings, help=knob.help)],
    )


def with_options(
    command: Callable[..., None],
    place: str,
    options: list[inspect.Parameter],
    read: Callable[[Mapping[str, Any]], Any],
) -> Callable[..., None]:
    """Give a command options in the place of one of its parameters.

    Parameters
    ----------
    command : callable
    place : str
        The parameter: it gets what `read` makes of the options' values.
    options : list of inspect.Parameter
    read : callable
    """
    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for one in signature.parameters.values():
        own = one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += options if one.name == place else [own]
    names = [one.name for one in options]

    @functools.wraps(command)
    def wrapped(**values: Any) -> None:
        chosen = read({name: values.pop(name) for name in names})
        command(**values, **{place: chosen})

    wrapped.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
    return wrapped
