"""What our commands share: a Hydra application with a typed config, and one sentence for a wrong input."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from fairseq_neurons.errors import InputError


def _quiet_hydra() -> dict[str, Any]:
    return {
        "run": {"dir": "."},
        "output_subdir": None,
        "job_logging": {
            "version": 1,
            "formatters": {"simple": {"format": "%(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "simple"}},
            "root": {"level": "INFO", "handlers": ["console"]},
            # What fairseq says on loading a model is of no use to who asked for its neurons.
            "loggers": {name: {"level": "WARNING"} for name in ("fairseq", "fairseq_cli")},
            "disable_existing_loggers": False,
        },
    }


@dataclass
class CommandConfig:
    """Base of every command's config: Hydra neither changes folder nor leaves files of its own behind."""

    hydra: Any = field(default_factory=_quiet_hydra)


def application(name: str, config: type, run: Callable[..., None], about: str) -> Callable[[], None]:
    """A console command.

    Args:
        name: of the command.
        config: dataclass of its options; unknown ones and wrong types are refused.
        about: what ``--help`` says above the options.
        run: called with the options as keywords; its ``InputError`` becomes one sentence and exit status 1.

    Returns:
        What the console script calls.
    """
    node = OmegaConf.structured(config)
    node.hydra["job"] = {"name": name}
    node.hydra["help"] = {"template": f"{about}\n\n{name} option=value ...\n\n$CONFIG"}
    ConfigStore.instance().store(name=name, node=node)

    @hydra.main(version_base="1.3", config_path=None, config_name=name)
    def command(options: DictConfig) -> None:
        missing = sorted(OmegaConf.missing_keys(options))
        try:
            if missing:
                raise InputError(f"{missing[0]}= is missing; see {name} --help.")
            keywords = OmegaConf.to_container(options, resolve=True)
            assert isinstance(keywords, dict)
            run(**{str(key): value for key, value in keywords.items()})
        except InputError as error:
            logging.getLogger(name).debug("wrong input", exc_info=True)
            sys.exit(f"{name}: {error}")

    return command
