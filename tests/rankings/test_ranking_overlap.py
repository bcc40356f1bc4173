"""Agreement of rankings against sets and formulas."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap


def ranking(order: list[int], checkpoint: str = "") -> Ranking:
    neurons = Neurons.of([Block("encoder", 0, "fwd", len(order))])
    return Ranking("test", neurons, np.array(order), np.arange(len(order), 0, -1.0), "", checkpoint)


pairs = st.integers(2, 12).flatmap(
    lambda size: st.tuples(st.permutations(range(size)), st.permutations(range(size)), st.integers(1, size))
)


def literal_top_overlap(a: list[int], b: list[int], k: int) -> float:
    return len(set(a[:k]) & set(b[:k])) / k


@given(pairs)
def test_overlaps__equal_the_literal_intersections(pair):
    a, b, k = pair
    assert top_overlap(ranking(a), ranking(b), k) == literal_top_overlap(a, b, k)
    literal = np.mean([literal_top_overlap(a, b, d) for d in range(1, k + 1)])
    assert average_overlap(ranking(a), ranking(b), k) == pytest.approx(literal, abs=1e-12)


@given(pairs)
def test_spearman__equals_the_formula_of_squared_differences(pair):
    a, b, _ = pair
    size = len(a)
    squares = sum((a.index(neuron) - b.index(neuron)) ** 2 for neuron in range(size))
    rho = 1 - 6 * squares / (size * (size**2 - 1))
    assert spearman(ranking(a), ranking(b)) == pytest.approx(rho, abs=1e-12)


def test_average_overlap__is_that_of_the_paper_by_webber_et_al():
    # Their worked example: A = <a b c d e f g>, B = <z c a v w x y>; agreements 0, 0, 2/3, 2/4, 2/5, 2/6, 2/7.
    a, b, c, d, e, f, g, z, v, w, x, y = range(12)
    first = ranking([a, b, c, d, e, f, g, z, v, w, x, y])
    second = ranking([z, c, a, v, w, x, y, b, d, e, f, g])
    assert average_overlap(first, second, 7) == pytest.approx((2 / 3 + 2 / 4 + 2 / 5 + 2 / 6 + 2 / 7) / 7)


def test_a_ranking__agrees_with_itself_and_is_opposed_to_its_reverse():
    up, down = ranking([0, 1, 2, 3]), ranking([3, 2, 1, 0])
    assert (top_overlap(up, up, 3), average_overlap(up, up, 4), spearman(up, up)) == (1, 1, pytest.approx(1))
    assert (top_overlap(up, down, 2), spearman(up, down)) == (0, pytest.approx(-1))


def test_spearman_of_one_neuron__is_nan():
    assert np.isnan(spearman(ranking([0]), ranking([0])))


def test_the_matrix__holds_every_pair():
    named = {"a": ranking([0, 1, 2, 3]), "b": ranking([1, 0, 2, 3]), "c": ranking([3, 2, 1, 0])}
    matrix = overlap_matrix(named, partial(top_overlap, k=1))
    np.testing.assert_array_equal(matrix, np.eye(3))
    np.testing.assert_allclose(overlap_matrix(named, spearman), [[1, 0.8, -1], [0.8, 1, -0.8], [-1, -0.8, 1]])


def test_rankings_of_different_neurons__are_refused():
    for measure in (partial(top_overlap, k=1), partial(average_overlap, depth=1), spearman):
        with pytest.raises(InputError, match="different neurons"):
            measure(ranking([0, 1]), ranking([0, 1, 2]))
    with pytest.raises(InputError, match="left and right have different neurons"):
        overlap_matrix({"left": ranking([0, 1]), "right": ranking([0, 1, 2])}, spearman)


def test_rankings_of_different_models__are_refused_unless_one_is_unknown():
    with pytest.raises(InputError, match="different models"):
        spearman(ranking([0, 1], "aaaa"), ranking([0, 1], "bbbb"))
    assert spearman(ranking([0, 1], "aaaa"), ranking([0, 1])) == pytest.approx(1)


@pytest.mark.parametrize("k", [0, -1, 3])
def test_depths_out_of_range__are_refused(k):
    with pytest.raises(InputError, match=f"k={k}"):
        top_overlap(ranking([0, 1]), ranking([0, 1]), k)
    with pytest.raises(InputError, match=f"depth={k}"):
        average_overlap(ranking([0, 1]), ranking([0, 1]), k)
