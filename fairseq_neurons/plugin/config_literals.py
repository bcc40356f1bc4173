"""What a checkpoint's configuration may contain: plain values, and literals where fairseq evaluates strings as Python.

fairseq calls ``eval`` on some strings of the configuration while it builds a model, and OmegaConf replaces ``${…}`` by
other values, such as environment variables. Both are checked here, before anything is built.
"""

import ast
from argparse import Namespace
from collections.abc import Mapping
from typing import Any, Callable, Dict, Iterator, NamedTuple, Tuple

from fairseq_neurons.errors import InputError

DEEPEST, MOST = 20, 100_000
Field = Tuple[str, Any]


class Kind(NamedTuple):
    """What the value of a field must be.

    Args:
        name: completes "must be …".
        holds: whether it is; called with a plain value, or with that of the literal if it is a string.
    """

    name: str
    holds: Callable[[Any], bool]


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_integers(value: Any) -> bool:
    return _is_integer(value) or (isinstance(value, (list, tuple)) and all(map(_is_integer, value)))


TRUTH = Kind("True, False or a number", lambda value: isinstance(value, (bool, int)))
INTEGERS = Kind("integers separated by commas", _are_integers)
PAIRS = Kind("a list of pairs of integers", lambda value: isinstance(value, list) and all(map(_are_integers, value)))
PLAIN_LIST = Kind("a list of plain values", lambda value: isinstance(value, (list, tuple)))
TABLE = Kind("a dictionary of plain values", lambda value: isinstance(value, dict))

# What fairseq evaluates in the configuration of the architectures and tasks that are known here, and of any criterion,
# by the end of the field's name: decoder_xformers_att_config and xformers_att_config are one field of two versions. An
# architecture that evaluates other fields adds them with `evaluates`. A test compares the table with fairseq's sources.
_EVALUATED: Dict[str, Kind] = {
    "decoder_attention": TRUTH,
    "adaptive_softmax_cutoff": INTEGERS,
    "adaptive_input_cutoff": INTEGERS,
    "character_filters": PAIRS,
    "xformers_att_config": TABLE,
    "wer_args": PLAIN_LIST,  # of the criterion ctc, which fairseq-validate would build
}


def evaluates(**fields: Kind) -> None:
    """Declare what an architecture evaluates, in whatever checkpoint it is found; call it beside `register_adapter`.

    >>> evaluates(decoder_attention=TRUTH)
    """
    _EVALUATED.update(fields)


def evaluated_fields() -> Dict[str, Kind]:
    """The fields that are checked, and what they must be."""
    return dict(_EVALUATED)


def check_config(path: str, config: Any) -> None:
    """Check the configuration of a checkpoint, or a part of it.

    Args:
        path: of the checkpoint, for the message.
        config: dictionaries, Namespaces and lists, of values that no code comes with.

    Raises:
        InputError: if a value refers to others, or would be evaluated and is not the literal expected. The message
            names the field, never its value.
    """
    for name, value in _fields(path, config):
        if isinstance(value, str) and _refers(value):
            raise InputError(
                f"{path} is refused: {_printable(name)} of its configuration refers to other values "
                "(${…}), which no checkpoint of fairseq does."
            )
        field = next((known for known in _EVALUATED if name == known or name.endswith(f"_{known}")), None)
        if field is not None and value is not None and not _EVALUATED[field].holds(_value_of(value)):
            raise InputError(
                f"{path} is refused: {field} of its configuration, which fairseq evaluates as Python, must be "
                f"{_EVALUATED[field].name}."
            )


def _fields(path: str, config: Any) -> Iterator[Field]:
    """All values with the names of their fields."""
    count, to_come = 0, [("the whole", config, 0)]
    while to_come:
        name, value, depth = to_come.pop()
        count += 1
        if count > MOST or depth > DEEPEST:
            raise InputError(f"{path} is refused: its configuration is nested too deeply or has too many values.")
        yield name, value
        if isinstance(value, (Mapping, Namespace)):
            to_come += [(_name_of(path, key), inner, depth + 1) for key, inner in dict(_items(value)).items()]
        elif isinstance(value, (list, tuple)):
            to_come += [("a list", inner, depth + 1) for inner in value]


def _items(value: Any) -> Mapping:
    return value if isinstance(value, Mapping) else vars(value)


def _name_of(path: str, key: Any) -> str:
    if isinstance(key, int):
        return str(key)
    if not isinstance(key, str) or key.startswith("__"):
        raise InputError(f"{path} is refused: a field of its configuration has an invalid name.")
    return key


def _refers(text: str) -> bool:
    """Whether OmegaConf would replace a part of a string, or of the literal that a string is."""
    if "${" in text:
        return True
    return ("'" in text or '"' in text) and any("${" in part for part in _strings_of(_value_of(text)))


def _strings_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from _strings_of(inner)
    elif isinstance(value, str):
        yield value


def _value_of(value: Any) -> Any:
    """The value of a literal; any other string is returned unchanged."""
    try:
        return ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return value


def _printable(name: str) -> str:
    return name if name.replace(" ", "_").isidentifier() and len(name) < 100 else "a field"
