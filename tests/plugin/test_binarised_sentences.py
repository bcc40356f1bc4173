"""The files of a subset: each damage is named, or changes no more than a word that the dictionary has."""

from __future__ import annotations

import os
import random
import shutil

import numpy as np
import pytest
from fairseq.data import Dictionary, indexed_dataset

from fairseq_neurons import extract, load_model
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.binarised_sentences import check_binarised
from tests.untrained_models import write_binarised

LINES = ["a b", "c", "a a c b", "b c"]


@pytest.fixture(params=["mmap", "cached"])
def prefix(request, tmp_path):
    dictionary = Dictionary()
    for word in "abc":
        dictionary.add_symbol(word)
    builder = indexed_dataset.make_builder(str(tmp_path / "test.bin"), impl=request.param, vocab_size=len(dictionary))
    for line in LINES:
        builder.add_item(dictionary.encode_line(line, add_if_not_exist=False))
    builder.finalize(str(tmp_path / "test.idx"))
    return tmp_path / "test"


def test_good_files__are_counted(prefix):
    assert check_binarised(prefix, 7) == len(LINES)
    assert check_binarised(prefix.with_name("other"), 7) is None


def test_word_that_the_dictionary_lacks__is_named(prefix):
    with pytest.raises(InputError, match=r"test\.bin is damaged, or of another dictionary: .* of 6"):
        check_binarised(prefix, 6)
    assert check_binarised(prefix) == len(LINES)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_index__is_refused(prefix, seed):
    path, chance = prefix.with_suffix(".idx"), random.Random(seed)
    content = path.read_bytes()
    for _ in range(100):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged[: chance.choice([len(content), chance.randrange(len(content))])])
        # All but the width of a number are checked: bytes that are read as int8 are the same words as uint8.
        try:
            check_binarised(prefix, 7)
        except InputError as error:
            assert "test." in str(error)
        else:
            found = indexed_dataset.make_dataset(str(prefix), "mmap" if damaged[:1] == b"M" else "cached", True)
            assert [len(found[i]) for i in range(len(found))] == [3, 2, 5, 3]
            assert all(int(found[i].min()) >= 0 and int(found[i].max()) < 7 for i in range(len(found)))


@pytest.mark.parametrize("content", [b"", b"MMIDIDX\x00\x00", b"TNTIDX\x00\x00" + bytes(40), b"\xff" * 100])
def test_other_content__is_no_index(prefix, content):
    prefix.with_suffix(".idx").write_bytes(content)
    with pytest.raises(InputError, match=r"test\.idx is damaged"):
        check_binarised(prefix, 7)


def test_truncated_words__are_refused(prefix):
    path = prefix.with_suffix(".bin")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="words, which test.bin has not"):
        check_binarised(prefix, 7)


@pytest.mark.parametrize("suffix", [".idx", ".bin"])
def test_fifo__is_refused_and_nobody_waits(prefix, suffix):
    prefix.with_suffix(suffix).unlink()
    os.mkfifo(prefix.with_suffix(suffix))
    with pytest.raises(InputError, match=r"test\.idx"):
        check_binarised(prefix, 7)


def test_model_reads_no_damaged_subset(untrained, tmp_path):
    shutil.copytree(untrained / "bin" / "1", data := tmp_path / "bin")
    model = load_model(untrained / "models" / "1" / "checkpoint_best.pt", data)
    words = np.fromfile(data / "test.en-fr.en.bin", np.uint16)
    words[3] = 999
    words.tofile(data / "test.en-fr.en.bin")
    with pytest.raises(InputError, match=r"test\.en-fr\.en\.bin is damaged"):
        model.translate("test")


def test_sides_of_different_length__are_named(untrained, tmp_path):
    shutil.copytree(untrained / "bin" / "1", data := tmp_path / "bin")
    dictionary = Dictionary.load(str(data / "dict.fr.txt"))
    write_binarised(data / "test.en-fr.fr", dictionary, ["b1", "b2 b3"])
    model = load_model(untrained / "models" / "1" / "checkpoint_best.pt", data)
    with pytest.raises(InputError, match="9 sentences in en and 2 in fr"):
        model.translate("test")


def test_sentence_without_its_end__is_not_dumped(untrained, tmp_path):
    shutil.copytree(untrained / "bin" / "1", data := tmp_path / "bin")
    words = np.fromfile(data / "test.en-fr.en.bin", np.uint16)
    words[words == 2] = 5
    words.tofile(data / "test.en-fr.en.bin")
    checkpoint = str(untrained / "models" / "1" / "checkpoint_best.pt")
    with pytest.raises(InputError, match=r"Sentence \d of the data does not end with the end-of-sentence symbol"):
        extract(checkpoint, data=str(data), out=str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()
