"""The best next words of a beam search, found a chunk of the vocabulary at a time."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.plugin.decoding.vocabulary import Vocabulary


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5), st.integers(1, 6), st.integers(3, 700), st.integers(1, 12), st.integers(0, 10**6), st.booleans()
)
def test_best_words__are_those_of_a_sort_of_everything(count_of_sentences, beams, size, count, seed, some_ended):
    count = min(count, beams * size)
    generator = torch.Generator().manual_seed(seed)
    weight, bias = torch.randn(size, 4, generator=generator), torch.randn(size, generator=generator)
    features = torch.randn(count_of_sentences * beams, 4, generator=generator)
    so_far = -10 * torch.rand(count_of_sentences, beams, generator=generator)
    if some_ended:
        so_far[:, 1:] = -float("inf")
    found = Vocabulary(weight, bias).best(features, so_far, count, lambda log_probs: None)
    log_probs = torch.log_softmax(features @ weight.t() + bias, dim=1).view(count_of_sentences, beams, size)
    everything = (log_probs + so_far[:, :, None]).view(count_of_sentences, -1).sort(dim=1, descending=True)
    torch.testing.assert_close(found.scores, everything.values[:, :count], atol=1e-4, rtol=1e-4)
    finite = found.scores.isfinite()
    picked = log_probs[torch.arange(count_of_sentences)[:, None], found.beams, found.words]
    expected = picked + so_far.gather(1, found.beams)
    torch.testing.assert_close(found.scores[finite], expected[finite], atol=1e-4, rtol=1e-4)
    places = (found.beams * size + found.words).masked_fill(~finite, -1)
    assert all(len(set(row.tolist()) - {-1}) == int(ok.sum()) for row, ok in zip(places, finite, strict=True))
