"""The states of sentences in memory: the numbers that a dump of them has on disk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_subsets import batches_of
from fairseq_neurons.plugin.extraction import run_layers, source_side
from fairseq_neurons.plugin.given_sentences import GivenSentences
from fairseq_neurons.plugin.masking import neurons_of
from fairseq_neurons.plugin.recording import recorded


class SentenceStates(NamedTuple):
    """The states of one sentence.

    Args:
        words: of the sentence, subwords joined; n of them.
        states: float32 (n, neurons), a row for each word, columns in the order of ``LoadedModel.neurons``.
    """

    words: list[str]
    states: np.ndarray


def states_of(
    loaded: Loaded, given: GivenSentences, pooling: str = "last", eos: bool = False, max_tokens: int = 4000
) -> list[SentenceStates]:
    """Read sentences with a model, masked or not; for the arguments see `LoadedModel.states`."""
    dataset = source_side(given.dataset, loaded.task)
    none = np.zeros((0, len(neurons_of(loaded.model))), dtype=np.float32)
    found = [SentenceStates([], none) for _ in range(len(dataset))]
    with recorded(loaded.model) as recorder:
        for batch in batches_of(loaded, dataset, given.room(max_tokens)):
            sample = dataset.collater([dataset[int(i)] for i in batch])
            run_layers(loaded.model, sample)
            for i, states in zip(sample["id"].tolist(), recorder.take_sentences(sample), strict=True):
                # A copy: views of a batch would keep all of it in memory.
                rows = np.array(given.spelled.rows(i, states, pooling, eos), dtype=np.float32)
                found[i] = SentenceStates(given.spelled.words(i, pooling, eos), rows)
    return found
