"""Words of two dumps meet their labels."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from tests.activations.small_dumps import write_dump
from tests.labels.conllu_text import text_of, word
from tests.probing.study.made_words import MODEL, task_of, write_parts

SENTENCES = [["a", "b", "c"], [], ["d"], ["e", "f"]]
VALUES = np.arange(18, dtype=np.float32).reshape(6, 3)


@pytest.fixture
def dump(tmp_path) -> Path:
    return write_dump(tmp_path / MODEL, VALUES, sentences=SENTENCES)


def label_file(folder: Path, *lines: str) -> str:
    path = folder / "labels.txt"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return str(path)


def open_one(dump: Path, labels: str = "position", **options):
    return open_two(dump, dump, labels, **options)


def open_two(train: Path, test: Path, labels: str = "position", **options):
    return task_of(*({"activations": dump, "labels": labels} for dump in (train, test)), **options)


def test_rows_without_label__keep_words_sentences_and_values_together(dump, tmp_path):
    task = open_one(dump, label_file(tmp_path, "N - V", "", "-", "V N"), ignore=["-"])
    assert task.labels == ("N", "V")
    for part in (task.train, task.test):
        assert part.words == ["a", "c", "e", "f"]
        assert part.y.tolist() == [0, 1, 1, 0]
        assert part.sentence.tolist() == [0, 0, 3, 3]
        np.testing.assert_array_equal(part.design.dense(), VALUES[[0, 2, 4, 5]])


def test_neurons__are_columns_in_index_order(dump, tmp_path):
    task = open_one(dump, label_file(tmp_path, "N V N", "", "V", "V N"), neurons="encoder.0.fwd.2,0")
    assert task.columns.tolist() == [0, 2]
    assert len(task.neurons) == 3
    np.testing.assert_array_equal(task.train.design.dense(), VALUES[:, [0, 2]])
    with pytest.raises(InputError, match="No neuron matches"):
        open_one(dump, neurons="decoder.*")


def test_labelers_and_conllu_columns__give_the_labels(dump, tmp_path):
    task = open_one(dump)
    assert [task.labels[i] for i in task.train.y] == ["begin", "middle", "end", "middle", "begin", "end"]
    cases = {"a": "Nom", "d": "Nom"}
    texts = [
        [word(str(i + 1), form, feats=f"Case={cases.get(form, 'Acc')}") for i, form in enumerate(words)]
        for words in SENTENCES
        if words
    ]
    skipped = [word("1", "left"), word("2", "out")]
    (tmp_path / "a.conllu").write_text(text_of(texts[0], skipped, *texts[1:]), encoding="utf-8")
    task = open_one(dump, str(tmp_path / "a.conllu"), column="Case")
    assert [task.labels[i] for i in task.train.y] == ["Nom", "Acc", "Acc", "Nom", "Acc", "Acc"]
    assert "|labels:a.conllu|column:Case|" in task.signature


def test_dumps_of_different_models_and_checkpoints__are_refused(dump, tmp_path):
    wider = write_dump(tmp_path / "wider" / MODEL, np.zeros((6, 4)), sentences=SENTENCES)
    other = write_dump(tmp_path / "other", VALUES, sentences=SENTENCES)
    for path, sentence in ((wider, "different neurons"), (other, "different models")):
        with pytest.raises(InputError, match=sentence):
            open_two(dump, path)


def test_labels_of_few_words__leave_the_other_rows_on_disk(tmp_path):
    words, width = 20_000, 512
    values = np.zeros((words, width), dtype=np.float32)
    sentences = [["w"] * 10 for _ in range(words // 10)]
    dump = write_dump(tmp_path / MODEL, values, sentences=sentences)
    labels = label_file(tmp_path, "N V" + " -" * 8, *["-" + " -" * 9] * (len(sentences) - 1))
    tracemalloc.start()
    task = open_one(dump, labels, ignore=["-"])
    assert task.train.design.dense().shape == (2, width)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < values.nbytes / 2


def test_signature__differs_between_data_sets(tmp_path):
    train, test = write_parts(tmp_path)
    every = task_of(train, test)
    others = [task_of(train, test, neurons="0,1,2"), task_of(train, test, ignore=["ADJ"]), task_of(test, train)]
    moved = Path(train["labels"])
    moved.write_text(moved.read_text().replace("ADJ VERB", "VERB ADJ"))
    others.append(task_of(train, test))
    assert len({every.signature, *(other.signature for other in others)}) == 5


def test_dumps_of_different_pooling__are_refused_and_different_masks_are_warned_of(dump, tmp_path, caplog):
    other = write_dump(tmp_path / "other" / MODEL, VALUES, sentences=SENTENCES)
    manifest = Activations(other).manifest
    (other / "manifest.json").write_text(replace(manifest, mask="masked:3").to_json())
    open_two(dump, other)
    assert "different masks: '' and 'masked:3'" in caplog.text
    (other / "manifest.json").write_text(replace(manifest, pooling="first").to_json())
    with pytest.raises(InputError, match="pooled by 'last', .* by 'first': extract both"):
        open_two(dump, other)


def test_dumps_with_different_dictionaries__are_refused(dump, tmp_path):
    other = write_dump(tmp_path / "other" / MODEL, VALUES, sentences=SENTENCES)
    for path, digest in ((dump, "a" * 64), (other, "b" * 64)):
        manifest = replace(Activations(path).manifest, dictionary_sha256=digest)
        (path / "manifest.json").write_text(manifest.to_json())
    with pytest.raises(InputError, match="have different dictionaries, aaaaaaaa and bbbbbbbb"):
        open_two(dump, other)


@pytest.mark.parametrize("change", [{"pooling": "first"}, {"mask": "masked:3|site:recurrent"}])
def test_signature__differs_between_dumps_of_the_same_words(dump, change):
    before = open_one(dump).signature
    manifest = replace(Activations(dump).manifest, **change)
    (dump / "manifest.json").write_text(manifest.to_json())
    assert open_one(dump).signature != before
