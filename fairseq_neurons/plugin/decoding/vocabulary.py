"""From features to the best words of the vocabulary, a few rows at a time so that the scores stay in the cache."""

from typing import Callable, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

SCORES_AT_A_TIME = 1 << 21  # 8 MiB: they are written once and read three times
CHUNK = 64


class Candidates(NamedTuple):
    """The best continuations of each sentence, best first; each (S, count)."""

    scores: Tensor
    words: Tensor
    beams: Tensor


class Vocabulary:
    """A copy of a decoder's output layer; make a new one when the weights have changed.

    Args:
        weight: (V, out).
        bias: (V,), if there is one.
    """

    def __init__(self, weight: Tensor, bias: Optional[Tensor]) -> None:
        self.size = len(weight)
        bias = weight.new_zeros(self.size) if bias is None else bias.detach()
        # Whole chunks; the words that fill up the last one have no probability.
        missing = -self.size % CHUNK
        weight = torch.cat([weight.detach(), weight.new_zeros(missing, weight.size(1))])
        self.weight = weight.t().contiguous()  # (out, V')
        self.bias = torch.cat([bias, bias.new_full((missing,), float("-inf"))])  # (V',)
        # Memory that is used again stays in the cache, and the operating system need not clear it.
        self._scores = self.weight.new_empty(0, len(self.bias))

    def log_probs(self, features: Tensor, temperature: float = 1.0, out: Optional[Tensor] = None) -> Tensor:
        """(n, out) -> (n, V'), written to ``out`` if there is one; columns from V on only fill up the last chunk."""
        scores = torch.addmm(self.bias, features, self.weight, out=out)
        torch.log_softmax(scores if temperature == 1.0 else scores.div_(temperature), dim=1, out=scores)
        if scores[:, :1].isnan().any():  # where one number of a row is NaN, all are
            scores.masked_fill_(scores.isnan(), float("-inf"))  # as fairseq does
        return scores

    def best(
        self,
        features: Tensor,
        so_far: Tensor,
        count: int,
        restrict: Callable[[Tensor], object],
        temperature: float = 1.0,
    ) -> Candidates:
        """The best continuations of each sentence's beams.

        Args:
            features: (S K, out).
            so_far: (S, K), what is added to the log-probabilities of each beam's words.
            count: how many, at most K V.
            restrict: changes (n, V') log-probabilities in place, before they are compared.
            temperature: divides the scores before they become probabilities.
        """
        sentences, beams = so_far.shape
        at_once = max(1, SCORES_AT_A_TIME // (len(self.bias) * beams))
        width, found = len(self.bias), []
        if len(self._scores) < min(at_once, sentences) * beams:
            self._scores = features.new_empty(min(at_once, sentences) * beams, width)
        for start in range(0, sentences, at_once):
            mine = slice(start, min(start + at_once, sentences))
            part = features[start * beams : mine.stop * beams]
            log_probs = self.log_probs(part, temperature, out=self._scores[: len(part)])
            restrict(log_probs)
            found.append(_best_of_chunks(log_probs.view(mine.stop - start, beams, -1, CHUNK), so_far[mine], count))
        scores, places = (torch.cat(parts) for parts in zip(*found))
        # Beyond the last word nothing has a probability.
        words = places.remainder(width).clamp_(max=self.size - 1)
        return Candidates(scores, words, places.div(width, rounding_mode="floor"))

    def log_probs_of(self, features: Tensor, words: Tensor) -> Tensor:
        """(n, out) features and (n,) words -> (n,) float64 log-probabilities of these words."""
        at_once = max(1, SCORES_AT_A_TIME // len(self.bias))
        parts = [
            self.log_probs(features[start : start + at_once]).gather(1, words[start : start + at_once, None])
            for start in range(0, len(features), at_once)
        ]
        return torch.cat(parts).squeeze(1).double() if parts else features.new_zeros(0).double()


def _best_of_chunks(log_probs: Tensor, so_far: Tensor, count: int) -> Tuple[Tensor, Tensor]:
    """The ``count`` best of each sentence: none of them is outside the ``count`` chunks with the highest maxima.

    Args:
        log_probs: (S, K, chunks, CHUNK), overwritten.
        so_far: (S, K).
        count: at most K V.

    Returns:
        Scores and places in K chunks CHUNK, each (S, count).
    """
    sentences, beams, chunks, _ = log_probs.shape
    if beams * chunks <= count:
        return (log_probs.add_(so_far[:, :, None, None])).view(sentences, -1).topk(count)
    highest = (log_probs.amax(dim=3) + so_far[:, :, None]).view(sentences, -1)  # (S, K chunks)
    chosen = highest.topk(count).indices  # (S, count)
    rows = chosen + torch.arange(sentences, device=chosen.device)[:, None] * (beams * chunks)
    values = log_probs.view(-1, CHUNK).index_select(0, rows.view(-1)).view(sentences, count, CHUNK)
    values = values + so_far.gather(1, chosen.div(chunks, rounding_mode="floor"))[:, :, None]
    scores, inside = values.view(sentences, -1).topk(count)
    places = chosen.gather(1, inside.div(CHUNK, rounding_mode="floor")) * CHUNK + inside.remainder(CHUNK)
    return scores, places
