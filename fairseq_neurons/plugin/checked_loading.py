"""Let fairseq's own commands check a checkpoint before they load it and before they build its model."""

from argparse import Namespace
from typing import Any, Callable, Dict, List, Optional

from fairseq import checkpoint_utils, tasks
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from fairseq.file_io import PathManager
from omegaconf import OmegaConf

from fairseq_neurons.plugin.checkpoint_weights import check_fits, check_weights
from fairseq_neurons.plugin.checkpoints import check_checkpoint, open_checkpoint
from fairseq_neurons.plugin.known_models import check_buildable
from fairseq_neurons.plugin.older_checkpoints import check_history, forget_embeddings

Loader = Callable[..., Any]


def check_what_is_loaded() -> None:
    """Replace the two functions through which fairseq's commands load; called by the user-dir alone.

    Training continues from checkpoints of all architectures: it builds the model of its own command line.
    """
    if not hasattr(checkpoint_utils.load_checkpoint_to_cpu, "replaces"):
        checkpoint_utils.load_checkpoint_to_cpu = _opener(checkpoint_utils.load_checkpoint_to_cpu)
        checkpoint_utils.load_model_ensemble_and_task = _builder(checkpoint_utils.load_model_ensemble_and_task)


def _opener(load: Loader) -> Loader:
    def load_checkpoint_to_cpu(path: str, *options: Any, **named: Any) -> Any:
        local = PathManager.get_local_path(path)
        check_history(path, open_checkpoint(local))
        return load(path, *options, **named)

    load_checkpoint_to_cpu.replaces = load  # type: ignore[attr-defined]
    return load_checkpoint_to_cpu


def _builder(load: Loader) -> Loader:
    def load_model_ensemble_and_task(
        filenames: List[str],
        arg_overrides: Optional[Dict[str, Any]] = None,
        task: Any = None,
        strict: bool = True,
        suffix: str = "",
        num_shards: int = 1,
        state: Any = None,
    ) -> Any:
        if state is not None:  # of our own loader, which has checked it
            return load(filenames, arg_overrides, task, strict, suffix, num_shards, state)
        if suffix or num_shards > 1:
            for filename in filenames:
                for number in range(num_shards):
                    check_checkpoint(
                        checkpoint_utils.get_maybe_sharded_checkpoint_filename(filename, suffix, number, num_shards)
                    )
            return load(filenames, arg_overrides, task, strict, suffix, num_shards)
        models: List[Any] = []
        cfg = None
        for filename in filenames:
            content = checkpoint_utils.load_checkpoint_to_cpu(filename, arg_overrides)
            cfg = _config_of(filename, content)
            task = tasks.setup_task(cfg.task, from_checkpoint=True) if task is None else task
            check_weights(filename, content["model"])
            if strict:
                check_fits(filename, content["model"], cfg, task)
            found, cfg, task = load([filename], arg_overrides, task, strict, state=content)
            models += found
        return models, cfg, task

    load_model_ensemble_and_task.replaces = load  # type: ignore[attr-defined]
    return load_model_ensemble_and_task


def _config_of(filename: str, content: Dict[str, Any]) -> Any:
    """The configuration that fairseq builds of, once it is checked."""
    args: Optional[Namespace] = content.get("args")
    if args is not None:
        forget_embeddings(args)
    cfg = content["cfg"] if args is None else convert_namespace_to_omegaconf(args)
    forget_embeddings(cfg.model)
    check_buildable(filename, {"cfg": OmegaConf.to_container(cfg, resolve=False)})
    return cfg
