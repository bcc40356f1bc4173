"""A model is given the languages, and the words, that it was trained on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairseq_neurons import load_model
from tests.running import fail, succeed


@pytest.fixture
def pair(untrained, tmp_path) -> Path:
    """A data folder of its own; the dictionaries of both sides have one size."""
    return shutil.copytree(untrained / "bin" / "1", tmp_path / "bin")


def generate(untrained: Path, data: Path, *options: object) -> list[object]:
    checkpoint = untrained / "models" / "1" / "checkpoint_best.pt"
    task = ["--user-dir", Path("user_dir").absolute(), "--task", "translation_neurons"]
    short = ["--gen-subset", "test", "--max-len-b", 5, "--beam", 1]
    return ["fairseq-generate", data, *task, "--path", checkpoint, *short, *options]


def test_language_pair_in_the_other_direction__is_refused(untrained, pair):
    sentence = fail(*generate(untrained, pair, "-s", "fr", "-t", "en"))
    assert "translates from en to fr, not from fr to en: give -s en -t fr" in sentence
    assert "Generate test" in succeed(*generate(untrained, pair, "-s", "en", "-t", "fr"))


def test_other_words_in_a_dictionary_of_the_same_size__are_warned_of(untrained, pair, caplog):
    checkpoint = untrained / "models" / "1" / "checkpoint_best.pt"
    load_model(checkpoint, pair)
    assert "other words" not in caplog.text
    dictionary = pair / "dict.fr.txt"
    dictionary.write_text(dictionary.read_text().replace("b3 ", "c3 "))
    load_model(checkpoint, pair)
    assert f"{dictionary} has other words than {untrained / 'bin' / '1' / 'dict.fr.txt'}, which" in caplog.text
    assert "dict.en.txt has other words" not in caplog.text
