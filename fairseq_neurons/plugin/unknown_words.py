"""Count the words of a text that a model does not know."""

from typing import Tuple

from fairseq_neurons.activations.unknown_share import report_unknown
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset


def report_unknown_of(loaded: Loaded, subset: str) -> None:
    """State how many words of a subset are unknown; see `report_unknown`."""
    sentences = sentences_of(load_subset(loaded.task, subset), loaded.task.source_dictionary, subwords=loaded.subwords)
    report_unknown(subset, *unknown_words(sentences))


def unknown_words(sentences: Sentences) -> Tuple[int, int]:
    """How many words are unknown, and how many there are."""
    unknown = sum(sentences.unknown(i, "last") for i in range(sentences.count))
    return unknown, sum(len(sentences.words(i, "last", eos=False)) for i in range(sentences.count))
