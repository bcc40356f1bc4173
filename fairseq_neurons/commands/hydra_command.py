"""A command as Hydra runs it: options composed and checked, what Hydra raises as one sentence."""

from __future__ import annotations

import errno
import logging
import logging.config
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from fairseq_neurons.commands.config_files import check_config_files
from fairseq_neurons.commands.help_page import help_template
from fairseq_neurons.commands.hydra_errors import errors_raised, refusal_of
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.commands.typed_values import TypedValues
from fairseq_neurons.errors import InputError
from fairseq_neurons.terminal_text import ShownFormatter, shown

# Hydra's own logging would leave an empty file in the current folder; what fairseq says on loading a model is of no use
# to who asked for its neurons.
LOGGING = {
    "version": 1,
    "formatters": {"simple": {"()": ShownFormatter, "fmt": "%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "simple"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {name: {"level": "WARNING"} for name in ("fairseq", "fairseq_cli", "sacrebleu")},
    "disable_existing_loggers": False,
}

# Flags of Hydra's that take a value.
WITH_VALUE = {"--cfg", "-c", "--info", "-i", "--package", "-p", "--config-dir", "-cd", "--config-path", "-cp"}
WITH_VALUE |= {"--config-name", "-cn", "--experimental-rerun", "--shell-completion", "-sc"}
SEVERAL = ("--multirun", "-m")


def hydra_command(
    name: str, config: type, run: Callable[..., None], page: str, configs: Path | None
) -> Callable[[Sequence[str]], None]:
    """A command that Hydra reads the options of.

    Args:
        name: of the command.
        config: dataclass of its options.
        run: called with the options as keywords.
        page: what ``--help`` shows.
        configs: folder of YAML files that options are taken from.

    Returns:
        A function of the arguments of the command line. It ends the process where they are invalid.
    """
    node = OmegaConf.structured(config)
    typed = TypedValues(name, options_of(config), _groups(config), config, False)
    node.hydra["job"] = {"name": name}
    if configs is not None:
        node.hydra["searchpath"] = [f"file://{configs}"]
    node.hydra["help"] = {"template": help_template(page, configured=configs is not None)}
    ConfigStore.instance().store(name=name, node=node)

    begun = False

    @hydra.main(version_base="1.3", config_path=None, config_name=name)
    def command(given: DictConfig) -> None:
        nonlocal begun
        logging.config.dictConfig(LOGGING)
        try:
            keywords = _keywords(name, given)
            begun = True
            with _warnings_in_a_line():
                run(**keywords)
        except InputError as error:
            logging.getLogger(name).debug("wrong input", exc_info=True)
            sys.exit(f"{name}: {shown(str(error))}")
        except KeyboardInterrupt:
            sys.stderr.write(f"{name}: interrupted\n")
            sys.exit(128 + signal.SIGINT)

    def call(arguments: Sequence[str]) -> None:
        nonlocal begun
        begun = False
        try:
            check_config_files(arguments, typed.groups)
            sys.argv[1:] = _read(arguments, typed)
            with errors_raised() as in_full:
                command()
        except InputError as error:
            sys.exit(f"{name}: {shown(str(error))}")
        except (HydraException, OmegaConfBaseException) as error:
            # What is raised once the work has begun is a fault of ours.
            if begun or in_full:
                raise
            sys.exit(f"{name}: {shown(str(refusal_of(error)))}")
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            sys.exit(f"{name}: too many files are open; allow more with ulimit -n.")

    return call


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Write the message of a warning without the file and the line of code that it comes from."""

    def show(message: Warning | str, *_: object) -> None:
        sys.stderr.write(f"{message}\n")

    before, warnings.showwarning = warnings.showwarning, show  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = before


def _groups(config: type) -> list[str]:
    """The groups of config files among which a command chooses: ``size`` of ``size=small``."""
    default = next(item.default_factory for item in fields(config) if item.name == "defaults")
    chosen = default() if callable(default) else []
    return [
        group for entry in chosen if isinstance(entry, dict) for group in entry if not group.startswith("override ")
    ]


def _read(arguments: Sequence[str], typed: TypedValues) -> list[str]:
    """The arguments of the command line as Hydra is to read them."""
    several = replace(typed, several=any(flag in arguments for flag in SEVERAL))
    flagged = [argument in WITH_VALUE for argument in ["", *arguments]]
    return [
        argument if argument.startswith("-") or after else several.read(argument)
        for argument, after in zip(arguments, flagged[:-1], strict=True)
    ]


def _keywords(name: str, given: DictConfig) -> dict[str, Any]:
    """The options as plain values.

    Raises:
        InputError: if one is missing, or refers to what there is not.
    """
    try:
        _check_complete(name, given)
        keywords = OmegaConf.to_container(given, resolve=True)
    except OmegaConfBaseException as error:
        raise InputError(f"{refusal_of(error)} ${{…}} stands for the value of another option.") from error
    assert isinstance(keywords, dict)
    return {str(key): value for key, value in keywords.items()}


def _check_complete(name: str, options: DictConfig) -> None:
    """Refuse options without a value; a group that was not chosen, which might have given them one, is named first."""
    missing = sorted(OmegaConf.missing_keys(options))
    if missing:
        choices = HydraConfig.get().runtime.choices.items()
        groups = [group for group, choice in choices if choice is None and "/" not in group]
        raise InputError(f"{[*groups, *missing][0]}= is missing; see {name} --help.")
