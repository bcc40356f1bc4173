"""Let ``fairseq-validate`` take the task of the command line, with its mask flags, like fairseq's other commands."""

import argparse
from typing import Any, Callable, Dict, Optional

import fairseq_cli.validate
from fairseq.tasks import TASK_REGISTRY

from fairseq_neurons.plugin.checkpoints import check_checkpoint
from fairseq_neurons.plugin.neuron_task import NeuronTask

Main = Callable[..., None]


def validate_with_given_task() -> None:
    """Replace the ``main`` of ``fairseq-validate``, which builds the checkpoint's own task and ignores ``--task``.

    fairseq lets the command line override what a checkpoint says of its task, flag by flag, but not which task it is,
    and drops flags that this task lacks. Called by the user-dir alone.
    """
    if not hasattr(fairseq_cli.validate.main, "replaces"):
        fairseq_cli.validate.main = _main_of(fairseq_cli.validate.main)


def _main_of(validate: Main) -> Main:
    def main(cfg: Any, override_args: Optional[argparse.Namespace] = None) -> None:
        if override_args is not None and issubclass(TASK_REGISTRY[cfg.task._name], NeuronTask):
            _override_task(cfg, override_args)
        validate(cfg, override_args=override_args)

    main.replaces = validate  # type: ignore[attr-defined]
    return main


def _override_task(cfg: Any, given: argparse.Namespace) -> None:
    """Complete the overrides: the task's name, the flags of it that were given, and the checkpoint."""
    given.task, path = cfg.task._name, cfg.common_eval.path
    state = check_checkpoint(path)
    if state.get("args") is not None:  # one flat Namespace, which takes all overrides
        given.checkpoint_path = path
        return
    flags: Dict[str, Any] = {name: value for name, value in vars(given).items() if name in cfg.task and name != "task"}
    given.task = {**flags, "_name": cfg.task._name, "checkpoint_path": path}
