"""A dump takes the recorded states batch by batch, in any order; without all of them nothing is left."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.dataset_sentences import Sentences
from fairseq_neurons.plugin.dumping import Dump, Provenance

PROVENANCE = Provenance("0" * 64, "bin/1", "test", "mask:x")


class FakeRecorder:
    """States that name the sentence and the position at which they were recorded."""

    neurons, side = Neurons.of([Block("encoder", 0, "fwd", 2)]), "source"

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths

    def take_sentences(self, sample: dict) -> list[np.ndarray]:
        return [np.array([[i, t] for t in range(self.lengths[i] + 1)], "float32") for i in sample["id"].tolist()]


@pytest.fixture
def sentences(dictionary) -> Sentences:
    """``w0 w1``, ``w2``, and ``w3 w4 w5``, each followed by the end-of-sentence symbol."""
    tokens = [[4, 5], [6], [7, 8, 9]]
    return Sentences(3, lambda i: np.array(tokens[i]), dictionary, eos_first=False)


def start(out, sentences: Sentences, kept=(0, 1, 2), **options) -> Dump:
    return Dump(out, sentences, np.array(kept), FakeRecorder([2, 1, 3]), PROVENANCE, **options)


def batch(*indices: int) -> dict:
    return {"id": torch.tensor(indices)}


def test_rows__are_in_the_order_of_the_data_set_whatever_the_batches(sentences, tmp_path):
    with start(tmp_path / "a", sentences) as dump:
        dump.add(batch(2))
        assert not (tmp_path / "a").exists()
        dump.add(batch(1, 0))
    written = Activations(tmp_path / "a")
    assert written.sentences == [["w0", "w1"], ["w2"], ["w3", "w4", "w5"]]
    assert written.values.tolist() == [[0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [2, 2]]
    manifest = written.manifest
    assert (manifest.data, manifest.subset, manifest.mask) == ("bin/1", "test", "mask:x")
    assert {"fairseq-neurons", "torch", "numpy"} <= set(manifest.versions)


def test_end_of_sentence__has_a_row_if_asked_for(sentences, tmp_path):
    with start(tmp_path / "a", sentences, eos=True) as dump:
        dump.add(batch(0, 1, 2))
    assert Activations(tmp_path / "a").sentences[1] == ["w2", "</s>"]
    assert Activations(tmp_path / "a").sentence(1).tolist() == [[1, 0], [1, 1]]


def test_sentences_that_are_too_long__have_no_rows_and_are_counted(sentences, tmp_path):
    with start(tmp_path / "a", sentences, kept=(0, 1), dtype="float16") as dump:
        dump.add(batch(0, 1))
    written = Activations(tmp_path / "a")
    assert (written.manifest.skipped, written.values.dtype, written.sentences[2]) == (1, np.float16, [])


def test_incomplete_dump__is_removed_with_an_error(sentences, tmp_path, caplog):
    with caplog.at_level(logging.ERROR), start(tmp_path / "a", sentences) as dump:
        dump.add(batch(0))
    assert list(tmp_path.iterdir()) == []
    assert caplog.messages == [f"{tmp_path / 'a'} was not written: 2 sentences have not been read"]


def test_unknown_subwords__are_a_warning_only_without_the_text(dictionary, tmp_path, caplog):
    tokens = np.array([4, dictionary.unk()])
    for name, text, warned in (("a", None, True), ("b", ["w0 w9@@"], False)):
        caplog.clear()
        given = Sentences(1, lambda i: tokens, dictionary, eos_first=False, text=text, subwords_given="bpe")
        with caplog.at_level(logging.WARNING), start(tmp_path / name, given, kept=[0]) as dump:
            dump.add(batch(0))
        assert any("1 sentences have unknown subwords" in message for message in caplog.messages) == warned


def test_word_with_a_space__is_of_a_damaged_dictionary(sentences, tmp_path, monkeypatch):
    symbols = [*sentences.dictionary.symbols]
    symbols[6] = "two words"
    monkeypatch.setattr(sentences.dictionary, "symbols", symbols)
    with pytest.raises(InputError, match="bin/1 cannot be dumped: 'two words' is not one word"):
        start(tmp_path / "a", sentences)
    assert not (tmp_path / "a").exists()
