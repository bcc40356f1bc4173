"""Cross-model methods against literal implementations on whole arrays, for two to four models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump

TOLERANCE = 1e-6
CONSTANT = 1
REPEATED = 2


def best_match(ours: np.ndarray, other: np.ndarray) -> np.ndarray:
    rho = np.array([[np.corrcoef(x, y)[0, 1] for y in other.T if np.ptp(y)] for x in ours.T if np.ptp(x)])
    return with_constant_neurons(rho.max(axis=1), ours)


def r_squared(ours: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Least squares with an intercept, one neuron after the other."""
    design = np.column_stack([np.ones(len(other)), (other - other.mean(axis=0)) / np.maximum(other.std(axis=0), 1e-30)])
    scores = []
    for x in ours.T[np.ptp(ours, axis=0) > 0]:
        fitted = design @ np.linalg.lstsq(design, x, rcond=1e-5)[0]
        scores.append(1 - ((x - fitted) ** 2).sum() / ((x - x.mean()) ** 2).sum())
    return with_constant_neurons(np.array(scores), ours)


def canonical_share(ours: np.ndarray, other: np.ndarray) -> np.ndarray:
    """From the singular vectors of the arrays themselves, and one ``np.corrcoef`` a neuron and direction."""
    left, right = components(ours), components(other)
    turn, rho, _ = np.linalg.svd(left.T @ right, full_matrices=False)
    directions = left @ turn
    scores = [
        sum(r * np.corrcoef(x, direction)[0, 1] ** 2 for r, direction in zip(rho, directions.T))
        for x in ours.T[np.ptp(ours, axis=0) > 0]
    ]
    return with_constant_neurons(np.array(scores), ours)


def components(values: np.ndarray) -> np.ndarray:
    """(words, k), orthonormal: as few as hold 99 % of the variance."""
    u, s, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    count = next(k for k in range(1, len(s) + 1) if (s[:k] ** 2).sum() >= 0.99 * (s**2).sum())
    return u[:, :count]


def with_constant_neurons(scores: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """0 for constant neurons."""
    every = np.zeros(ours.shape[1])
    every[np.ptp(ours, axis=0) > 0] = scores
    return every


LITERAL: dict[str, tuple[Callable, Callable]] = {
    "max": (best_match, np.max),
    "min": (best_match, np.min),
    "linear-regression": (r_squared, np.min),
    "svcca": (canonical_share, np.min),
}
every_method = pytest.mark.parametrize("method", LITERAL)


def models(seed: int, count: int = 3, words: int = 90, dtype: str = "float32") -> list[np.ndarray]:
    """Models of different sizes that share some directions; each has a constant neuron and one that repeats another."""
    generator = np.random.default_rng(seed)
    shared = generator.normal(size=(words, 4))
    arrays = []
    for size in (7, 5, 8, 6)[:count]:
        values = shared @ generator.normal(size=(4, size)) + generator.normal(size=(words, size)) * 0.5 + 3
        values[:, CONSTANT] = 0.1
        values[:, REPEATED] = values[:, 0]
        arrays.append(values.astype(dtype))
    return arrays


def write(folder: Path, arrays: list[np.ndarray]) -> list[Path]:
    return [write_dump(folder / name, array, str(array.dtype)) for name, array in zip("abcd", arrays)]


def by_index(ranking: Ranking) -> np.ndarray:
    scores = np.empty(len(ranking.order))
    scores[ranking.order] = ranking.scores
    return scores


@every_method
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 4),
    data=st.data(),
    block=st.sampled_from([7, 64, 4096]),
    dtype=st.sampled_from(["float16", "float32"]),
)
def test_scores__equal_the_literal_ones(tmp_path_factory, monkeypatch, method, seed, count, data, block, dtype):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", block)
    target = data.draw(st.integers(0, count - 1))
    arrays = models(seed, count, dtype=dtype)
    ranking = correlate(write(tmp_path_factory.mktemp("dumps"), arrays), target=target, method=method)
    wide = [array.astype(np.float64) for array in arrays]
    score, merge = LITERAL[method]
    expected = merge([score(wide[target], other) for i, other in enumerate(wide) if i != target], axis=0)
    np.testing.assert_allclose(by_index(ranking), expected, rtol=0, atol=TOLERANCE)
    assert (np.diff(ranking.scores) <= 0).all()
    assert ranking.method == f"crossmodel-{method}"


@every_method
def test_constant_neurons__score_0_with_a_warning(tmp_path, caplog, method):
    ranking = correlate(write(tmp_path, models(1)), method=method)
    assert by_index(ranking)[CONSTANT] == 0
    assert "3 of 20 neurons are constant; they score 0" in caplog.text


@every_method
def test_a_constant_model__scores_0(tmp_path, method):
    ours, other, _ = models(2)
    paths = write(tmp_path, [ours, np.full_like(other, 0.3)])
    assert not by_index(correlate(paths, method=method)).any()
    assert not by_index(correlate(paths, target=1, method=method)).any()


@every_method
def test_equal_runs__give_the_same_bits(tmp_path, method):
    paths = write(tmp_path, models(3))
    first, second = (correlate(paths, method=method) for _ in range(2))
    np.testing.assert_array_equal(first.scores, second.scores)
    np.testing.assert_array_equal(first.order, second.order)


@pytest.mark.parametrize("method", ["linear-regression", "svcca"])
def test_neurons_of_a_rotated_model__score_1(tmp_path, method):
    generator = np.random.default_rng(4)
    ours = generator.normal(size=(500, 6))
    rotation = np.linalg.qr(generator.normal(size=(6, 6)))[0]
    paths = write(tmp_path, [ours.astype(np.float32), (ours @ rotation).astype(np.float32)])
    scores = by_index(correlate(paths, method=method))
    assert (scores > 1 - 1e-5).all() and (scores <= 1).all()
    assert (by_index(correlate(paths, method="max")) < 0.99).all()


@pytest.mark.parametrize("method", ["linear-regression", "svcca"])
@pytest.mark.parametrize("scale", [1e-12, 1e4])
def test_offsets_and_scales__change_no_score(tmp_path, method, scale):
    arrays = models(5, words=400)
    moved = [((array.astype(np.float64) + 100) * scale).astype(np.float32) for array in arrays]
    (tmp_path / "moved").mkdir()
    expected = by_index(correlate(write(tmp_path, arrays), method=method))
    # Values near 100 have been rounded to 4e-6.
    np.testing.assert_allclose(
        by_index(correlate(write(tmp_path / "moved", moved), method=method)), expected, atol=1e-4
    )


def test_min__is_the_minimum_over_models(tmp_path):
    generator = np.random.default_rng(6)
    ours = generator.normal(size=(300, 3))
    twin, unrelated = ours + 0, generator.normal(size=(300, 3))
    unrelated[:, 0] = ours[:, 0]
    paths = write(tmp_path, [array.astype(np.float32) for array in (ours, twin, unrelated)])
    np.testing.assert_allclose(by_index(correlate(paths, method="max")), 1, atol=TOLERANCE)
    scores = by_index(correlate(paths, method="min"))
    assert scores[0] == pytest.approx(1, abs=TOLERANCE) and (scores[1:] < 0.3).all()


def test_absolute__applies_to_min(tmp_path):
    x = np.random.default_rng(7).normal(size=(50, 1)).astype(np.float32)
    paths = write(tmp_path, [x, -x, x])
    assert correlate(paths, method="min").scores[0] == pytest.approx(-1, abs=TOLERANCE)
    assert correlate(paths, method="min", absolute=True).scores[0] == pytest.approx(1, abs=TOLERANCE)


@pytest.mark.parametrize("method", ["linear-regression", "svcca"])
def test_fewer_words_than_neurons__are_refused(tmp_path, method):
    paths = write(tmp_path, models(8, words=8))
    with pytest.raises(InputError, match=rf"has 8 words, but method={method} needs more words than neurons \(8\)"):
        correlate(paths, method=method)
    correlate(paths[:2], method=method)
