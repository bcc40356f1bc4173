"""``fairseq-neurons-extract`` hands its options to the Python function, which refuses wrong ones before it loads."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from fairseq_neurons.activations.extraction_settings import ExtractionSettings
from fairseq_neurons.commands.extract import ExtractConfig, run
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.errors import InputError


def test_options__are_the_settings():
    options = {name: option.default for name, option in options_of(ExtractConfig).items()}
    assert {**options, "checkpoint": "m.pt", "out": "dump"} == asdict(ExtractionSettings("m.pt", "dump"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"data": "bin"}, "The checkpoint m.pt does not exist or is not a file"),
        ({"sentencepiece": "s"}, "sentencepiece= splits the lines of text=, which is missing"),
        ({"text": "t", "dump_text": "u"}, "dump_text= supplies the spelling of words in a data folder"),
        ({"text": "t.txt", "surface": True}, "surface= reads the contractions of a CoNLL-U file"),
    ],
)
def test_wrong_input__is_one_sentence_and_writes_nothing(tmp_path, monkeypatch, options, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        run(checkpoint="m.pt", out="dump", **options)
    assert list(tmp_path.iterdir()) == []
