"""What our commands share: a Hydra application with a typed config, and one sentence for a wrong input."""

from __future__ import annotations

import logging
import logging.config
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from fairseq_neurons.commands.help_page import help_page
from fairseq_neurons.commands.hydra_errors import errors_raised, refusal_of
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.commands.typed_values import TypedValues
from fairseq_neurons.errors import InputError

# Threads that spin while they wait slow down whatever else runs, a training for instance, and by that themselves: many
# times over on busy cores. It is read when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Hydra's own logging would leave an empty file in the current folder; what fairseq says on loading a model is of no use
# to who asked for its neurons.
LOGGING = {
    "version": 1,
    "formatters": {"simple": {"format": "%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "simple"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {name: {"level": "WARNING"} for name in ("fairseq", "fairseq_cli", "sacrebleu")},
    "disable_existing_loggers": False,
}

# With --multirun, Hydra writes its own notes somewhere; they are removed when it is done. Launchers on other machines
# want a folder that these see, too: hydra.sweep.dir=FOLDER.
# Flags of Hydra's that take a value.
WITH_VALUE = {"--cfg", "-c", "--info", "-i", "--package", "-p", "--config-dir", "-cd", "--config-path", "-cp"}
WITH_VALUE |= {"--config-name", "-cn", "--experimental-rerun", "--shell-completion", "-sc"}
SEVERAL = ("--multirun", "-m")

SWEEP = Path(tempfile.gettempdir()) / f"fairseq-neurons-{secrets.token_hex(8)}"


def quiet(*groups: Any) -> list[Any]:
    """A defaults list without Hydra's logging, with these groups of configs."""
    return ["_self_", *groups, {"override hydra/job_logging": "none"}, {"override hydra/hydra_logging": "none"}]


@dataclass
class CommandConfig:
    """Base of every command's config: Hydra neither changes folder nor leaves files of its own behind."""

    defaults: list[Any] = field(default_factory=quiet)
    hydra: Any = field(
        default_factory=lambda: {
            **{"run": {"dir": "."}, "output_subdir": None},
            "sweep": {"dir": str(SWEEP), "subdir": "${hydra.job.num}"},
        }
    )


def application(
    name: str, config: type, run: Callable[..., None], about: str, configs: Path | None = None
) -> Callable[[], None]:
    """A console command.

    Args:
        name: of the command.
        config: dataclass of its options; unknown ones and wrong types are refused.
        about: what ``--help`` says above the options.
        run: called with the options as keywords; its ``InputError`` becomes one sentence and exit status 1.
        configs: folder of YAML files that options are taken from, a folder in it for each group.

    Returns:
        What the console script calls.
    """
    options = options_of(config)
    typed = TypedValues(name, options, _groups(config), OmegaConf.structured(config), False)
    node = OmegaConf.structured(config)
    node.hydra["job"] = {"name": name}
    if configs is not None:
        node.hydra["searchpath"] = [f"file://{configs}"]
    node.hydra["help"] = {"template": help_page(name, about, options.values(), configured=configs is not None)}
    ConfigStore.instance().store(name=name, node=node)

    begun = False

    @hydra.main(version_base="1.3", config_path=None, config_name=name)
    def command(given: DictConfig) -> None:
        nonlocal begun
        logging.config.dictConfig(LOGGING)
        try:
            keywords = _keywords(name, given)
            begun = True
            run(**keywords)
        except InputError as error:
            logging.getLogger(name).debug("wrong input", exc_info=True)
            sys.exit(f"{name}: {error}")
        except KeyboardInterrupt:
            sys.stderr.write(f"{name}: interrupted\n")
            sys.exit(128 + signal.SIGINT)

    def main() -> None:
        nonlocal begun
        arguments, begun = sys.argv, False
        try:
            sys.argv = [arguments[0], *_read(arguments[1:], typed)]
            with errors_raised() as in_full:
                command()
        except InputError as error:
            sys.exit(f"{name}: {error}")
        except (HydraException, OmegaConfBaseException) as error:
            # What is raised once the work has begun is a fault of ours.
            if begun or in_full:
                raise
            sys.exit(f"{name}: {refusal_of(error)}")
        finally:
            sys.argv = arguments
            shutil.rmtree(SWEEP, ignore_errors=True)

    return main


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
