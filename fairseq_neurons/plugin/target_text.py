"""Sentences of the target language as text: subwords joined."""

from dataclasses import dataclass

from fairseq.data import Dictionary
from fairseq.data.data_utils import post_process
from torch import Tensor

from fairseq_neurons.activations.byte_pieces import decode_bytes
from fairseq_neurons.activations.subwords import detect_subwords
from fairseq_neurons.plugin.checkpoints import Loaded

# fairseq's names of the ways to join subwords.
POST_PROCESS = {"words": None, "bpe": "subword_nmt", "sentencepiece": "sentencepiece"}


@dataclass(frozen=True)
class TargetText:
    """Spells token indices as ``fairseq-generate --post-process`` does; SentencePiece's bytes become characters.

    Args:
        dictionary: of the target language.
        subwords: ``words``, ``bpe`` or ``sentencepiece``.
    """

    dictionary: Dictionary
    subwords: str

    @classmethod
    def of(cls, loaded: Loaded) -> "TargetText":
        """For the target language of a translation model."""
        dictionary = loaded.task.target_dictionary
        return cls(dictionary, loaded.subwords or detect_subwords(dictionary.symbols))

    def spelled(self, tokens: Tensor, escape_unk: bool = False) -> str:
        """The text of a sentence.

        Args:
            tokens: (pieces,) dictionary indices.
            escape_unk: whether unknown words are ``<<unk>>``, which match nothing.
        """
        line = self.dictionary.string(tokens, escape_unk=escape_unk)
        if self.subwords == "sentencepiece":
            line = " ".join(decode_bytes(line.split(" ")))
        return post_process(line, POST_PROCESS[self.subwords])
