"""The options of a command: name, type, default and description, from its config and the docstrings of that."""

from __future__ import annotations

import types
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from omegaconf import MISSING

from fairseq_neurons.options import descriptions

# Fields of every config that are Hydra's.
OF_HYDRA = ("defaults", "hydra")


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Args:
        name: with dots where options are nested, ``train.labels``.
        hint: the type, as annotated.
        default: as a value; `MISSING` if one must be given.
        description: from the docstring of the settings; empty if there is none.
    """

    name: str
    hint: Any
    default: Any
    description: str

    @property
    def is_optional(self) -> bool:
        """Whether ``null`` is a value."""
        return type(None) in get_args(self.hint)

    @property
    def is_text(self) -> bool:
        """Whether the value is text, whatever it looks like: a label, a name, a file."""
        return str in _alternatives(self.hint)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return any(get_origin(kind) is list for kind in _alternatives(self.hint))

    @property
    def is_list_of_text(self) -> bool:
        """Whether the value is a list of texts."""
        return any(get_origin(kind) is list and get_args(kind) == (str,) for kind in _alternatives(self.hint))

    @property
    def is_mapping(self) -> bool:
        """Whether the option has others below it whose names are free."""
        return any(get_origin(kind) is dict for kind in _alternatives(self.hint))


def options_of(config: type) -> dict[str, Option]:
    """The options of a config by name, in their order.

    Args:
        config: a dataclass; those in its fields are options with dots in their names.
    """
    return {option.name: option for option in _options(config, "", None)}


def _options(config: type, before: str, defaults: object) -> list[Option]:
    hints, described = get_type_hints(config), descriptions(config)
    found = []
    for item in fields(config):
        name, default = before + item.name, _default(item, defaults)
        if item.name in OF_HYDRA and not before:
            continue
        if is_dataclass(hints[item.name]):
            found += _options(hints[item.name], f"{name}.", default)
        else:
            found.append(Option(name, hints[item.name], default, " ".join(described.get(item.name, "").split())))
    return found


def _default(item: Field[Any], defaults: object) -> object:
    if is_dataclass(defaults):
        return getattr(defaults, item.name)
    if item.default is not NO_DEFAULT:
        return item.default
    return MISSING if item.default_factory is NO_DEFAULT else item.default_factory()


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
