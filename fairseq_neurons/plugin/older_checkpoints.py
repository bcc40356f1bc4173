"""The content of a checkpoint as today's fairseq writes it, whatever version wrote it."""

from typing import Any, Dict, Optional

from fairseq import checkpoint_utils
from fairseq.dataclass.utils import overwrite_args_by_name
from omegaconf import OmegaConf, open_dict

from fairseq_neurons.errors import InputError

# What a model needs none of; fairseq cannot open a checkpoint without them.
HISTORY = {"criterion_name": "", "optimizer_name": "", "lr_scheduler_state": {}, "num_updates": 0}


def upgraded(state: Dict[str, Any], data: Optional[str] = None) -> Dict[str, Any]:
    """Upgrade the content of a checkpoint; call it inside `hydra_of_fairseq`.

    Args:
        state: as opened; changed in place. It has ``cfg`` or, from fairseq before 0.10.2, ``args``.
        data: the data folder, if not that of the training.

    Returns:
        It has ``cfg``, a history of the training and its state, made up where they were removed.
    """
    if has_no_history(state):
        state["optimizer_history"] = [dict(HISTORY)]
    if not state.get("extra_state") and "epoch" not in state:
        state["extra_state"] = {}
    if state.get("args") is not None and data is not None:
        state["args"].data = data
    if state.get("cfg") is not None:
        state["cfg"] = OmegaConf.create(state["cfg"], flags={"allow_objects": True})
        if data is not None:
            overwrite_args_by_name(state["cfg"], {"data": data})
    content: Dict[str, Any] = checkpoint_utils._upgrade_state_dict(state)
    return content


def without_training(state: Dict[str, Any]) -> Dict[str, Any]:
    """Leave out what only a training needs: pretrained embeddings, which the weights replace, and BLEU.

    Args:
        state: an upgraded one; changed in place.

    Returns:
        The same.
    """
    forget_embeddings(state["cfg"].model)
    if hasattr(state["cfg"].task, "eval_bleu"):
        with open_dict(state["cfg"]):
            state["cfg"].task.eval_bleu = False
    state.pop("task_state", None)
    return state


def forget_embeddings(settings: Any) -> None:
    """Read no file of pretrained embeddings, which may be gone or anything else.

    Args:
        settings: of a model; changed in place.
    """
    for name in [name for name in (settings if hasattr(settings, "keys") else vars(settings))]:
        if str(name).endswith("embed_path"):
            setattr(settings, name, None)


def has_no_history(state: Dict[str, Any]) -> bool:
    """Whether the history of the training was removed; oldest checkpoints have ``best_loss`` in its place."""
    return not state.get("optimizer_history") and "best_loss" not in state


def check_history(checkpoint: str, state: Dict[str, Any]) -> None:
    """Check that fairseq's own commands, which read the file themselves, can open a checkpoint.

    Raises:
        InputError: if the history of its training was removed.
    """
    if has_no_history(state):
        raise InputError(
            f"{checkpoint} lacks optimizer_history, without which fairseq opens no checkpoint; "
            "fairseq-neurons-extract and fairseq-neurons-ablate do."
        )
