"""The design matrix: every kind of array gives the same blocks."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from fairseq_neurons.activations import design_matrix as module
from fairseq_neurons.activations.design_matrix import BLOCK, Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from tests.probing.made_problems import made

PRECISIONS = [np.float16, np.float32, np.float64]


def on_disk(folder, X: np.ndarray, mode: str = "r") -> np.memmap:
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode=mode)


def whole(design: Design, size: int) -> np.ndarray:
    """All blocks, which must be consecutive and not larger than asked for."""
    values, done = [], 0
    for rows, block in design.blocks(size):
        assert rows.start == done and 0 < len(block) <= size
        assert block.dtype == design.dtype
        done += len(block)
        values.append(block)
    return torch.cat(values).numpy()


def forms(folder, X: np.ndarray) -> dict[str, np.ndarray]:
    """The same values: in memory, a file's, and three views of a file's that are not the whole of it."""
    (folder / "views").mkdir()
    larger = on_disk(folder / "views", np.pad(X, ((3, 5), (2, 1)), constant_values=9))
    return {
        "array": X,
        "fortran": np.asfortranarray(X),
        "file": on_disk(folder, X),
        "view": larger[3:-5, 2:-1],
        "reversed": larger[-6:2:-1, 2:-1][::-1],
    }


@pytest.mark.parametrize("resident", [0, 1 << 20])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_blocks__are_the_values_of_every_kind_of_array(tmp_path, monkeypatch, precision, resident):
    monkeypatch.setattr(module, "RESIDENT_BYTES", resident)
    X = made(1, words=50)[0].astype(precision)
    rows, columns = np.array([0, 3, 4, 9, 30, 31, 49]), np.array([5, 0, 2])
    for values in forms(tmp_path, X).values():
        for size in (7, 50, 99):
            np.testing.assert_array_equal(whole(Design(values), size), X)
            np.testing.assert_array_equal(whole(Design(values, rows), size), X[rows])
            np.testing.assert_array_equal(whole(Design(values, rows, columns), size), X[rows][:, columns])
            np.testing.assert_array_equal(whole(Design(values, None, columns), size), X[:, columns])
        design = Design(values, rows, columns)
        assert design.shape == (7, 3)
        assert design.dtype == (torch.float64 if precision == np.float64 else torch.float32)
        for _ in range(2):
            np.testing.assert_array_equal(design.rows_at(np.array([6, 0, 0])), X[rows][[6, 0, 0]][:, columns])
            np.testing.assert_array_equal(design.dense(), X[rows][:, columns])


def test_select__counts_among_the_chosen_columns():
    X, _ = made(2, words=20)
    design = Design(X, columns=np.array([5, 0, 2])).select(np.array([2, 1]))
    np.testing.assert_array_equal(design.dense(), X[:, [2, 0]])
    np.testing.assert_array_equal(Design(X).select(np.array([4])).dense(), X[:, [4]])


def test_select__cuts_what_is_in_memory_and_does_not_read_it_again(tmp_path, monkeypatch):
    X, _ = made(2, words=20)
    design = Design(on_disk(tmp_path, X), np.array([3, 5, 19]), np.array([5, 0, 2]))
    design.dense()
    monkeypatch.setattr(Design, "_read", lambda self, size: pytest.fail("read again"))
    for columns in ([2, 1], [2], [0, 1, 2]):
        cut = design.select(np.array(columns)[::-1])
        np.testing.assert_array_equal(cut.dense(), X[[3, 5, 19]][:, [5, 0, 2]][:, columns[::-1]])
        np.testing.assert_array_equal(cut.rows_at(np.array([2])), cut.dense()[[2]])


@pytest.mark.parametrize("count", [1, 7, 100, 1000])
def test_sample__is_evenly_spread(count):
    values = np.arange(100.0)[:, None]
    found = Design(values).sample(count)[:, 0]
    assert min(count, 100) <= len(found) <= 2 * count
    assert len(set(found.diff().tolist())) <= 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["array", "map", "Design"])
def test_values_that_are_not_finite__are_refused_in_one_sentence(tmp_path, bad, kind):
    X, y = made(3)
    X[77, 2] = bad
    values = {"array": X, "map": on_disk(tmp_path, X), "Design": Design(X)}[kind]
    first = r"the first is at word 77, neuron 2 \(both counted from 0\)"
    with pytest.raises(
        InputError, match=rf"^X holds values that are not finite numbers \(NaN or infinity\): {first}\.$"
    ):
        ElasticNetProbe().fit(values, y)
    with pytest.raises(InputError, match="layer 3 holds values"):
        Design(X, source="layer 3").rows_at(np.array([1, 77]))


def test_the_first_value_that_is_not_finite__is_named_as_in_the_whole(tmp_path):
    X, _ = made(3, words=50)
    X[[31, 30], [0, 4]] = np.nan
    for values in (X, on_disk(tmp_path, X)):
        some = Design(values, np.array([0, 4, 30, 31]), np.array([5, 0, 4]))
        for read in (some.dense, lambda design=some: design.rows_at(np.array([1, 2]))):
            with pytest.raises(InputError, match=r"word 30, neuron 4 \(both"):
                read()


def test_a_nan_in_an_unused_place__does_not_matter():
    X, y = made(3)
    X[77, 2] = np.nan
    others = np.delete(np.arange(len(X)), 77)
    assert np.isfinite(Design(X, others).dense()).all()
    assert np.isfinite(Design(X, columns=np.array([0, 1])).dense()).all()


@pytest.mark.parametrize("shape", [(5,), (5, 2, 2)])
def test_values_that_are_no_matrix__are_refused(shape):
    with pytest.raises(InputError, match="two dimensions, words x neurons"):
        Design(np.zeros(shape))


def test_a_file_that_is_too_large__is_read_in_blocks_and_gives_the_same_fit(tmp_path, monkeypatch):
    X, y = made(4, words=10_000)
    X = X.astype(np.float32)
    expected = ElasticNetProbe(1e-3, 1e-3).fit(X, y)
    monkeypatch.setattr(module, "RESIDENT_BYTES", 0)
    counts, fromfile = [], np.fromfile
    monkeypatch.setattr(module.np, "fromfile", lambda f, t, n: (counts.append(n), fromfile(f, t, n))[1])
    design = Design(on_disk(tmp_path, X))
    found = ElasticNetProbe(1e-3, 1e-3).fit(design, y)
    assert max(counts) == BLOCK * 6 and design._kept is None
    np.testing.assert_allclose(found.coef_, expected.coef_, atol=1e-5)
    assert found.objective_ == pytest.approx(expected.objective_, abs=1e-6)
    np.testing.assert_array_equal(found.predict(design), expected.predict(X))


def test_a_float16_dump__gives_the_fit_of_the_same_values_in_float32(tmp_path):
    X, y = made(5)
    half = X.astype(np.float16)
    found, expected = (
        ElasticNetProbe(1e-3, 1e-3).fit(v, y) for v in (on_disk(tmp_path, half), half.astype(np.float32))
    )
    np.testing.assert_array_equal(found.coef_, expected.coef_)
    np.testing.assert_array_equal(ElasticNetProbe(1e-3, 1e-3).fit(half, y).coef_, expected.coef_)


def test_what_was_written_to_a_map__is_seen(tmp_path):
    X, _ = made(6)
    for mode in ("c", "r+"):
        values = on_disk(tmp_path, X, mode)
        values[3, 3] = 42
        assert Design(values).dense()[3, 3] == 42


def test_read_only_values__raise_no_warning(tmp_path):
    X, y = made(7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ElasticNetProbe().fit(on_disk(tmp_path, X)[5:], y[5:])
        X.flags.writeable = False
        ElasticNetProbe().fit(X, y)
