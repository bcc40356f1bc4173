"""Sentences that are lines of text, not a subset of a data folder."""

from dataclasses import replace
from typing import Optional, Sequence, Tuple

from fairseq.data import FairseqDataset

from fairseq_neurons.activations.subwords import detect_subwords, is_cut
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.line_datasets import dataset_of_lines

CUT = 'cut lines with the SentencePiece model of the training text, " ".join(model.encode(line, out_type=str))'


def open_lines(
    loaded: Loaded,
    lines: Sequence[str],
    references: Optional[Sequence[str]] = None,
    name: str = "The text",
    cure: str = CUT,
    side: str = "source",
) -> Tuple[FairseqDataset, Sentences]:
    """Encode lines as the model reads them.

    Args:
        loaded: a model and its task.
        lines: one sentence each, its tokens separated by blanks.
        references: the target side of a translation data set, a line for each sentence; without them it has none.
        name: what the lines are, for messages.
        cure: what to do with raw text, likewise.
        side: whose sentences are returned: ``source``, or ``target`` for the references.

    Raises:
        InputError: if the model reads SentencePiece's pieces and the lines, or the references, are raw text.
    """
    task = loaded.task
    dataset = dataset_of_lines(task, lines, references)
    sentences = replace(sentences_of(dataset, task.source_dictionary, subwords=loaded.subwords), text=lines)
    _check_cut(lines, sentences.subwords, name, cure)
    if references is not None:
        target = loaded.subwords or detect_subwords(task.target_dictionary.symbols)
        _check_cut(references, target, "The references", CUT)
    if side == "target":
        found = sentences_of(dataset, task.target_dictionary, subwords=loaded.subwords, side=side)
        sentences = replace(found, text=references)
    return dataset, sentences


def _check_cut(lines: Sequence[str], subwords: str, name: str, cure: str) -> None:
    if not is_cut(lines, subwords):
        raise InputError(f"{name}: raw text, but the model reads SentencePiece pieces (▁…); {cure}.")
