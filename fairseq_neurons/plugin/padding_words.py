"""``<pad>`` as a word of a text: fairseq takes it for padding, at which no model has a state."""

from typing import Any

from fairseq.data import BaseWrapperDataset, Dictionary, FairseqDataset, LanguagePairDataset, MonolingualDataset
from torch import Tensor


def padding_words_unknown(dataset: FairseqDataset) -> FairseqDataset:
    """Make the word ``<pad>`` an unknown word of a data set, as any other that its dictionary lacks.

    Args:
        dataset: of a task; changed in place, once.

    Returns:
        The same data set.
    """
    if isinstance(dataset, LanguagePairDataset) and dataset.buckets is None:  # buckets contain padding
        dataset.src = _Sentences.of(dataset.src, dataset.src_dict)
        if dataset.tgt is not None:
            dataset.tgt = _Sentences.of(dataset.tgt, dataset.tgt_dict)
    elif isinstance(dataset, MonolingualDataset):
        dataset.dataset = _Sentences.of(dataset.dataset, dataset.vocab)
    return dataset


def without_padding(tokens: Tensor, dictionary: Dictionary) -> Tensor:
    """The tokens of a sentence, those that stand for padding replaced by the unknown word."""
    return tokens.masked_fill(tokens.eq(dictionary.pad()), dictionary.unk())


class _Sentences(BaseWrapperDataset):
    """Sentences, or for a language model what is read, what is predicted, and a third part that is not used."""

    def __init__(self, dataset: Any, dictionary: Dictionary) -> None:
        super().__init__(dataset)
        self.dictionary = dictionary

    @classmethod
    def of(cls, dataset: Any, dictionary: Dictionary) -> "_Sentences":
        return dataset if isinstance(dataset, cls) else cls(dataset, dictionary)

    def __getitem__(self, index: int) -> Any:
        found = self.dataset[index]
        if isinstance(found, tuple):
            return (*(without_padding(part, self.dictionary) for part in found[:2]), *found[2:])
        return without_padding(found, self.dictionary)
