from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing import prediction_scores as scores
from fairseq_neurons.probing.prediction_scores import accuracy, accuracy_difference, accuracy_interval, label_scores

LABELS = 4
labelled = st.lists(st.tuples(st.integers(0, LABELS - 1), st.integers(0, LABELS - 1)), max_size=30)


def test_accuracy__is_the_share_of_equal_labels():
    assert accuracy(np.array([0, 1, 2, 2]), np.array([0, 2, 2, 2])) == 0.75
    assert np.isnan(accuracy(np.array([]), np.array([])))


@settings(deadline=None)
@given(labelled)
def test_label_scores__equal_those_counted_by_hand(pairs):
    truth, predicted = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    found = label_scores(truth, predicted, LABELS)
    for label in range(LABELS):
        right = sum(t == p == label for t, p in pairs)
        said, there = sum(p == label for _, p in pairs), sum(t == label for t, _ in pairs)
        assert found.precision[label] == pytest.approx(right / said if said else 0)
        assert found.recall[label] == pytest.approx(right / there if there else 0)
        assert found.f1[label] == pytest.approx(2 * right / (said + there) if said + there else 0)
        assert found.support[label] == there


def sentences(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Some words of every sentence are right; sentences differ in how many."""
    generator = np.random.default_rng(seed)
    sentence = np.repeat(np.arange(count), generator.integers(1, 12, count))
    ease = generator.beta(4, 1, count)
    return generator.random(len(sentence)) < ease[sentence], sentence


def literal_interval(correct: np.ndarray, sentence: np.ndarray, resamples: int) -> tuple[float, float]:
    """Draw sentences, put their words together, count; one draw at a time."""
    generator, found = np.random.default_rng(99), []
    words = [correct[sentence == s] for s in np.unique(sentence)]
    for _ in range(resamples):
        found.append(np.concatenate([words[i] for i in generator.integers(0, len(words), len(words))]).mean())
    return tuple(np.percentile(found, [2.5, 97.5]))


def test_the_interval__is_that_of_literal_draws_of_sentences():
    correct, sentence = sentences(60)
    low, high = accuracy_interval(correct, sentence, resamples=4000)
    # Other draws: ends of 4000 differ by about a tenth of the interval's half-width.
    np.testing.assert_allclose([low, high], literal_interval(correct, sentence, 4000), atol=0.15 * (high - low) / 2)
    assert low < correct.mean() < high


def test_the_interval__is_wider_when_the_errors_of_a_sentence_go_together():
    sentence = np.repeat(np.arange(100), 10)
    together, spread = sentence % 5 > 0, np.arange(1000) % 5 > 0
    widths = [np.ptp(accuracy_interval(correct, sentence)) for correct in (together, spread)]
    assert widths[0] > 3 * widths[1]


def test_the_interval__depends_on_the_seed_alone(monkeypatch):
    correct, sentence = sentences(50)
    expected = accuracy_interval(correct, sentence, seed=3)
    assert accuracy_interval(correct, sentence * 17 - 5, seed=3) == expected
    assert accuracy_interval(correct, sentence, seed=4) != expected
    monkeypatch.setattr(scores, "BATCH_BYTES", 8 * 50 * 7)
    assert accuracy_interval(correct, sentence, seed=3) == expected


def test_more_confidence__makes_the_interval_wider():
    correct, sentence = sentences(50)
    assert np.ptp(accuracy_interval(correct, sentence, 0.99)) > np.ptp(accuracy_interval(correct, sentence, 0.8))


def test_all_correct__is_certain_and_one_sentence_has_no_interval():
    assert accuracy_interval(np.ones(6, dtype=bool), np.array([0, 0, 1, 1, 2, 2])) == (1, 1)
    assert np.isnan(accuracy_interval(np.array([True, False]), np.array([4, 4]))).all()
    assert np.isnan(accuracy_interval(np.array([], dtype=bool), np.array([], dtype=np.int64))).all()


def test_the_difference__is_antisymmetric_and_0_of_the_same():
    (a, sentence), b = sentences(80), sentences(80)[0].copy()
    b[::9] = False
    ahead, behind = accuracy_difference(a, b, sentence), accuracy_difference(b, a, sentence)
    assert ahead.value == pytest.approx(a.mean() - b.mean())
    assert ahead == pytest.approx((-behind.value, -behind.high, -behind.low))
    assert accuracy_difference(a, a, sentence) == (0, 0, 0)


def test_the_difference__is_surer_than_the_accuracies_it_compares():
    (a, sentence), b = sentences(80), sentences(80)[0].copy()
    b[::9] = False
    difference = accuracy_difference(a, b, sentence)
    assert difference.low > 0
    assert difference.high - difference.low < np.ptp(accuracy_interval(a, sentence))


def test_wrong_inputs__are_refused():
    two, three = np.ones(2, dtype=bool), np.arange(3)
    for call in (
        lambda: accuracy(two, three),
        lambda: label_scores(two, three, 2),
        lambda: accuracy_interval(two, three),
        lambda: accuracy_difference(two, three.astype(bool), three),
    ):
        with pytest.raises(InputError, match="equally long"):
            call()
    for settings_ in ({"confidence": 1.0}, {"confidence": 95}, {"resamples": 0}):
        with pytest.raises(InputError, match="confidence="):
            accuracy_interval(two, np.arange(2), **settings_)
