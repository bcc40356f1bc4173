"""Translate sentences or compute their log-probabilities with a loaded model, masked or not."""

import argparse
from typing import Any, Dict, List, NamedTuple, Union

import numpy as np
from fairseq.data import FairseqDataset, LanguagePairDataset
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_subsets import collated, load_subset
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.layer_memory import LayerMemory
from fairseq_neurons.plugin.masking import note_batch
from fairseq_neurons.plugin.target_text import TargetText


class Translator:
    """Translate a subset repeatedly with a loaded model, under the mask that is applied at the time.

    Layers that a mask does not touch are computed the first time only.

    Args:
        loaded: a translation model and its task.
        subset: its name, or a data set that the task knows nothing of.
        beam: width.
        lenpen: length penalty: a hypothesis' score is divided by its length to this power.
        max_len_a: a hypothesis has at most ``max_len_a * source + max_len_b`` words, as in ``fairseq-generate``, the
            source being the longest of the batch.
        max_len_b: likewise. An ablated model that never ends is bounded by these.
        max_tokens: of a batch.

    Attributes:
        references: as the data knows them (unknown words are ``<<unk>>``, which nothing matches); empty if a data set
            was passed that has none.

    Raises:
        InputError: if the model does not translate, or there is no such subset.
    """

    def __init__(
        self,
        loaded: Loaded,
        subset: Union[str, FairseqDataset],
        beam: int = 5,
        lenpen: float = 1.0,
        max_len_a: float = 0,
        max_len_b: int = 200,
        max_tokens: int = 2000,
    ) -> None:
        self.loaded, self.max_tokens = loaded, max_tokens
        dataset = _opened(loaded, subset)
        if not isinstance(dataset, LanguagePairDataset):
            raise InputError("Only translation models translate: this is a language model, whose metric is perplexity.")
        self.generator = loaded.task.build_generator(
            [loaded.model],
            argparse.Namespace(beam=beam, lenpen=lenpen, max_len_a=max_len_a, max_len_b=max_len_b),
            seq_gen_cls=SharedStatesGenerator,
        )
        self._text = TargetText.of(loaded)
        self._samples = collated(loaded, dataset, max_tokens)
        self._memory = LayerMemory(loaded.model)
        self._count = len(dataset)
        self.references = [
            self._text.spelled(dataset[i]["target"], escape_unk=True)
            for i in range(self._count if dataset.tgt is not None else 0)
        ]

    def translate(self) -> List[str]:
        """The best hypothesis of every sentence, in data-set order; empty for sentences too long for the model."""
        hypotheses = [""] * self._count
        for number, sample in enumerate(self._samples):
            note_batch(self.loaded.model, sample)
            with self._memory.remembering(number):
                found = self._search(sample)
            for i, best in zip(sample["id"].tolist(), found):
                hypotheses[i] = self._text.spelled(best[0]["tokens"].cpu())
        return hypotheses

    def _search(self, sample: Dict[str, Any]) -> List[List[Dict[str, Any]]]:
        try:
            return self.loaded.task.inference_step(self.generator, [self.loaded.model], sample)
        except AssertionError as error:  # how fairseq's search and ours say so
            raise InputError(f"The model, as it is masked, cannot translate: {error}.") from error


class Likelihoods(NamedTuple):
    """Log-probabilities of the sentences of a subset, in data-set order.

    Args:
        log_probs: float64 (sentences,), natural logarithm, summed over the tokens and the end of each sentence.
        tokens: int64 (sentences,), how many these are; 0 for sentences too long for the model.
    """

    log_probs: np.ndarray
    tokens: np.ndarray

    @property
    def perplexity(self) -> float:
        """Per token, ends of sentences included, as ``fairseq-eval-lm`` and ``fairseq-validate`` count it."""
        return float(np.exp(-self.log_probs.sum() / self.tokens.sum()))


class Scorer:
    """Score a subset repeatedly: a language model's sentences, or a translation model's references.

    A translation model reads its references word by word ("forced decoding") whatever it would have written.

    Args:
        loaded: a language or translation model and its task.
        subset: its name, or a data set that the task knows nothing of; a language model reads it a sentence a sample.
        max_tokens: of a batch.

    Raises:
        InputError: if there is no such subset.
    """

    def __init__(self, loaded: Loaded, subset: Union[str, FairseqDataset], max_tokens: int = 4000) -> None:
        self.loaded = loaded
        dataset = _opened(loaded, subset)
        self._count = len(dataset)
        side = "target" if isinstance(dataset, LanguagePairDataset) else "source"
        self._samples = collated(loaded, dataset, max_tokens, side)
        self._memory = LayerMemory(loaded.model)

    def score(self) -> Likelihoods:
        """Every sentence's log-probability."""
        log_probs, tokens = np.zeros(self._count), np.zeros(self._count, dtype=np.int64)
        for number, sample in enumerate(self._samples):
            note_batch(self.loaded.model, sample)
            with self._memory.remembering(number):
                found = adapter_for(self.loaded.model).log_probs(sample)
            ids = sample["id"].cpu().numpy()
            counted = self._counted(sample["target"])
            log_probs[ids] = found.masked_fill(~counted, 0.0).sum(dim=1).cpu().numpy()
            tokens[ids] = counted.sum(dim=1).cpu().numpy()
        if not np.isfinite(log_probs).all():
            raise InputError("The model, as it is masked, computes log-probabilities that are NaN or infinite.")
        return Likelihoods(log_probs, tokens)

    def _counted(self, target: Tensor) -> Tensor:
        counted = target.ne(self.loaded.task.target_dictionary.pad())
        if getattr(getattr(self.loaded.task, "args", None), "add_bos_token", False):
            counted[:, 0] = False  # not predicted
        return counted


def _opened(loaded: Loaded, subset: Union[str, FairseqDataset]) -> FairseqDataset:
    if not isinstance(subset, str):
        return subset
    dataset = load_subset(loaded.task, subset)
    if isinstance(dataset, LanguagePairDataset) and dataset.tgt is None:
        raise InputError(
            f"The subset {subset!r} has no target side in the data folder: preprocess it with both languages."
        )
    return dataset
