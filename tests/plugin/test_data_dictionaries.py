"""Dictionaries that cannot be read are named."""

from __future__ import annotations

import os
import shutil

import pytest

from fairseq_neurons import load_model
from fairseq_neurons.errors import InputError
from tests.end_to_end.conftest import TRANSLATION
from tests.running import fail


@pytest.fixture
def data(untrained, tmp_path):
    return shutil.copytree(untrained / "bin" / "1", tmp_path / "bin")


@pytest.mark.parametrize("content", [b"no number\n", b"\xff\xfe\x00 1\n", b"a 1\na 2\n", b"lonely\n"])
def test_damaged_dictionary__is_named(untrained, data, content):
    (data / "dict.fr.txt").write_bytes(content)
    with pytest.raises(InputError, match=r"The dictionary .*dict\.fr\.txt is damaged: ") as caught:
        load_model(untrained / "models" / "1" / "checkpoint_best.pt", data)
    assert "\n" not in str(caught.value)


def test_fairseqs_commands__name_it_too(untrained, data):
    (data / "dict.en.txt").write_text("a 1\na 2\n")
    checkpoint = untrained / "models" / "1" / "checkpoint_best.pt"
    sentence = fail("fairseq-generate", data, *TRANSLATION, "--gen-subset", "test", "--path", checkpoint)
    assert "dict.en.txt is damaged" in sentence


def test_fifo__is_refused_and_nobody_waits(untrained, data):
    (data / "dict.en.txt").unlink()
    os.mkfifo(data / "dict.en.txt")
    with pytest.raises(InputError, match=r"dict\.en\.txt cannot be read: it is a FIFO"):
        load_model(untrained / "models" / "1" / "checkpoint_best.pt", data)


def test_word_with_a_blank_in_it__is_named(untrained, data):
    lines = (data / "dict.fr.txt").read_text().splitlines()
    (data / "dict.fr.txt").write_text("\n".join([lines[0], f"{lines[1]} 3", *lines[2:]]) + "\n")
    with pytest.raises(InputError, match=r"A dictionary of .*bin is damaged: its word 'b1 99' has a blank in it"):
        load_model(untrained / "models" / "1" / "checkpoint_best.pt", data)
