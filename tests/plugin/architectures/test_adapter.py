"""What the adapters of our architectures say, and how others are found."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.architectures import adapter_for, find_adapter
from tests.plugin.architectures.toy_architecture import ToyEncoder, ToyModel
from tests.plugin.conftest import batch, sentences

ENCODERS = {
    "separate": {
        "encoder.0.in": [],
        "encoder.0.fwd": ["encoder.0.in"],
        "encoder.0.bwd": ["encoder.0.in"],
        "encoder.1.fwd": ["encoder.0.fwd"],
        "encoder.1.bwd": ["encoder.0.bwd"],
    },
    "joint": {"encoder.0.in": [], "encoder.0.fwd": ["encoder.0.in"], "encoder.1.fwd": ["encoder.0.fwd"]},
}


@pytest.mark.parametrize("name", ENCODERS)
def test_layers__say_what_they_read_and_where_they_can_be_masked(name, request):
    adapter = adapter_for(request.getfixturevalue(name))
    reads = {layer.name: [below.name for below in layer.reads] for layer in adapter.layers}
    encoder = [below for below in ENCODERS[name] if below != "encoder.0.in"]
    decoder = {
        "decoder.0.in": [],
        "decoder.0.fwd": ["decoder.0.in", *encoder],
        "decoder.1.fwd": ["decoder.0.fwd", *encoder],
    }
    assert reads == {**ENCODERS[name], **decoder}
    for layer in adapter.layers:
        at_top = (layer.blocks[0].module, layer.blocks[0].layer) == ("encoder", 1)
        assert layer.sites == ("recurrent", "output", *(["context"] if at_top else []))
        assert layer.side == ("source" if layer.blocks[0].module == "encoder" else "target")
    assert all(block.module == "encoder" and block.part != "in" for block in adapter.neurons.blocks)
    assert sum(layer.size for layer in adapter.layers) == len(adapter.neurons) + 7 + 6 + 2 * 8


def test_layers_of_a_language_model__read_the_source(language_model):
    adapter = adapter_for(language_model)
    reads = {layer.name: [below.name for below in layer.reads] for layer in adapter.layers}
    assert reads == {"decoder.0.in": [], "decoder.0.fwd": ["decoder.0.in"], "decoder.1.fwd": ["decoder.0.fwd"]}
    assert {layer.side for layer in adapter.layers} == {"source"}
    assert adapter.sites == ("recurrent", "output")
    assert [block.name for block in adapter.neurons.blocks] == ["decoder.0.fwd", "decoder.1.fwd"]


@pytest.mark.parametrize("left_pad", [False, True])
def test_batch__knows_its_lengths_and_its_side(left_pad, joint):
    tokens, lengths = batch(sentences(seed=71), left_pad)
    found = adapter_for(joint).batch({"net_input": {"src_tokens": tokens, "src_lengths": lengths}})
    assert torch.equal(found.lengths, lengths)
    assert found.left_padded == left_pad


def test_batch_without_padding__is_padded_on_no_side(joint):
    tokens, lengths = batch([[5, 6, 2], [7, 8, 2]])
    assert not adapter_for(joint).batch({"net_input": {"src_tokens": tokens, "src_lengths": lengths}}).left_padded


def test_derived_class__has_the_adapter_of_its_base(dictionary):
    class Derived(ToyModel):
        pass

    encoder = ToyEncoder(dictionary)
    model = Derived.__new__(Derived)
    torch.nn.Module.__init__(model)
    model.encoder = encoder
    assert adapter_for(model).neurons.blocks[0].name == "encoder.0.squashed"


def test_unknown_architecture__is_refused_naming_those_that_are_registered():
    assert find_adapter(torch.nn.Linear(2, 2)) is None
    with pytest.raises(InputError, match="Linear has no neurons.*: use .*lstm_dalvi2019.* or toy"):
        adapter_for(torch.nn.Linear(2, 2))
