"""One set of options for a command and for its Python function: a dataclass, whose fields both take."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
S = TypeVar("S")
R = TypeVar("R")


@dataclass
class Seeded:
    """Options of whatever draws at random.

    Args:
        seed: of the draws.
    """

    seed: int = 1


def takes(settings: Callable[P, S]) -> Callable[[Callable[[S], R]], Callable[P, R]]:
    """Let a function of one settings object be called with the arguments of that object's constructor.

    Editors and ``help`` then know every option, and each default is written once: the command's config inherits the
    same dataclass.

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
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(settings(*args, **kwargs))

        returned = inspect.signature(function).return_annotation
        signature = inspect.signature(settings).replace(return_annotation=returned)
        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return decorate
