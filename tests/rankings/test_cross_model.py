"""Cross-model rankings: streamed correlations against ``np.corrcoef``."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump

TOLERANCE = 1e-6


def literal_scores(arrays: list[np.ndarray], target: int, absolute: bool) -> np.ndarray:
    """Every pair of neurons, one ``np.corrcoef`` each."""
    scores = []
    for ours in arrays[target].T.astype(np.float64):
        best = -np.inf
        for i, other in enumerate(arrays):
            for theirs in other.T.astype(np.float64) if i != target else []:
                if np.ptp(ours) and np.ptp(theirs):
                    rho = np.corrcoef(ours, theirs)[0, 1]
                    best = max(best, abs(rho) if absolute else rho)
        scores.append(0.0 if np.isneginf(best) else best)
    return np.array(scores)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 1000),
    target=st.integers(0, 2),
    absolute=st.booleans(),
    block=st.sampled_from([2, 7, 50, 4096]),
)
def test_scores__equal_the_literal_pairwise_ones(tmp_path_factory, monkeypatch, seed, target, absolute, block):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", block)
    folder = tmp_path_factory.mktemp("dumps")
    generator = np.random.default_rng(seed)
    shared = generator.normal(size=(60, 2))
    arrays = [
        (shared @ generator.normal(size=(2, size)) + generator.normal(size=(60, size))).astype(np.float32)
        for size in (4, 3, 5)
    ]
    paths = [write_dump(folder / str(i), array) for i, array in enumerate(arrays)]
    ranking = correlate(paths, target=target, absolute=absolute)
    expected = literal_scores(arrays, target, absolute)
    np.testing.assert_allclose(ranking.scores, expected[ranking.order], atol=TOLERANCE)
    assert (np.diff(ranking.scores) <= 0).all()


def test_constant_neurons__score_0_with_a_warning_and_match_no_neuron(tmp_path, caplog):
    generator = np.random.default_rng(4)
    left, right = generator.normal(size=(40, 3)), generator.normal(size=(40, 2))
    left[:, 1] = 0.1
    right[:, 0] = -3
    ranking = correlate([write_dump(tmp_path / "a", left), write_dump(tmp_path / "b", right)])
    scores = dict(zip(ranking.order.tolist(), ranking.scores.tolist()))
    assert scores[1] == 0
    assert scores[0] == pytest.approx(np.corrcoef(left[:, 0], right[:, 1])[0, 1], abs=TOLERANCE)
    assert "2 of 5 neurons are constant" in caplog.text


def test_signed_score__ignores_negative_correlation(tmp_path):
    x = np.random.default_rng(5).normal(size=(50, 1))
    paths = [write_dump(tmp_path / "a", x), write_dump(tmp_path / "b", -x)]
    assert correlate(paths).scores[0] == pytest.approx(-1, abs=TOLERANCE)
    assert correlate(paths, absolute=True).scores[0] == pytest.approx(1, abs=TOLERANCE)


def test_float16_dumps__are_read(tmp_path):
    generator = np.random.default_rng(6)
    left, right = (generator.normal(size=(80, 3)).astype(np.float16) for _ in range(2))
    paths = [write_dump(tmp_path / "a", left, "float16"), write_dump(tmp_path / "b", right, "float16")]
    ranking = correlate(paths)
    expected = literal_scores([left, right], 0, absolute=False)
    np.testing.assert_allclose(ranking.scores, expected[ranking.order], atol=TOLERANCE)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([["a", "b"], ["c"]], "sentence 2 has 2 words in one and 1 in the other"),
        ([["a", "x"], ["c", "d"]], "word 2 of sentence 1 is 'b' in one and 'x' in the other"),
        ([["a", "b"], ["c", "d"], ["e"]], "2 sentences and 3"),
    ],
)
def test_different_words__are_refused_with_the_sentence(tmp_path, words, sentence):
    same = [["a", "b"], ["c", "d"]]
    paths = [
        write_dump(tmp_path / str(i), np.random.default_rng(i).normal(size=(sum(map(len, text)), 2)), sentences=text)
        for i, text in enumerate([same, words])
    ]
    with pytest.raises(InputError, match=sentence):
        correlate(paths)


def test_invalid_arguments__are_refused_in_one_sentence(tmp_path):
    first = write_dump(tmp_path / "a", np.random.default_rng(0).normal(size=(9, 2)))
    second = write_dump(tmp_path / "b", np.random.default_rng(1).normal(size=(9, 2)))
    for arguments, sentence in [
        (dict(activations=[first]), "at least two models"),
        (dict(activations=[first, first]), "given twice"),
        (dict(activations=[first, second, second]), "given twice"),
        (dict(activations=[first, second], target=2), "there are 2 dumps, counted from 0"),
        (
            dict(activations=[first, second], method="mode"),
            "no method 'mode'; the methods are max, min, linear-regression, svcca, variance",
        ),
    ]:
        with pytest.raises(InputError, match=sentence):
            correlate(**arguments)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite__are_refused(tmp_path, value):
    values = np.random.default_rng(0).normal(size=(9, 2))
    first = write_dump(tmp_path / "a", values)
    broken = values.copy()
    broken[4, 1] = value
    with pytest.raises(InputError, match="b holds values that are not finite"):
        correlate([first, write_dump(tmp_path / "b", broken)])


def test_ranking__round_trips_with_its_signature(tmp_path):
    generator = np.random.default_rng(7)
    paths = [write_dump(tmp_path / name, generator.normal(size=(30, 4))) for name in "ab"]
    ranking = correlate(paths, absolute=True)
    ranking.save(tmp_path / "r.json")
    loaded = Ranking.load(tmp_path / "r.json")
    assert (loaded.method, loaded.neurons, loaded.signature) == (ranking.method, ranking.neurons, ranking.signature)
    np.testing.assert_array_equal(loaded.order, ranking.order)
    np.testing.assert_array_equal(loaded.scores, ranking.scores)
    assert "method:crossmodel-max|absolute:yes" in loaded.signature
    assert "words:30" in loaded.signature
