"""The sentences that a loaded model reads: a list of strings, or the name of a subset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from fairseq.data import FairseqDataset
from fairseq.tasks import FairseqTask
from fairseq.tasks.language_modeling import LanguageModelingTask

from fairseq_neurons.activations.unknown_share import report_unknown
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset
from fairseq_neurons.plugin.listed_sentences import open_lines
from fairseq_neurons.plugin.unknown_words import unknown_words


@dataclass(frozen=True)
class GivenSentences:
    """Sentences as fairseq reads them.

    Args:
        dataset: of the task.
        spelled: their words.
        subset: its name; empty for a list of sentences.
        longest: tokens of the longest listed sentence, its end included; 0 for a subset.
        references: of listed sentences; None for a subset.
    """

    dataset: FairseqDataset
    spelled: Sentences
    subset: str = ""
    longest: int = 0
    references: Sequence[str] | None = None

    @classmethod
    def open(
        cls, loaded: Loaded, sentences: str | Sequence[str], references: Sequence[str] | None = None
    ) -> GivenSentences:
        """Load a subset or encode a list of sentences.

        Args:
            loaded: a model and its task.
            sentences: a list, tokens separated by blanks, or the name of a subset.
            references: of listed sentences, one for each; without them the data set has no target side.

        Raises:
            InputError: if there is no such subset, or the list is empty, has a sentence too long for the model, or is
                raw text for a model of SentencePiece's pieces.
        """
        task = loaded.task
        if isinstance(sentences, str):
            if len(sentences.split()) > 1:
                raise InputError(f"Give sentences as a list: [{sentences!r}].")
            dataset = load_subset(task, sentences)
            return cls(dataset, sentences_of(dataset, task.source_dictionary, subwords=loaded.subwords), sentences)
        lines = list(sentences)
        if not lines or not all(isinstance(line, str) for line in lines):
            raise InputError("Give at least one sentence, each a string of words separated by blanks.")
        longest = max(_checked_length(loaded, lines), _checked_length(loaded, references or [""], -1))
        dataset, spelled = open_lines(loaded, lines, references)
        report_unknown("The sentences", *unknown_words(spelled), only_many=True)
        return cls(dataset, spelled, "", longest, references)

    def read_by(self, loaded: Loaded, side: str) -> Sentences:
        """The words that the layers of one side read.

        Raises:
            InputError: if the decoder's are asked for and there are no references.
        """
        if side == "source":
            return self.spelled
        dictionary = loaded.task.target_dictionary
        found = sentences_of(self.dataset, dictionary, subwords=loaded.subwords, side=side)
        return replace(found, text=self.references)

    def room(self, max_tokens: int) -> int:
        """Tokens of a batch: enough for the longest listed sentence, so that none is left out.

        Raises:
            InputError: if ``max_tokens`` is less than 1.
        """
        if max_tokens < 1:
            raise InputError(f"max_tokens={max_tokens}: give at least 1.")
        return max(max_tokens, self.longest)

    def check_words(self, words: ChosenWords | None) -> None:
        """Refuse sentences other than those in which the words of a mask were chosen.

        Raises:
            InputError: if the numbers or lengths of the sentences differ.
        """
        if words is None:
            return
        lengths = [len(self.spelled.tokens(i)) + self.spelled.specials for i in range(self.spelled.count)]
        if lengths != np.diff(words.offsets).tolist():
            raise InputError("The words of the mask were chosen in other sentences: choose them in these.")


def check_references(task: FairseqTask, sentences: str | Sequence[str], references: Sequence[str] | None) -> None:
    """Check that references are given where, and only where, they are needed to score sentences.

    Raises:
        InputError: if they are missing or superfluous, or their number is not that of the sentences.
    """
    if isinstance(sentences, str) or isinstance(task, LanguageModelingTask):
        if references is not None:
            raise InputError("references= belong to a list of sentences that a translation model scores.")
    elif references is None or len(references) != len(sentences):
        raise InputError("A translation model scores references: give references=, one for each sentence.")


def check_read(side: str, sentences: str | Sequence[str], references: Sequence[str] | None) -> None:
    """Check that a decoder whose states are asked for has references to read, of listed sentences.

    Args:
        side: that has rows, ``source`` or ``target``.
        sentences: a list, or the name of a subset.
        references: of the list.

    Raises:
        InputError: if they are missing or superfluous, or their number is not that of the sentences.
    """
    needed = side == "target" and not isinstance(sentences, str)
    if needed != (references is not None) or (references is not None and len(references) != len(sentences)):
        raise InputError(
            "references= are the translations of listed sentences, one for each, for states of the decoder, which "
            "reads them."
        )


def _checked_length(loaded: Loaded, lines: Sequence[str], side: int = 0) -> int:
    """Tokens of the longest line; ``side`` is 0 for sources, -1 for references."""
    limits = [loaded.model.max_positions()]
    if not isinstance(loaded.task, LanguageModelingTask):
        limits.append(loaded.task.max_positions())
    most = int(min(np.atleast_1d(limit)[side] for limit in limits))
    lengths = [len(line.split()) + 1 for line in lines]  # the end of the sentence is a token
    for number, length in enumerate(lengths, start=1):
        if length > most:
            kind = "Reference" if side else "Sentence"
            raise InputError(f"{kind} {number} has {length} tokens, but the model reads at most {most}.")
    return max(lengths)
