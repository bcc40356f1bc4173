"""A subset and its text are dumped alike; what does not fit is refused, and nothing is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.extraction import extract
from tests.untrained_models import lines_of


def extracted(untrained: Path, out: Path, name: str = "1", **options) -> Activations:
    model, data = untrained / "models" / name / "checkpoint_best.pt", untrained / "bin" / name
    extract(str(model), str(out), str(data), **options)
    return Activations(out)


@pytest.mark.parametrize("name", ["1", "lm"])
def test_subset_and_text__have_the_same_states(untrained, tmp_path, name):
    subset = extracted(untrained, tmp_path / "subset", name)
    text = extracted(untrained, tmp_path / "text", name, text=str(untrained / "text" / "test.en"))
    np.testing.assert_array_equal(subset.values, text.values)
    assert [" ".join(words) for words in text.sentences] == lines_of(untrained)["en"]
    assert subset.sentences[-1] == [*text.sentences[-1][:-1], "<unk>"]
    assert (subset.manifest.subset, text.manifest.subset) == ("test", "")
    assert subset.manifest.unknown == text.manifest.unknown == 1


def test_dump_text__spells_the_words_of_a_subset(untrained, tmp_path):
    dump = extracted(untrained, tmp_path / "dump", dump_text=str(untrained / "text" / "test.en"))
    assert [" ".join(words) for words in dump.sentences] == lines_of(untrained)["en"]


def test_states_of_the_decoder__are_at_words_of_the_references(untrained, tmp_path):
    dump = extracted(untrained, tmp_path / "dump", states=["decoder.*"])
    assert dump.manifest.side == "target" and {block.module for block in dump.neurons.blocks} == {"decoder"}
    assert [len(words) for words in dump.sentences] == [len(line.split()) for line in lines_of(untrained)["fr"]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"subset": "dev"}, "There is no subset 'dev'"),
        ({"text": "/dev/null"}, "null"),
        ({"states": ["encoder.7.*"]}, "encoder.7"),
        ({"states": ["decoder.*"], "text": "TEXT"}, "give those of .*test.en with references=FILE"),
        ({"text": "TEXT", "references": "TEXT"}, "references= are the translations of text= that a decoder reads"),
    ],
)
def test_wrong_options__leave_nothing(untrained, tmp_path, options, sentence):
    text = str(untrained / "text" / "test.en")
    with pytest.raises(InputError, match=sentence):
        extracted(untrained, tmp_path / "dump", **{k: text if v == "TEXT" else v for k, v in options.items()})
    assert list(tmp_path.iterdir()) == []
