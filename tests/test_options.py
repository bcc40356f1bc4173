"""A function that takes the fields of a settings dataclass."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.options import takes


@dataclass
class Settings:
    path: str
    size: int = 3


@takes(Settings)
def described(settings: Settings) -> str:
    """Say what was given."""
    return f"{settings.path} {settings.size}"


def test_arguments__are_those_of_the_dataclass():
    assert described("a") == "a 3"
    assert described(path="a", size=4) == "a 4"
    with pytest.raises(TypeError, match="unexpected keyword argument 'sise'"):
        described("a", sise=4)
    with pytest.raises(TypeError, match="path"):
        described()


def test_signature_and_docstring__are_what_an_editor_shows():
    assert list(inspect.signature(described).parameters) == ["path", "size"]
    assert inspect.signature(described).parameters["size"].default == 3
    assert inspect.signature(described).return_annotation == "str"
    assert described.__doc__ == "Say what was given."


@dataclass
class Base:
    """A base.

    Args:
        size: of something,
            in metres.
        path: of a base.
    """

    size: int = 3


@dataclass
class Derived(Base):
    """Documented in two places.

    Args:
        path: a file.

    Attributes:
        nothing: here.
    """

    path: str = ""
    undescribed: int = 0


def test_docstring__describes_the_fields_in_the_place_of_the_settings():
    @takes(Derived)
    def documented(settings: Derived) -> None:
        """Do it.

        Args:
            settings: see `Derived`;
                of two lines.

        Raises:
            ValueError: never.
        """

    arguments = "Args:\n    size: of something,\n        in metres.\n    path: a file."
    assert documented.__doc__ == f"Do it.\n\n{arguments}\n\nRaises:\n    ValueError: never."


def test_function_without_docstring__has_none():
    @takes(Derived)
    def bare(settings: Derived) -> None: ...

    assert bare.__doc__ is None


@dataclass
class Listed:
    paths: Sequence[str]


@takes(Listed)
def counted(settings: Listed) -> int:
    return len(settings.paths)


def test_text_for_a_list__is_refused_instead_of_read_by_letters():
    assert counted(["one"]) == 1
    with pytest.raises(InputError, match=r"paths is a list: give \['one'\]"):
        counted("one")


def test_wrong_arguments__name_the_function_and_not_its_settings():
    with pytest.raises(TypeError, match=r"^described\(\) got an unexpected keyword argument 'sise'"):
        described("a", sise=4)
    with pytest.raises(TypeError, match=r"^described\(\) missing a required argument: 'path'"):
        described()
