"""Masks from what Python users write: patterns, names or indices of neurons, and a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.rankings.ranked_neurons import RankedNeurons
from fairseq_neurons.same_model import Checkpoint, check_same_model
from fairseq_neurons.storage.files import sha256_of_file


def mask_of(
    model: ModelNeurons,
    neurons: str | int | Sequence[int] | Sequence[str] | np.ndarray | Mask,
    value: float | str | Sequence[float] | np.ndarray = 0.0,
    site: str = "auto",
    words: ChosenWords | None = None,
    states: Neurons | str | Sequence[str] | None = None,
) -> Mask:
    """Build a mask; for the other arguments see `LoadedModel.masked`.

    Args:
        model: its neurons.
        neurons: patterns, names, indices, or a mask, which is returned as it is.

    Raises:
        InputError: if there are no such neurons, the value or site is invalid, or a mask comes with other arguments.
    """
    if isinstance(neurons, Mask):
        if not (isinstance(value, float) and value == 0.0 and site == "auto" and words is None and states is None):
            raise InputError("A Mask has its own value, site and words: give it alone.")
        return neurons
    if isinstance(value, str) and value == "mean":
        raise InputError("value='mean' needs a dump: give its means, value=Activations(DIR).mean().")
    values = value if isinstance(value, (str, int, float)) else np.asarray(value, dtype=np.float32)
    if states is None and isinstance(neurons, RankedNeurons):
        states = neurons.neurons
    if states is not None:
        model = _only(model, states)
    blocks, indices, chosen_by = _chosen(model, neurons)
    return Mask.of(blocks, indices, values, site, chosen_by=chosen_by, words=words)


def check_ranked_model(neurons: object, checkpoint: Path) -> None:
    """Refuse indices of a ranking of another model; others do not know theirs.

    Args:
        neurons: as `mask_of` takes them.
        checkpoint: of the model to mask.

    Raises:
        InputError: if the ranking was made for another checkpoint.
    """
    if isinstance(neurons, RankedNeurons) and neurons.checkpoint_sha256:
        ours = Checkpoint(_sha256(checkpoint, checkpoint.stat().st_mtime_ns))
        check_same_model(("The ranking", Checkpoint(neurons.checkpoint_sha256)), ("this model", ours))


@lru_cache(maxsize=16)
def _sha256(checkpoint: Path, changed: int) -> str:
    """Kept for many masks of one model."""
    return sha256_of_file(checkpoint)


def _only(model: ModelNeurons, states: Neurons | str | Sequence[str]) -> ModelNeurons:
    """The model as if it had nothing but these states."""
    if isinstance(states, Neurons):
        model.check("states=", states)
    else:
        states = model.every.states(states)
    return ModelNeurons(states, states, model.groups)


def _chosen(
    model: ModelNeurons, neurons: str | int | Sequence[int] | Sequence[str] | np.ndarray
) -> tuple[Neurons, np.ndarray, str]:
    """The blocks in which the indices count, the indices, and how they were chosen, for the signature."""
    if isinstance(neurons, (list, tuple)) and neurons and all(isinstance(name, str) for name in neurons):
        neurons = ",".join(map(str, neurons))
    if isinstance(neurons, str):
        return *model.select(neurons), f"neurons:{neurons}"
    indices = np.atleast_1d(np.asarray(neurons))
    if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "iu"):
        raise InputError("Give neurons as patterns ('encoder.1.bwd.*'), names, indices or a Mask.")
    return model.default, indices.astype(np.int64), "neurons:given"
