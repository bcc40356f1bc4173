"""What names, patterns and indices of neurons mean in a model."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons

BLOCKS = [Block(m, i, part, 4) for m in ("encoder", "decoder") for i in (0, 1) for part in ("heads", "ffn", "out")]
DEFAULT = Neurons.of(block for block in BLOCKS if block.module == "encoder" and block.part == "out")
HEADS = {f"encoder.1.heads.h{head}": range(2 * head, 2 * head + 2) for head in (0, 1)}
MODEL = ModelNeurons(DEFAULT, Neurons.of(BLOCKS), HEADS)


@pytest.mark.parametrize(
    ("patterns", "blocks", "indices"),
    [
        ("1,6", "encoder.0.out encoder.1.out", [1, 6]),
        ("encoder.*", "encoder.0.out encoder.1.out", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("*.3", "encoder.0.out encoder.1.out", [3, 7]),
        ("encoder.1.out.2,0", "encoder.0.out encoder.1.out", [0, 6]),
        ("decoder.*.1", "decoder.0.out decoder.1.out", [1, 5]),
        ("decoder.1.ffn.*", "decoder.1.ffn", [0, 1, 2, 3]),
        ("5,decoder.0.heads.2", "encoder.1.out decoder.0.heads", [1, 6]),
        ("encoder.1.heads.h1", "encoder.1.heads", [2, 3]),
        ("*.heads.h0, encoder.1.heads.3", "encoder.1.heads", [0, 1, 3]),
    ],
)
def test_select__finds_default_states_first_and_any_name(patterns, blocks, indices):
    neurons, found = MODEL.select(patterns)
    assert [block.name for block in neurons.blocks] == blocks.split()
    assert found.tolist() == indices


@pytest.mark.parametrize(
    ("patterns", "sentence"),
    [
        ("8", "Neuron 8 is out of range: this model has neurons 0 to 7"),
        ("-1", "out of range"),
        ("encoder.0.in.1", "There is no neuron 'encoder.0.in.1' in this model; it has encoder.0-1.heads, encoder.0-1."),
        ("*.cross.*", "No neuron matches '*.cross.*'; this model has encoder.0-1.heads, encoder.0-1.ffn, "),
        ("encoder.1.heads.h2", "There is no neuron 'encoder.1.heads.h2'"),
        (" , ", "names no neuron"),
    ],
)
def test_what_names_nothing__is_one_sentence(patterns, sentence):
    with pytest.raises(InputError) as error:
        MODEL.select(patterns)
    assert sentence in str(error.value)


def test_neurons_of_another_size__are_refused_with_both():
    MODEL.check("r.json", Neurons.of(BLOCKS[4:6]))
    with pytest.raises(InputError, match=r"r.json and this model have different neurons: encoder.0.ffn \(5\) and "):
        MODEL.check("r.json", Neurons.of([Block("encoder", 0, "ffn", 5)]))
