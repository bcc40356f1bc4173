"""Sentences in which a neuron does most, against a literal search."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.statistics.strongest_sentences import strongest_sentences


def literal(sentences: list[list[int]], count: int, lowest: bool) -> list[int]:
    peaks = [(min(values) if lowest else -max(values), s) for s, values in enumerate(sentences) if values]
    return [s for _, s in sorted(peaks)[:count]]


@given(st.lists(st.lists(st.integers(-3, 3), max_size=4), max_size=8), st.integers(1, 9), st.booleans())
def test_sentences__are_those_of_the_literal_search(sentences, count, lowest):
    values = np.array([value for sentence in sentences for value in sentence], dtype=np.float32)
    offsets = np.cumsum([0, *map(len, sentences)])
    assert strongest_sentences(values, offsets, count, lowest) == literal(sentences, count, lowest)


def test_equal_sentences__come_in_their_order_and_once():
    values, offsets = np.array([1, 2, 2, 0, 2, 3, 3], dtype=np.float32), np.array([0, 2, 4, 4, 5, 7])
    assert strongest_sentences(values, offsets) == [4, 0, 1, 3]
    assert strongest_sentences(values, offsets, lowest=True) == [1, 0, 3, 4]
