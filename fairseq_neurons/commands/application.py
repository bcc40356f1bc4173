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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

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
    node = OmegaConf.structured(config)
    node.hydra["job"] = {"name": name}
    if configs is not None:
        node.hydra["searchpath"] = [f"file://{configs}"]
    node.hydra["help"] = {"template": f"{about}\n\n{name} option=value ...\n\n$CONFIG"}
    ConfigStore.instance().store(name=name, node=node)

    @hydra.main(version_base="1.3", config_path=None, config_name=name)
    def command(options: DictConfig) -> None:
        logging.config.dictConfig(LOGGING)
        try:
            _check_complete(name, options)
            keywords = OmegaConf.to_container(options, resolve=True)
            assert isinstance(keywords, dict)
            run(**{str(key): value for key, value in keywords.items()})
        except InputError as error:
            logging.getLogger(name).debug("wrong input", exc_info=True)
            sys.exit(f"{name}: {error}")
        except KeyboardInterrupt:
            sys.stderr.write(f"{name}: interrupted\n")
            sys.exit(128 + signal.SIGINT)

    def main() -> None:
        try:
            command()
        finally:
            shutil.rmtree(SWEEP, ignore_errors=True)

    return main


def _check_complete(name: str, options: DictConfig) -> None:
    """Refuse options without a value; a group that was not chosen, which might have given them one, is named first."""
    missing = sorted(OmegaConf.missing_keys(options))
    if missing:
        choices = HydraConfig.get().runtime.choices.items()
        groups = [group for group, choice in choices if choice is None and "/" not in group]
        raise InputError(f"{[*groups, *missing][0]}= is missing; see {name} --help.")
