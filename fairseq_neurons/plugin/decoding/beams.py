"""The unfinished hypotheses of a batch."""

from dataclasses import dataclass
from typing import Optional

import torch
from torch import Tensor


@dataclass
class Beams:
    """S sentences with K beams each; row ``s * K + k`` is beam k of sentence s.

    Args:
        tokens: (S K, longest + 2) generated so far, after the start symbol.
        scores: (S K, longest + 1) log-probabilities, summed up to each token.
        attention: (S K, longest + 2, T) weights at which each token was generated; None of a decoder without any.
        ignored: (S, K) beams without a hypothesis, because too few candidates were left to fill them.
    """

    tokens: Tensor
    scores: Tensor
    attention: Optional[Tensor]
    ignored: Tensor

    @classmethod
    def start(cls, src_tokens: Tensor, beam: int, longest: int, first: int, pad: int) -> "Beams":
        """Start with empty hypotheses.

        Args:
            src_tokens: (S, T) source.
            beam: K.
            longest: maximum number of tokens in a hypothesis.
            first: the start symbol.
            pad: the padding symbol.
        """
        sentences, words = src_tokens.shape
        device, rows = src_tokens.device, sentences * beam
        tokens = torch.full((rows, longest + 2), pad, dtype=torch.long, device=device)
        tokens[:, 0] = first
        return cls(
            tokens,
            scores=torch.zeros(rows, longest + 1, device=device),
            attention=torch.empty(rows, longest + 2, words, device=device),
            ignored=torch.zeros(sentences, beam, dtype=torch.bool, device=device),
        )

    def attend(self, step: int, weights: Optional[Tensor]) -> None:
        """Note the attention (S, K, T), or (S, 1, T) of all beams alike, at which the next token is generated."""
        if weights is None:
            self.attention = None
        elif self.attention is not None:
            self.attention[:, step + 1].view(*self.ignored.shape, -1).copy_(weights)

    def keep_sentences(self, sentences: Tensor) -> None:
        """Keep only these sentences: (S',) indices."""
        count, beam = self.ignored.shape
        for name in ("tokens", "scores", "attention"):
            part = getattr(self, name)
            if part is not None:
                setattr(self, name, part.view(count, beam, *part.shape[1:])[sentences].flatten(0, 1))
        self.ignored = self.ignored[sentences]

    def extend(self, step: int, rows: Tensor, words: Tensor, scores: Tensor) -> None:
        """Continue from the beams ``rows`` with one word each; all (S, K)."""
        rows = rows.view(-1)
        self.tokens[:, : step + 1] = self.tokens[:, : step + 1].index_select(0, rows)
        self.scores[:, :step] = self.scores[:, :step].index_select(0, rows)
        if self.attention is not None:
            self.attention[:, 1 : step + 2] = self.attention[:, 1 : step + 2].index_select(0, rows)
        self.tokens[:, step + 1] = words.view(-1)
        self.scores[:, step] = scores.view(-1)
