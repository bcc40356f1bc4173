"""States in memory are the numbers of a dump."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.plugin.extraction import extract
from tests.untrained_models import lines_of, opened


@pytest.mark.parametrize("name", ["1", "lm"])
@pytest.mark.parametrize(("pooling", "eos"), [("last", False), ("none", True)])
def test_states__are_those_that_extract_dumps(untrained, tmp_path, name, pooling, eos):
    model, lines = opened(untrained, name), lines_of(untrained)
    data, text = str(untrained / "bin" / name), str(untrained / "text" / "test.en")
    extract(model.checkpoint, str(tmp_path / "dump"), data, text=text, pooling=pooling, eos=eos)
    dump = Activations(tmp_path / "dump")
    found = model.states(lines["en"], pooling, eos)
    assert [words for words, _ in found] == dump.sentences
    for i, (_, states) in enumerate(found):
        assert states.dtype == np.float32 and np.array_equal(states, dump.sentence(i))
    assert [words[-1 - (eos and name == "1")] for words, _ in found] == [line.split()[-1] for line in lines["en"]]
    by_name = model.states("test", pooling, eos, max_tokens=8)
    assert all(np.allclose(a.states, b.states, atol=1e-6) for a, b in zip(found, by_name, strict=True))
    assert by_name[-1].words.count("<unk>") == 1


def test_states__show_the_mask(untrained):
    model = opened(untrained, "1")
    (free,) = model.states(["a1 a2 a3"])
    with model.masked("encoder.0.fwd.*", value=0.25):
        (held,) = model.states(["a1 a2 a3"])
    assert (held.states[:, :8] == 0.25).all()
    assert np.array_equal(held.states[:, 8:16], free.states[:, 8:16]) and (held.states != free.states)[:, 16:].all()


@pytest.mark.parametrize("name", ["1", "lm"])
def test_empty_sentences__have_no_words(untrained, name):
    loaded = opened(untrained, name)
    empty, word = loaded.states(["", "a1"])
    assert empty.words == [] and empty.states.shape == (0, len(loaded.neurons)) and word.words == ["a1"]
