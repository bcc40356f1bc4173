"""What an ablation reads, and what tells one from another of the same name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fairseq_neurons.ablation.ablation_settings import OF_TRANSLATIONS, AblationSettings
from fairseq_neurons.ablation.metrics.controlling import means_of
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import sha256_of_file

# What the tests and intervals are made of can change from run to run: they are computed from the points.
OF_TESTS = ("test", "samples")


@dataclass(frozen=True)
class Sources:
    """Everything but the model and the data.

    Args:
        rankings: of the same neurons, by the name under which they were given.
        means: float64 (neurons,) of the dump; None if the value is not ``mean``.
        checkpoint: SHA-256.
        identity: what all points of a folder have in common, JSON's types.
        contents: SHA-256 of each ranking's file.
    """

    rankings: dict[str, Ranking]
    means: np.ndarray | None
    checkpoint: str
    identity: dict[str, Any]
    contents: dict[str, str]


def read_sources(settings: AblationSettings) -> Sources:
    """Read the rankings and the means, and see that they are of this checkpoint.

    Raises:
        InputError: if a file cannot be read, or they are not.
    """
    checkpoint = _sha256(settings.checkpoint, "checkpoint")
    rankings = {str(path): Ranking.load(path) for path in settings.rankings}
    for path, ranking in rankings.items():
        _check_model(path, ranking, settings.checkpoint, checkpoint)
        if ranking.neurons != next(iter(rankings.values())).neurons:
            raise InputError(f"{path} is a ranking of other neurons ({ranking.neurons}) than {settings.rankings[0]}.")
    neurons = next(iter(rankings.values())).neurons
    means = None
    if settings.means is not None:
        dump = Activations(settings.means)
        if dump.neurons != neurons or dump.manifest.checkpoint_sha256 != checkpoint:
            raise InputError(
                f"{settings.means} is a dump of another model than {settings.checkpoint}: its means mean nothing here."
            )
        means = means_of(settings, dump)
    contents = {path: _sha256(path, "ranking") for path in rankings}
    return Sources(rankings, means, checkpoint, _identity(settings, checkpoint, means), contents)


def _identity(settings: AblationSettings, checkpoint: str, means: np.ndarray | None) -> dict[str, Any]:
    names = ["subset", "metric", "site", "max_tokens"]
    if settings.metric != "perplexity":
        names += [name for name in OF_TRANSLATIONS if name not in OF_TESTS]
    if settings.metric == "control":
        names += ["at", "to", "strength", "column"]
    identity = {name: getattr(settings, name) for name in names}
    if settings.metric != "perplexity":
        identity["sacrebleu"] = version("sacrebleu")
    identity["value"] = str(settings.held_at)
    identity["checkpoint_sha256"] = checkpoint
    identity["data_sha256"] = _sha256_of_data(settings.data, settings.subset)
    if settings.reference is not None:
        del identity["reference"]
        identity["reference_sha256"] = _sha256(settings.reference, "reference")
    for name in ("labels", "outcome"):
        if (path := getattr(settings, name)) is not None:
            identity[f"{name}_sha256"] = _sha256(path, f"file {name}=")
    if means is not None:
        identity["means_sha256"] = hashlib.sha256(means.astype("<f4").tobytes()).hexdigest()
    return identity


def _check_model(path: str, ranking: Ranking, name: str, checkpoint: str) -> None:
    if ranking.checkpoint_sha256 not in ("", checkpoint):
        raise InputError(
            f"{path} ranks the neurons of another model (checkpoint {ranking.checkpoint_sha256[:8]}), "
            f"not those of {name} ({checkpoint[:8]})."
        )


def _sha256_of_data(data: str, subset: str) -> str:
    """Of the dictionaries and the subset, wherever the folder lies."""
    files = [path for part in data.split(":") for name in (f"{subset}.*", "dict.*") for path in Path(part).glob(name)]
    contents = sorted(f"{path.name} {sha256_of_file(path)}" for path in files if path.is_file())
    return hashlib.sha256("\n".join(contents).encode("utf-8")).hexdigest()


def _sha256(path: str, what: str) -> str:
    try:
        return sha256_of_file(Path(path))
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
