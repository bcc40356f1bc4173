"""The sentences of a fairseq data set: their pieces with their true spelling, and which rows of states are theirs."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Callable, List, Optional, Sequence

import numpy as np
from fairseq.data import Dictionary, LanguagePairDataset, MonolingualDataset

from fairseq_neurons.activations.pooling import NONE, pool
from fairseq_neurons.activations.subwords import detect_subwords, join_pieces, word_of_piece
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines


@dataclass(frozen=True)
class Sentences:
    """The sentences of a data set, as a dump needs them.

    Args:
        count: number of sentences.
        tokens: sentence index -> (pieces,) dictionary indices, without end-of-sentence symbol.
        dictionary: of these indices.
        eos_first: whether the model reads the end-of-sentence symbol before the words (language models do) or after.
        specials: number of symbols that the model reads besides the pieces.
        text: one line per sentence, its pieces separated by blanks; None if only the dictionary has their spelling.
        subwords_given: ``words``, ``bpe`` or ``sentencepiece`` to override what the dictionary's symbols suggest.
    """

    count: int
    tokens: Callable[[int], np.ndarray]
    dictionary: Dictionary
    eos_first: bool
    specials: int = 1
    text: Optional[Sequence[str]] = None
    subwords_given: Optional[str] = None

    @cached_property
    def subwords(self) -> str:
        """``words``, ``bpe`` or ``sentencepiece``."""
        return self.subwords_given or detect_subwords(self.dictionary.symbols)

    def pieces(self, index: int) -> List[str]:
        """The pieces of a sentence, spelled as in the text; without one, unknown pieces are ``<unk>``."""
        if self.text is not None:
            return self.text[index].split()
        symbols = self.dictionary.symbols
        return [symbols[token] for token in self.tokens(index).tolist()]

    def words(self, index: int, pooling: str, eos: bool) -> List[str]:
        """The words of a sentence, one per row."""
        pieces = self.pieces(index)
        words = pieces if pooling == NONE else join_pieces(pieces, self.subwords)
        if not eos:
            return words
        return [self.dictionary.eos_word, *words] if self.eos_first else [*words, self.dictionary.eos_word]

    def unknown(self, index: int, pooling: str) -> int:
        """The number of words, as `words` has them without end of sentence, of which a piece is unknown."""
        unknown = self.tokens(index) == self.dictionary.unk()
        if pooling == NONE or self.subwords == "words" or not unknown.any():
            return int(unknown.sum())
        return len(set(word_of_piece(self.pieces(index), self.subwords)[unknown].tolist()))

    def rows(self, index: int, states: np.ndarray, pooling: str, eos: bool) -> np.ndarray:
        """The rows of the dump, from the states of all positions that the model read.

        Args:
            index: of the sentence.
            states: (positions, neurons), the end-of-sentence symbol included.
            pooling: ``last``, ``first``, ``mean`` or ``none``.
            eos: whether the end-of-sentence symbol has a row.

        Returns:
            (words, neurons).

        Raises:
            InputError: if the sentence has no end-of-sentence symbol, or one within it.
        """
        count = len(states) - self.specials
        if count != len(self.tokens(index)):
            raise InputError(f"Sentence {index + 1} of the data is damaged: it does not end like a sentence.")
        first = self.specials if self.eos_first else 0
        rows = states[first : first + count]
        if pooling != NONE and self.subwords != "words":
            rows = pool(rows, word_of_piece(self.pieces(index), self.subwords), pooling)
        if not eos:
            return rows
        if self.eos_first:
            return np.concatenate([states[first - 1 : first], rows])
        return np.concatenate([rows, states[count : count + 1]])


def sentences_of(
    dataset: object,
    dictionary: Dictionary,
    text: Optional[Path] = None,
    subwords: Optional[str] = None,
    side: str = "source",
) -> Sentences:
    """The sentences of a translation data set's source or target side, or of a language model's data set.

    Args:
        dataset: as loaded by a task.
        dictionary: of the language that is read.
        text: the file that ``fairseq-preprocess`` read; it is checked against the data, sentence by sentence.
        subwords: ``words``, ``bpe`` or ``sentencepiece``; by default the dictionary decides.
        side: ``source``, or ``target`` for the references: a decoder reads the end-of-sentence symbol before them.

    Raises:
        InputError: if the text does not match the data, with the number of the first line that differs, or the data
            set has no target side.
    """
    eos = dictionary.eos()
    if isinstance(dataset, LanguagePairDataset):
        if side == "target" and dataset.tgt is None:
            raise InputError("The decoder reads references, and the data has none.")
        read = dataset.tgt if side == "target" else dataset.src
        sentences = Sentences(
            len(dataset), lambda i: _without_last(read[i].numpy(), eos, i), dictionary, eos_first=side == "target"
        )
    elif isinstance(dataset, MonolingualDataset):
        blocks = dataset.dataset
        sentences = Sentences(
            len(dataset),
            lambda i: _without_last(blocks[i][1].numpy(), eos, i),
            dictionary,
            eos_first=True,
            specials=1 + dataset.add_bos_token,
        )
    else:
        raise InputError(f"Activations cannot be dumped from a {type(dataset).__name__}.")
    sentences = replace(sentences, subwords_given=subwords)
    return sentences if text is None else _with_text(sentences, text)


def _without_last(tokens: np.ndarray, eos: int, index: int) -> np.ndarray:
    if not len(tokens) or tokens[-1] != eos:
        raise InputError(
            f"Sentence {index + 1} of the data does not end with the end-of-sentence symbol, which fairseq-preprocess "
            "appends: its .bin file is damaged, or made by another program."
        )
    return tokens[:-1]


def _with_text(sentences: Sentences, text: Path) -> Sentences:
    lines = read_lines(text, "text")
    if len(lines) != sentences.count:
        raise InputError(f"{text} has {len(lines)} lines, the data {sentences.count} sentences.")
    index = sentences.dictionary.index
    padding, unknown = sentences.dictionary.pad(), sentences.dictionary.unk()
    for i, line in enumerate(lines):
        pieces, tokens = line.split(), sentences.tokens(i).tolist()
        if len(pieces) != len(tokens):
            raise InputError(
                f"{text}, line {i + 1}: {len(pieces)} tokens, the data has {len(tokens)}; "
                "give the text as it was given to fairseq-preprocess."
            )
        for piece, token in zip(pieces, tokens):
            if index(piece) != token and not (index(piece) == padding and token == unknown):
                raise InputError(
                    f"{text}, line {i + 1}: {piece!r} stands where the data has {sentences.dictionary[token]!r}."
                )
    return replace(sentences, text=lines)
