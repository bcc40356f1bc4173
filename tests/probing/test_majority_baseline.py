from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.majority_baseline import MajorityBaseline

training = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 3)), min_size=1, max_size=40)


def literal_majority(labels: list[int]) -> int:
    counts = Counter(labels)
    return next(label for label in range(4) if counts[label] == max(counts.values()))


@given(training)
def test_predictions__equal_the_counts_word_by_word(pairs):
    words, labels = zip(*pairs)
    baseline = MajorityBaseline.fit(words, labels)
    for word in "abcdefg":
        seen = [label for other, label in pairs if other == word]
        assert baseline.predict([word]).tolist() == [literal_majority(seen or list(labels))]


@given(training)
def test_predictions__do_not_depend_on_the_order_of_words(pairs):
    assert MajorityBaseline.fit(*zip(*pairs)) == MajorityBaseline.fit(*zip(*pairs[::-1]))


def test_ties__go_to_the_smaller_label():
    baseline = MajorityBaseline.fit(["run", "run", "the"], np.array([2, 1, 2]))
    assert baseline.predict(["run", "the", "dog"]).tolist() == [1, 2, 2]
    assert MajorityBaseline.fit(["a", "b"], [3, 1]).predict(["c"]).tolist() == [1]


def test_unknown_share__counts_words_of_the_text_not_types():
    baseline = MajorityBaseline.fit(["the"], [0])
    assert baseline.unknown_share(["dog", "dog", "the", "cat"]) == 0.75
    assert np.isnan(baseline.unknown_share([]))
    assert baseline.predict([]).shape == (0,)


@pytest.mark.parametrize("words, labels", [([], []), (["a"], [0, 1]), (["a", "b"], np.array([0]))])
def test_words_and_labels_that_do_not_match__are_refused(words, labels):
    with pytest.raises(InputError, match="a label for each"):
        MajorityBaseline.fit(words, labels)
