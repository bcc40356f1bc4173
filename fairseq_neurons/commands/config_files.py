"""Check the YAML files that a user has chosen with ``--config-dir``; Hydra's own errors do not name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import yaml
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_text

FLAGS = ("--config-dir", "-cd")
# Hydra reads comments of this form as settings, and knows this one.
HEADER = re.compile(r"\s*#\s*@(.*)")
PACKAGE = re.compile(r"package\s+\S+\s*")


def check_config_files(arguments: Sequence[str], groups: Collection[str]) -> None:
    """Read the chosen files of a user's config folder.

    Args:
        arguments: of the command line; ``experiment=mine`` chooses ``experiment/mine.yaml``.
        groups: of which the command takes a file each.

    Raises:
        InputError: naming the file and the line, if one cannot be read or is not a mapping in YAML.
    """
    for folder in _folders(arguments):
        for argument in arguments:
            group, _, choice = argument.partition("=")
            if group in groups and (file := Path(folder) / group / f"{choice}.yaml").exists():
                _check(file)


def _folders(arguments: Sequence[str]) -> Iterator[str]:
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        flag, equals, value = argument.partition("=")
        if flag in FLAGS:
            yield value if equals else following


def _check(file: Path) -> None:
    text = read_text(file, "config")
    for number, line in enumerate(text.splitlines(), start=1):
        if (header := HEADER.match(line)) and not PACKAGE.fullmatch(header[1]):
            raise InputError(f"{file}, line {number}: '# @' begins a header, which is '# @package _global_' here.")
    try:
        content = OmegaConf.create(text)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{file}{line}: this is not YAML ({error.problem}).") from error
    except (yaml.YAMLError, OmegaConfBaseException, RecursionError, ValueError) as error:
        raise InputError(f"{file} is not YAML ({_first_line(error)}).") from error
    if not isinstance(content, DictConfig):
        raise InputError(f"{file} is a list; a config is a mapping, name: value.")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".:")
