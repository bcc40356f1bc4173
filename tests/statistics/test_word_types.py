"""Top words, against sums written out word by word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.word_types import TopWord, WordStatistics, word_statistics
from tests.activations.small_dumps import write_dump, write_empty_dump

SENTENCES = [["no", "dog", "in", "May"], ["</s>"], ["May", "dog", "</s>"], ["in", "no", "May", "</s>"]]
VALUES = np.array(
    [[-1, 0, 7], [0, 1, 7], [0, 2, 7], [3, 3, 7], [0, 4, 7], [5, 5, 7]]
    + [[0, 6, 7], [0, 7, 7], [0, 8, 7], [-2, 9, 7], [4, 0, 7], [0, 1, 7]],
    dtype=np.float32,
)


@pytest.fixture
def statistics(tmp_path) -> WordStatistics:
    return word_statistics(Activations(write_dump(tmp_path / "a", VALUES, sentences=SENTENCES)))


def literal_shares(words: list[str], values: np.ndarray) -> dict[str, float]:
    """Of one neuron, (N,) float64."""
    total = sum((value - values.mean()) ** 2 for value in values)
    shares = {}
    for word in words:
        own = [value for other, value in zip(words, values) if other == word]
        shares[word] = len(own) * (sum(own) / len(own) - values.mean()) ** 2 / total
    return shares


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    words=st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40),
    seed=st.integers(0, 99),
    offset=st.sampled_from([0.0, -3e4]),
    block=st.sampled_from([1, 3, 4096]),
)
def test_statistics__equal_the_literal_ones(tmp_path_factory, monkeypatch, words, seed, offset, block):
    monkeypatch.setattr(Activations.blocks, "__defaults__", (block,))
    values = (np.random.default_rng(seed).normal(size=(len(words), 3)) + offset).astype(np.float32)
    found = word_statistics(Activations(write_dump(tmp_path_factory.mktemp("d") / "a", values, sentences=[words])))
    wide = values.astype(np.float64)
    np.testing.assert_allclose(found.mean, wide.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.variance, wide.var(axis=0), rtol=1e-9)
    for word, count, means in zip(found.words, found.counts, found.means):
        own = wide[[other == word for other in words]]
        assert count == len(own)
        np.testing.assert_allclose(means, own.mean(axis=0), rtol=1e-12)
    for neuron in range(3):
        expected = literal_shares(words, wide[:, neuron])
        shares = dict(zip(found.words, found.shares(neuron)))
        assert shares == pytest.approx(expected, rel=1e-6, abs=1e-9)
        assert found.identity()[neuron] == pytest.approx(sum(expected.values()), rel=1e-6)


def test_words__are_most_frequent_first_then_as_they_occur(statistics):
    assert statistics.words == ("May", "</s>", "no", "dog", "in")
    assert statistics.counts.tolist() == [3, 3, 2, 2, 2]


def test_top_words_by_mean__are_the_highest_or_the_lowest(statistics):
    assert [(top.word, top.count, top.mean) for top in statistics.by_mean(0, count=2)] == [
        ("May", 3, 4),
        ("</s>", 3, 0),
    ]
    lowest = statistics.by_mean(0, count=1, lowest=True)
    assert lowest == [TopWord("no", 2, -1.5, lowest[0].share)] and lowest[0].share < 0
    assert [top.word for top in statistics.by_mean(0, least=3)] == ["May", "</s>"]


def test_top_words_by_share__are_signed_by_their_side_of_the_mean(statistics):
    top = statistics.by_share(0, count=2)
    expected = literal_shares([word for sentence in SENTENCES for word in sentence], VALUES[:, 0].astype(np.float64))
    assert [word.word for word in top] == ["May", "no"]
    assert top[0].share == pytest.approx(expected["May"]) and top[1].share == pytest.approx(-expected["no"])


def test_sign_of_a_share__is_that_of_the_distance_from_the_mean(statistics):
    (may,) = [top for top in statistics.by_share(1) if top.word == "May"]
    assert 0 < may.mean < statistics.mean[1] and may.share < 0


def test_some_neurons__are_counted_from_0(statistics, tmp_path):
    found = word_statistics(Activations(tmp_path / "a"), slice(1, 2))
    assert found.by_mean(0) == statistics.by_mean(1) and found.by_share(0) == statistics.by_share(1)
    np.testing.assert_array_equal(found.means, statistics.means[:, 1:2])


def test_constant_neurons__have_no_share_and_no_top_word_by_it(statistics):
    assert statistics.variance[2] == 0 and not statistics.shares(2).any() and statistics.identity()[2] == 0
    assert statistics.by_share(2) == []


def test_identity_by_chance__is_its_mean_over_words_given_by_lot(tmp_path):
    generator = np.random.default_rng(3)
    words = [f"w{i % 30}" for i in range(200)]
    dump = Activations(write_dump(tmp_path / "a", generator.normal(size=(200, 400)), sentences=[words]))
    found = word_statistics(dump)
    assert found.by_chance == 29 / 199
    assert found.identity().mean() == pytest.approx(found.by_chance, abs=0.01)


def test_values_that_are_not_finite__are_refused(tmp_path):
    values = VALUES.copy()
    values[3, 1], values[5, 1] = np.inf, -np.inf
    with pytest.raises(InputError, match="a holds values that are not finite numbers"):
        word_statistics(Activations(write_dump(tmp_path / "a", values, sentences=SENTENCES)))


def test_dump_without_words__is_refused(tmp_path):
    dump = Activations(write_empty_dump(tmp_path / "a"))
    with pytest.raises(InputError, match="a has no words"):
        word_statistics(dump)
