"""One set of options for a command and for its Python function: a dataclass, whose fields both take."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from fairseq_neurons.errors import InputError

P = ParamSpec("P")
S = TypeVar("S")
R = TypeVar("R")

# Of an argument: the rest of its line, and the lines below that are indented further.
DESCRIPTION = r".*(?:\n {8,}.*)*"


@dataclass
class Seeded:
    """Options of whatever draws at random.

    Args:
        seed: of the draws.
    """

    seed: int = 1


def takes(settings: Callable[P, S]) -> Callable[[Callable[[S], R]], Callable[P, R]]:
    """Let a function of one settings object be called with the arguments of that object's constructor.

    Editors and ``help`` then know every option, and each default and description is written once: the command's config
    inherits the same dataclass, and its descriptions replace that of the settings object in the docstring.

    Args:
        settings: a dataclass.

    Returns:
        The decorator.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Range:
    ...     stop: int
    ...     step: int = 1
    >>> @takes(Range)
    ... def count(options: Range) -> list[int]:
    ...     return list(range(0, options.stop, options.step))
    >>> count(3), count(stop=6, step=2)
    ([0, 1, 2], [0, 2, 4])
    >>> str(inspect.signature(count))
    "(stop: 'int', step: 'int' = 1) -> 'list[int]'"
    """

    def decorate(function: Callable[[S], R]) -> Callable[P, R]:
        arguments = inspect.signature(settings)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                given = arguments.bind(*args, **kwargs).arguments
            except TypeError as error:  # the constructor would name the settings, which the caller does not know
                raise TypeError(f"{function.__name__}() {error}") from None
            _check_lists(arguments, given)
            return function(settings(*args, **kwargs))

        call.__doc__ = _documented(function, settings)
        returned = inspect.signature(function).return_annotation
        signature = arguments.replace(return_annotation=returned)
        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return decorate


def _check_lists(signature: inspect.Signature, given: Mapping[str, object]) -> None:
    """Refuse a text for a list: Python would read it letter by letter."""
    for name, value in given.items():
        kind = str(signature.parameters[name].annotation)
        if isinstance(value, str) and kind.startswith(("list[", "Sequence[")):
            raise InputError(f"{name} is a list: give [{value!r}].")


def _documented(function: Callable[..., object], settings: Callable[..., object]) -> str | None:
    """The docstring of a function with the descriptions of the settings' fields for that of its only parameter."""
    if function.__doc__ is None:
        return None
    (parameter,) = inspect.signature(function).parameters
    described = descriptions(settings) if isinstance(settings, type) else {}
    fields = [f"    {name}: {described[name]}" for name in inspect.signature(settings).parameters if name in described]
    entry = re.compile(rf"^    {parameter}: {DESCRIPTION}", re.MULTILINE)
    return entry.sub(lambda _: "\n".join(fields), inspect.cleandoc(function.__doc__))


def descriptions(settings: type) -> dict[str, str]:
    """What the docstrings of a dataclass and of its bases say of each field."""
    found: dict[str, str] = {}
    for kind in reversed(settings.__mro__):
        _, _, arguments = inspect.cleandoc(kind.__doc__ or "").partition("Args:\n")
        section, _, _ = arguments.partition("\n\n")
        found.update(re.findall(rf"^    (\w+): ({DESCRIPTION})", section, re.MULTILINE))
    return found
