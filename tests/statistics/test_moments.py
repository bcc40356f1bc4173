"""Streamed moments against numpy's, on the same values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.statistics.moments import FEW, PENDING, Columns, Moments

TOLERANCE = 1e-6
both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def moments_of(arrays: list[np.ndarray], pairs: list[tuple[int, int]], block: int, dtype: type) -> Moments:
    columns, moments = [Columns(dtype) for _ in arrays], Moments(pairs)
    for start in range(0, len(arrays[0]), block):
        moments.add([one.shifted(array[start : start + block]) for one, array in zip(columns, arrays)])
    return moments


def assert_moments(arrays: list[np.ndarray], block: int, dtype: type, tolerance: float = TOLERANCE) -> None:
    """Against float64 numpy, on values that are centred by an exact first row: offsets cost numpy digits, too.

    Columns are repeated until there are enough for products in float32.
    """
    arrays = [np.tile(array, (1, -(-FEW // array.shape[1]))) for array in arrays]
    moments = moments_of(arrays, [(0, 1), (1, 1)], block, dtype)
    wide = [array.astype(np.float64) - array[0].astype(np.float64) for array in arrays]
    varying = [np.ptp(array, axis=0) > 0 for array in arrays]
    with np.errstate(all="ignore"):
        # Powers of two change no digit, and keep squares of tiny values from vanishing.
        scaled = [array / np.exp2(np.ceil(np.log2(np.abs(array).max(axis=0)))) for array in wide]
        expected = np.corrcoef(np.hstack(scaled), rowvar=False)
    expected[~np.concatenate(varying)] = np.nan
    expected[:, ~np.concatenate(varying)] = np.nan
    size = arrays[0].shape[1]
    np.testing.assert_allclose(moments.correlation(0, 1), expected[:size, size:], rtol=0, atol=tolerance)
    np.testing.assert_allclose(moments.correlation(1, 1), expected[size:, size:], rtol=0, atol=tolerance)
    for i, array in enumerate(arrays):
        np.testing.assert_array_equal(moments.constant(i), ~varying[i])
        np.testing.assert_allclose(moments.variance(i), wide[i].var(axis=0), rtol=1e-5, atol=0)
        spread = np.abs(wide[i]).max(axis=0)
        assert (np.abs(moments.mean(i) - array.astype(np.float64).mean(axis=0)) <= 1e-6 * spread + 1e-300).all()


@both_precisions
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, -1e4])
@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e-4, 1.0, 1e8, 1e30])
@pytest.mark.parametrize("first_rows", ["random", "constant", "far"])
def test_moments__keep_their_accuracy_at_any_offset_and_scale(dtype, offset, scale, first_rows):
    generator = np.random.default_rng(2)
    left, right = generator.normal(size=(3000, 6)), generator.normal(size=(3000, 5))
    right[:, :3] += left[:, :3]
    if first_rows != "random":
        left[:500] = left[0] + (first_rows == "far") * np.array([0, 10, -100, 1e3, 1e4, 1e6])
    right[:, 4] = 0.1
    arrays = [((left + offset) * scale).astype(np.float32), ((right - offset) * scale).astype(np.float32)]
    assert_moments(arrays, 500, dtype)


@settings(deadline=None, max_examples=100)
@given(
    rows=st.integers(2, 200),
    block=st.sampled_from([1, 3, 7, 64, 200]),
    seed=st.integers(0, 10_000),
    stored=st.sampled_from([np.float16, np.float32]),
    kinds=st.lists(st.sampled_from(["noise", "constant", "spike", "steps", "tiny", "drift"]), min_size=2, max_size=6),
)
def test_moments__equal_numpys_on_any_columns(rows, block, seed, stored, kinds):
    generator = np.random.default_rng(seed)

    def column(kind: str) -> np.ndarray:
        offset = generator.choice([0.0, 1.0, -300.0])
        values = {
            "noise": generator.normal(size=rows),
            "constant": np.full(rows, generator.normal()),
            "spike": np.eye(1, rows, int(generator.integers(rows)))[0] * 100,
            "steps": np.sign(np.arange(rows) - rows / 2) * 50,
            "tiny": generator.normal(size=rows) * 1e-4 - offset,
            "drift": np.linspace(-50, 50, rows) + generator.normal(size=rows),
        }
        return values[kind] + offset

    arrays = [np.stack([column(kind) for kind in kinds], axis=1).astype(stored) for _ in range(2)]
    assert_moments(arrays, block, np.float32)


@both_precisions
def test_more_blocks_than_are_corrected_at_once__and_scales_that_change_between_them(dtype):
    generator = np.random.default_rng(3)
    rows = 64 * (2 * PENDING + 5)
    arrays = [generator.normal(size=(rows, 4)) + np.linspace(-50, 50, rows)[:, None] for _ in range(2)]
    # One neuron wakes up late, another grows beyond what its first scale can hold.
    arrays[0][: rows // 2, 1] = 0.25
    arrays[0][: rows // 2, 2] *= 1e-25
    assert_moments([array.astype(np.float32) for array in arrays], 64, dtype)


@pytest.mark.parametrize("rows", [200, 1000, 5000])
def test_neurons_of_two_values__keep_their_accuracy(rows):
    # The rounding of the same few products, over and over, does not average out.
    generator = np.random.default_rng(7)
    states = generator.random((rows, 120)) < generator.uniform(0.1, 0.9, 120)
    arrays = [(states * generator.normal(size=120) + generator.normal(size=120)).astype(np.float32) for _ in range(2)]
    assert_moments(arrays, 4096, np.float32)


def test_products_of_few_columns__are_as_accurate():
    generator = np.random.default_rng(8)
    values = (generator.normal(size=(1000, 3)) - 300).astype(np.float16)
    moments = moments_of([values], [(0, 0)], 4096, np.float32)
    expected = np.corrcoef(values.astype(np.float64), rowvar=False)
    np.testing.assert_allclose(moments.correlation(0, 0), expected, rtol=0, atol=TOLERANCE)


def test_products_of_float64__have_its_digits():
    generator = np.random.default_rng(4)
    arrays = [generator.normal(size=(400, 3)).astype(np.float32) for _ in range(2)]
    assert_moments(arrays, 90, np.float64, tolerance=1e-13)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 3, 8])
def test_values_that_are_not_finite__are_refused_wherever_they_are(value, row):
    values = np.random.default_rng(5).normal(size=(20, 3)).astype(np.float32)
    values[row, 1] = value
    columns = Columns(np.float32)
    with pytest.raises(ValueError, match="finite"):
        columns.shifted(values)
    columns.shifted(np.ones((5, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="finite"):
        columns.shifted(values)


def test_a_block__is_left_as_it_was():
    values = np.random.default_rng(6).normal(size=(20, 3)).astype(np.float32)
    before = values.copy()
    Columns(np.float32).shifted(values)
    np.testing.assert_array_equal(values, before)


def test_one_row__changes_nothing():
    moments = moments_of([np.array([[3.0, -1e5]], dtype=np.float32)], [(0, 0)], 1, np.float32)
    assert moments.constant(0).all() and np.isnan(moments.correlation(0, 0)).all()
    np.testing.assert_array_equal(moments.mean(0), [3, -1e5])


def test_prepared_values__hold_until_the_next_block_but_one():
    blocks = [np.random.default_rng(i).normal(size=(rows, 3)).astype(np.float32) for i, rows in enumerate([20, 20, 7])]
    columns = Columns(np.float32)
    prepared = [columns.shifted(block) for block in blocks[:2]]
    kept = prepared[1].values.copy()
    assert not np.shares_memory(prepared[0].values, prepared[1].values)
    last = columns.shifted(blocks[2])
    np.testing.assert_array_equal(prepared[1].values, kept)
    np.testing.assert_allclose(last.values, blocks[2] - last.shift, atol=1e-6)
