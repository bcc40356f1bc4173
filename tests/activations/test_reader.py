"""Dumps are opened lazily, read in blocks, and checked."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from tests.activations.small_dumps import write_dump, write_empty_dump

SENTENCES = [["a", "b"], [], ["c", "a", "d"]]


@pytest.fixture
def values() -> np.ndarray:
    return np.arange(15, dtype=np.float32).reshape(5, 3)


@pytest.fixture
def dump(values, tmp_path) -> Activations:
    return Activations(write_dump(tmp_path / "a", values, sentences=SENTENCES))


def test_blocks__are_consecutive_and_of_the_asked_size(dump, values):
    blocks = list(dump.blocks(2))
    assert [len(block) for block in blocks] == [2, 2, 1]
    np.testing.assert_array_equal(np.concatenate(blocks), values)


def test_sentences__own_their_rows(dump, values):
    assert (len(dump), dump.sentences) == (5, SENTENCES)
    assert [dump.sentence(s).tolist() for s in range(3)] == [values[:2].tolist(), [], values[2:].tolist()]


def test_values__are_a_map_of_the_file(dump):
    assert isinstance(dump.values, np.memmap) and not dump.values.flags.writeable


def test_mean__is_exact_for_float16_values_whose_sum_is_not(tmp_path):
    values = np.full((4096, 2), 100.0)
    values[0] = [100.5, 101]
    dump = Activations(write_dump(tmp_path / "h", values, dtype="float16"))
    np.testing.assert_array_equal(dump.mean(), [100 + 0.5 / 4096, 100 + 1 / 4096])


def test_missing_line_of_words__is_reported(dump):
    (dump.path / "words.txt").write_text("a b\n\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"words.txt has 2 lines, its manifest promises 3\.$"):
        list(dump.stream_sentences())


def test_offsets_that_do_not_fit__are_refused(dump):
    np.save(dump.path / "offsets.npy", np.array([0, 3, 2, 5]))
    with pytest.raises(InputError, match="offsets.npy does not fit the manifest"):
        Activations(dump.path)


def test_mean_of_no_words__is_refused(tmp_path):
    dump = Activations(write_empty_dump(tmp_path / "a"))
    with pytest.raises(InputError, match="a has no words"):
        dump.mean()
