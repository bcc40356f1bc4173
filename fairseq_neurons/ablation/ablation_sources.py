"""What an ablation reads, and what distinguishes one from another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairseq_neurons.ablation.ablation_settings import PointOptions, TargetOptions
from fairseq_neurons.ablation.metric_results import Scalar
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import site_of
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.checkpoints import open_checkpoint
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.same_model import Checkpoint, check_same_model
from fairseq_neurons.storage.files import sha256_of_file


@dataclass(frozen=True)
class Sources:
    """The rankings of a model.

    Args:
        checkpoint: SHA-256 of the model.
        rankings: of the same neurons, by the name under which they were given.
        contents: SHA-256 of each ranking's file.
    """

    checkpoint: str
    rankings: dict[str, Ranking]
    contents: dict[str, str]

    @property
    def neurons(self) -> Neurons:
        """That the rankings are of."""
        return next(iter(self.rankings.values())).neurons


def read_sources(checkpoint: str, rankings: Sequence[str]) -> Sources:
    """Read the rankings of a checkpoint.

    Args:
        checkpoint: its file.
        rankings: their files.

    Raises:
        InputError: if a file cannot be read, or a ranking is of another model, or the file is no checkpoint at all.
    """
    ours = _sha256(checkpoint, f"The checkpoint {checkpoint}")
    found = {str(path): Ranking.load(path) for path in rankings}
    try:
        check_same_model((checkpoint, Checkpoint(ours)), *found.items())
    except InputError:
        open_checkpoint(checkpoint)  # Of a file that is no checkpoint, this says so.
        raise
    return Sources(ours, found, {path: _sha256(path, f"The ranking {path}") for path in found})


def read_means(
    path: str | None, sources: Sources, checkpoint: str, means_of: Callable[[Activations], np.ndarray]
) -> np.ndarray | None:
    """The mask values for ``value=mean``.

    Args:
        path: of the dump; None for another value.
        sources: of the model.
        checkpoint: its file, for the message.
        means_of: the values, float64 (neurons,), of a dump.

    Raises:
        InputError: if the dump is of another model, or lacks states of the rankings.
    """
    if path is None:
        return None
    dump = Activations(path)
    check_same_model((checkpoint, Checkpoint(sources.checkpoint)), (path, dump))
    columns = sources.neurons.columns_in(dump.neurons, path)
    return means_of(dump)[columns]


def identity_of(
    target: TargetOptions,
    points: PointOptions,
    metric: Mapping[str, Scalar],
    files: Mapping[str, str],
    sources: Sources,
    means: np.ndarray | None,
) -> dict[str, Scalar]:
    """What all points of a folder have in common.

    Args:
        target: the data, its subset and the metric's name.
        points: the mask site and value.
        metric: what of its options belongs to the identity.
        files: of the metric, by option.
        sources: the checkpoint and its rankings.
        means: float64 (neurons,), for ``value=mean``.

    Raises:
        InputError: if a file cannot be read.
    """
    site = site_of(sources.neurons, points.site)
    identity: dict[str, Scalar] = {"subset": target.subset, "metric": target.metric, "site": site, **metric}
    identity["value"] = str(points.mask_value)
    if not all(block.is_recurrent for block in sources.neurons.blocks):  # curves of LSTMs are as they have been
        identity["states"] = sources.neurons.summary
    identity["checkpoint_sha256"] = sources.checkpoint
    identity["data_sha256"] = _sha256_of_data(target.data, target.subset)
    for name, path in files.items():
        identity[f"{name}_sha256"] = _sha256(path, f"The file {name}={path}")
    if means is not None:
        identity["means_sha256"] = hashlib.sha256(means.astype("<f4").tobytes()).hexdigest()
    return identity


def _sha256_of_data(data: str, subset: str) -> str:
    """Of the dictionaries and the subset, wherever the folder lies."""
    files = [path for part in data.split(":") for name in (f"{subset}.*", "dict.*") for path in Path(part).glob(name)]
    contents = sorted(f"{path.name} {sha256_of_file(path)}" for path in files if path.is_file())
    return hashlib.sha256("\n".join(contents).encode("utf-8")).hexdigest()


def _sha256(path: str, what: str) -> str:
    try:
        return sha256_of_file(Path(path))
    except OSError as error:
        raise InputError(f"{what} cannot be read: {error.strerror or error}.") from error
