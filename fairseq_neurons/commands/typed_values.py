"""Read options as people type them: a label that looks like a number is a label, and an error says what to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, Quote, QuotedString
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from fairseq_neurons.commands.typed_options import Option
from fairseq_neurons.errors import InputError

# What Hydra's grammar reads as a number, a truth value or nothing where it stands alone.
_INTEGER = r"(?:0|[1-9](?:_?\d)*)"
_DECIMAL = rf"(?:{_INTEGER}\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)"
_NUMBER = rf"[+-]?(?:(?:{_DECIMAL}|{_INTEGER})(?:[eE][+-]?\d(?:_?\d)*)?|(?i:inf|nan))"
NOT_TEXT = re.compile(rf"{_NUMBER}|(?i:true|false|null)")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_ITEM = re.compile(rf"((?<!\\)[=\[,(]\s*)({NOT_TEXT.pattern})(?=\s*(?:[\],)]|$))")
# Functions of Hydra's whose arguments are numbers.
_RANGES = ("range(", "interval(")


@dataclass(frozen=True)
class TypedValues:
    """The values that are typed for the options of one command.

    Args:
        command: its name.
        options: by name.
        groups: options that choose a file of a config group.
        config: dataclass that has the options.
        several: whether a value may be several, separated by commas, as with ``--multirun``.
    """

    command: str
    options: Mapping[str, Option]
    groups: Collection[str]
    config: type
    several: bool

    def read(self, argument: str) -> str:
        """An argument as Hydra is to read it.

        Args:
            argument: ``name=value``; what Hydra alone understands (``+name=``, ``hydra.…=``) is returned as it is.

        Raises:
            InputError: saying what to type, if there is no such option or the value is not of its type.
        """
        if argument.startswith(("+", "~", "hydra.", "hydra/")) or argument.partition("=")[0] in self.groups:
            return argument
        name, equals, value = argument.partition("=")
        if not equals:
            raise InputError(f"{argument}: give options as name=value; see {self.command} --help.")
        if name not in self.options:
            return self._below_a_mapping(argument, name)
        option = self.options[name]
        if option.is_text:
            return f"{name}={self._text(option, value)}"
        if option.is_list_of_text:
            argument = f"{name}={_items_as_text(value)}"
        self._check(option, argument)
        return argument

    def _below_a_mapping(self, argument: str, name: str) -> str:
        """``metric_options.scale=2`` adds to a mapping; whether that is a number or text is decided by who takes it."""
        if any(option.is_mapping and name.startswith(f"{option.name}.") for option in self.options.values()):
            value = argument.partition("=")[2]
            return f"++{name}={value if value == 'null' else _items_as_text(value)}"
        near = get_close_matches(name, self.options, 1)
        hint = f"did you mean {near[0]}=? See" if near else "see"
        raise InputError(f"there is no option {name}=; {hint} {self.command} --help.")

    def _text(self, option: Option, value: str) -> str:
        """A text as it was typed, unless Hydra reads one of its own in it: quotes, escapes, interpolations, sweeps."""
        if self.several:
            return _items_as_text(value)
        if option.is_optional and value == "null":
            return value
        if not NOT_TEXT.fullmatch(value) and isinstance(
            _value_of(_parsed(f"{option.name}={value}")), str | QuotedString
        ):
            return value
        return QuotedString(value, Quote.single).with_quotes()

    def _check(self, option: Option, argument: str) -> None:
        """Refuse a value that is not of the option's type."""
        override = _parsed(argument)
        if override is None:
            raise InputError(f"{argument}: {_what_to_type(option, argument)}.")
        if override.is_sweep_override():
            if not self.several:
                values = argument.partition("=")[2]
                listed = f"{option.name}=[{values}] is a list, and " if option.is_list else ""
                raise InputError(f"{argument}: {listed}--multirun runs the command once with each of several values.")
            return
        try:
            OmegaConf.update(OmegaConf.structured(self.config), option.name, _value_of(override))
        except OmegaConfBaseException as error:
            raise InputError(f"{argument}: {_what_to_type(option, argument)}.") from error


def _parsed(argument: str) -> Override | None:
    """None if Hydra cannot read it."""
    try:
        return OverridesParser.create().parse_override(argument)
    except HydraException:
        return None


def _value_of(override: Override | None) -> Any:
    return None if override is None or override.is_sweep_override() else override.value()


def _items_as_text(value: str) -> str:
    """The same list, or the same values of a sweep, with quotes around what Hydra would not read as text."""
    if any(name in value for name in _RANGES):
        return value
    parts = _QUOTED.split(f"={value}")
    parts[::2] = [_ITEM.sub(r"\1'\2'", part) for part in parts[::2]]
    return "".join(parts)[1:]


def _what_to_type(option: Option, argument: str) -> str:
    if not option.is_list:
        names = {bool: "true or false", int: "an integer", float: "a number"}
        kinds = [name for kind, name in names.items() if kind in (option.hint, *getattr(option.hint, "__args__", ()))]
        return f"give {kinds[0]}" if kinds else "put the value in quotes"
    value = argument.partition("=")[2]
    inner = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    items = [item.strip() for item in inner.split(",")]
    typed = f"{option.name}=[{','.join(map(_quoted_if_needed, items))}]"
    if typed == argument or not all(items) or _parsed(typed) is None:
        typed = f'{option.name}=["(",",","``"]'
    return f"give a list, with quotes around what is more than letters and digits: {shlex.quote(typed)}"


def _quoted_if_needed(item: str) -> str:
    if isinstance(_value_of(_parsed(f"x={item}")), str | int | float | QuotedString):
        return item
    return QuotedString(item, Quote.double).with_quotes()
