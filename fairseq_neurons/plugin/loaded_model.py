"""A checkpoint opened in Python: its neurons, masks, translations, perplexity and states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from fairseq.models import BaseFairseqModel
from fairseq.tasks import FairseqTask

from fairseq_neurons.activations.pooling import pooling_choices
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_labels
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.checkpoints import Loaded, load_checkpoint
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.evaluation import Scorer, Translator
from fairseq_neurons.plugin.given_sentences import GivenSentences, check_read, check_references
from fairseq_neurons.plugin.mask_arguments import check_ranked_model, mask_of
from fairseq_neurons.plugin.masking import masked, neurons_of
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.plugin.sentence_states import SentenceStates, states_of


class LoadedModel:
    """A translation or language model, ready for inference; `load_model` returns it.

    Sentences are either a list of strings, whose words (or subwords, as in the training data) are separated by blanks,
    or the name of a subset of the data folder, such as ``"test"``. Words outside the dictionary, and ``<pad>``, are
    read as ``<unk>``.

    Attributes:
        checkpoint: its file.
        model: fairseq's model, in evaluation mode.
        task: fairseq's task, which has the dictionaries and data sets.

    >>> model = load_model("models/1/checkpoint_best.pt", "bin/1")  # doctest: +SKIP
    >>> with model.masked("encoder.1.bwd.*"):  # doctest: +SKIP
    ...     model.translate(["a dog runs ."])
    ['un chien court .']
    """

    def __init__(self, loaded: Loaded, checkpoint: str) -> None:
        self.checkpoint = checkpoint
        self.model: BaseFairseqModel = loaded.model
        self.task: FairseqTask = loaded.task
        self._loaded = loaded
        self._words: ChosenWords | None = None

    def __repr__(self) -> str:
        return f"LoadedModel({self.checkpoint!r}: {self.neurons})"

    @property
    def neurons(self) -> Neurons:
        """The neurons of the model that its dumps have by default, in column order."""
        return neurons_of(self.model)

    @property
    def all_neurons(self) -> Neurons:
        """The neurons of all parts of the model, encoder and decoder, in column order."""
        return ModelNeurons.of(self.model).every

    @contextmanager
    def masked(
        self,
        neurons: str | int | Sequence[int] | Sequence[str] | np.ndarray | Mask,
        value: float | str | Sequence[float] | np.ndarray = 0.0,
        site: str = "auto",
        words: ChosenWords | None = None,
        states: Neurons | str | Sequence[str] | None = None,
    ) -> Iterator[LoadedModel]:
        """Mask neurons while the context lasts; nothing of the mask remains afterwards, also after an exception.

        Args:
            neurons: names and patterns of any part (``"encoder.1.bwd.*"``, several separated by commas or in a list),
                indices, which may be ``ranking.top(50)``, or a `Mask`, which has its own value, site and words.
            value: a number, ``"zero"``, or one for each neuron of ``states``: ``Activations("activations/1").mean()``.
            site: where, see `Mask`.
            words: the words at which the neurons are masked, see `chosen_words`; by default all.
            states: in which indices and values count: patterns of blocks (``"encoder.*.ffn"``), or the ``neurons`` of a
                ranking or a dump; by default those of the ranking that the indices are of, or else `neurons`.

        Raises:
            InputError: if there are no such neurons, the ranking is of another model, the value or site is invalid, or
                these layers are masked already.

        >>> with model.masked(ranking.top(50)):  # doctest: +SKIP
        ...     model.perplexity("test")
        412.7
        """
        check_ranked_model(neurons, Path(self.checkpoint))
        mask = mask_of(ModelNeurons.of(self.model), neurons, value, site, words, states)
        before = self._words
        with masked(self.model, mask):
            self._words = mask.words or before
            try:
                yield self
            finally:
                self._words = before

    def chosen_words(self, sentences: str | Sequence[str], patterns: str, labels: str | None = None) -> ChosenWords:
        """Choose the words of some sentences at which neurons are to be masked.

        Args:
            sentences: the same that are translated or scored under the mask.
            patterns: words or shell patterns, separated by commas (``"not,never"``); with ``labels``, labels. In a
                pattern, a comma is written ``\\,``.
            labels: a file of labels, a sentence a line, one label for each word.

        Raises:
            InputError: if a pattern matches nothing, or the labels do not fit the sentences.

        >>> with model.masked("encoder.*", words=model.chosen_words("test", "not")):  # doctest: +SKIP
        ...     model.translate("test")
        """
        known = GivenSentences.open(self._loaded, sentences).spelled
        return chosen_words(known, patterns, None if labels is None else read_labels(labels))

    def translate(
        self,
        sentences: str | Sequence[str],
        beam: int = 5,
        lenpen: float = 1.0,
        max_len_a: float = 0.0,
        max_len_b: int = 200,
        max_tokens: int = 2000,
    ) -> list[str]:
        """Translate by beam search, as ``fairseq-generate`` does.

        Args:
            sentences: a list, or the name of a subset.
            beam: width of the beam.
            lenpen: length penalty: the score of a hypothesis is divided by its length to this power.
            max_len_a: a hypothesis has at most ``max_len_a * source + max_len_b`` words, where ``source`` is the length
                of the longest sentence in the batch; this bounds masked models that never end a sentence.
            max_len_b: see ``max_len_a``.
            max_tokens: of a batch, padding included.

        Returns:
            The best hypothesis of every sentence, in the given order, subwords joined; empty for sentences of a subset
            that are too long for the model or a batch.

        Raises:
            InputError: if this is a language model, there is no such subset, or a given sentence is too long.

        >>> model.translate(["a dog runs ."])  # doctest: +SKIP
        ['un chien court .']
        """
        if beam < 1:
            raise InputError(f"beam={beam}: give at least 1.")
        given, search = self._given(sentences), (beam, lenpen, max_len_a, max_len_b)
        return Translator(self._loaded, given.subset or given.dataset, *search, given.room(max_tokens)).translate()

    def references(self, subset: str) -> list[str]:
        """The target side of a subset, in order, subwords joined; unknown words are ``<<unk>>``, which match nothing.

        Raises:
            InputError: if this is a language model, or the data folder has no such subset or no target side of it.
        """
        return Translator(self._loaded, subset).references

    def perplexity(
        self, sentences: str | Sequence[str], references: Sequence[str] | None = None, max_tokens: int = 4000
    ) -> float:
        """Compute the perplexity per token, ends of sentences included, as ``fairseq-eval-lm`` does.

        A translation model predicts the references word by word, given the source and the words before ("forced
        decoding").

        Args:
            sentences: a list, or the name of a subset.
            references: of listed sentences, for a translation model: their translations, one for each.
            max_tokens: of a batch, padding included.

        Raises:
            InputError: if references are missing or superfluous, a sentence is too long, or there is no such subset.

        >>> model.perplexity(["a dog runs ."], references=["un chien court ."])  # doctest: +SKIP
        3.1
        """
        check_references(self.task, sentences, references)
        given = self._given(sentences, references)
        return Scorer(self._loaded, given.subset or given.dataset, given.room(max_tokens)).score().perplexity

    def states(
        self,
        sentences: str | Sequence[str],
        pooling: str = "last",
        eos: bool = False,
        max_tokens: int = 4000,
        states: str | Sequence[str] | None = None,
        references: Sequence[str] | None = None,
    ) -> list[SentenceStates]:
        """Compute the states of neurons at every word, those after reading it: the numbers that `extract` dumps.

        Args:
            sentences: a list, or the name of a subset (for a large one, use `extract`: here all states are in memory).
            pooling: which subword's state stands for a word: ``last``, ``first``, ``mean``, or ``none`` for a row for
                each subword.
            eos: whether the end-of-sentence symbol has a row.
            max_tokens: of a batch, padding included.
            states: which states, as for `extract`: patterns of blocks, such as ``"decoder.*.ffn"``.
            references: of listed sentences, for states of the decoder: their translations, one for each.

        Returns:
            For each sentence its words and their states, float32 (words, neurons); no words for sentences of a subset
            that are too long for the model or a batch.

        Raises:
            InputError: if there are no such subset, states or references, or a given sentence is too long.

        >>> [(words, states)] = model.states(["a dog runs ."])  # doctest: +SKIP
        >>> words, states.shape  # doctest: +SKIP
        (['a', 'dog', 'runs', '.'], (4, 2000))
        """
        if pooling not in pooling_choices():
            raise InputError(f"pooling={pooling}: choose {', '.join(pooling_choices())}.")
        adapter = adapter_for(self.model)
        neurons = adapter.states(states)
        check_read(adapter.side_of(neurons), sentences, references)
        return states_of(self._loaded, self._given(sentences, references), pooling, eos, max_tokens, neurons)

    def _given(self, sentences: str | Sequence[str], references: Sequence[str] | None = None) -> GivenSentences:
        given = GivenSentences.open(self._loaded, sentences, references)
        given.check_words(self._words)
        return given


def load_model(checkpoint: str | Path, data: str | Path | None = None, subwords: str | None = None) -> LoadedModel:
    """Load a translation or language model for inference, on the GPU if there is one.

    Args:
        checkpoint: a file that ``fairseq-train`` wrote, of an architecture that has neurons.
        data: the data folder with the dictionaries; by default the one that the model was trained on.
        subwords: ``words``, ``bpe`` or ``sentencepiece``: its dictionaries' symbols; by default they decide.

    Raises:
        InputError: if the checkpoint is missing, broken, unsafe or of another architecture, or fits no dictionaries.

    >>> model = load_model("models/1/checkpoint_best.pt", "bin/1")  # doctest: +SKIP
    >>> len(model.neurons)  # doctest: +SKIP
    2000
    """
    loaded = load_checkpoint(str(checkpoint), None if data is None else str(data), subwords)
    neurons_of(loaded.model)
    return LoadedModel(loaded, str(checkpoint))
