"""Hydra's errors as one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import MissingConfigException, OverrideParseException

from fairseq_neurons.errors import InputError

# Hydra prints its errors itself and ends the process, unless this is set.
FULL = "HYDRA_FULL_ERROR"

# What it says of a YAML file that does not fit the command's options.
IN_FILE = re.compile(
    r"In '(?P<file>[^']+)': \w+ raised while composing config:\n(?P<reason>[^\n]*)(?:.*?full_key: (?P<option>[^\n]*))?",
    re.DOTALL,
)


@contextmanager
def errors_raised() -> Iterator[bool]:
    """Let Hydra raise its errors. Gives whether the user has asked for them in full."""
    asked = os.environ.get(FULL)
    os.environ[FULL] = "1"
    try:
        yield asked == "1"
    finally:
        if asked is None:
            del os.environ[FULL]
        else:
            os.environ[FULL] = asked


def refusal_of(error: Exception) -> InputError:
    """What Hydra or OmegaConf complains of, without its further lines."""
    if isinstance(error, MissingConfigException) and error.options and error.missing_cfg_file:
        group, _, choice = error.missing_cfg_file.partition("/")
        return InputError(f"{group}={choice}: the choices are {', '.join(error.options)}.")
    if isinstance(error, OverrideParseException):
        given = error.override.removeprefix("++")
        return InputError(f"{given}: this value cannot be read; put what is more than letters and digits in quotes.")
    if found := IN_FILE.match(str(error)):
        where = f", {found['option']}" if found["option"] else ""
        return InputError(f"{found['file']}.yaml{where}: {found['reason'].rstrip('.:')}.")
    texts = [str(one).strip() for one in (error, error.__cause__) if one is not None]
    lines = [text.splitlines()[0].rstrip(".:") for text in texts if text]
    return InputError(f"{': '.join(dict.fromkeys(lines))}.")
