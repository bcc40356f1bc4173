"""The states of sentences in memory: the numbers that a dump of them has on disk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_subsets import batches_of
from fairseq_neurons.plugin.extraction import read_side, run_layers
from fairseq_neurons.plugin.given_sentences import GivenSentences
from fairseq_neurons.plugin.masking import neurons_of
from fairseq_neurons.plugin.recording import recorded


class SentenceStates(NamedTuple):
    """The states of one sentence.

    Args:
        words: of the sentence, subwords joined; n of them.
        states: float32 (n, neurons), a row for each word, columns in the order of ``LoadedModel.neurons`` or of the
            blocks that were asked for.
    """

    words: list[str]
    states: np.ndarray


def states_of(
    loaded: Loaded,
    given: GivenSentences,
    pooling: str = "last",
    eos: bool = False,
    max_tokens: int = 4000,
    neurons: Neurons | None = None,
) -> list[SentenceStates]:
    """Read sentences with a model, masked or not; for the arguments see `LoadedModel.states`."""
    neurons = neurons or neurons_of(loaded.model)
    side = adapter_for(loaded.model).side_of(neurons)
    dataset, spelled = read_side(given.dataset, loaded.task, side), given.read_by(loaded, side)
    none = np.zeros((0, len(neurons)), dtype=np.float32)
    found = [SentenceStates([], none) for _ in range(len(dataset))]
    with recorded(loaded.model, neurons) as recorder:
        for batch in batches_of(loaded, dataset, given.room(max_tokens), side):
            sample = dataset.collater([dataset[int(i)] for i in batch])
            run_layers(loaded.model, sample, side)
            for i, states in zip(sample["id"].tolist(), recorder.take_sentences(sample), strict=True):
                # A copy: views of a batch would keep all of it in memory.
                rows = np.array(spelled.rows(i, states, pooling, eos), dtype=np.float32)
                found[i] = SentenceStates(spelled.words(i, pooling, eos), rows)
    return found
