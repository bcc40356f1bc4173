"""Layers that a mask leaves alone are computed once, and what is remembered changes no number."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
import torch
from torch import nn

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.layer_memory import LayerMemory
from tests.plugin.conftest import batch, sentences


def read(model, memory=None, number=0, seed=51):
    tokens, lengths = batch(sentences(seed=seed))
    run = model.encoder if hasattr(model, "encoder") else lambda words, _: model(words)
    with torch.no_grad():
        if memory is None:
            return run(tokens, lengths)[0]
        with memory.remembering(number):
            return run(tokens, lengths)[0]


def computed(model, memory, number=0, seed=51) -> int:
    """How many layers the fused kernel runs for a batch."""
    with mock.patch.object(nn.LSTM, "forward", autospec=True, side_effect=nn.LSTM.forward) as forward:
        read(model, memory, number, seed)
    return forward.call_count


@pytest.mark.parametrize(
    ("name", "chosen", "layers"),
    [
        ("separate", [], 0),
        ("separate", [24], 1),  # encoder.1.bwd: its layer alone
        ("separate", [0], 2),  # encoder.0.fwd: the forward stack
        ("separate", [0, 8], 4),
        ("joint", [16], 1),
        ("joint", [3], 2),
        ("language_model", [9], 1),
        ("language_model", [2], 2),
    ],
)
def test_only_what_a_mask_touches__is_computed_again(name, chosen, layers, request):
    model = request.getfixturevalue(name)
    memory = LayerMemory(model)
    first = read(model, memory)
    assert torch.equal(first, read(model))
    with masked(model, Mask.of(neurons_of(model), np.array(chosen), 0.5)):
        expected = read(model)
        assert computed(model, memory) == layers
        assert torch.equal(read(model, memory), expected)
    assert torch.equal(read(model, memory), first)


def test_batches__are_kept_apart(joint):
    memory = LayerMemory(joint)
    both = [read(joint, memory, number, seed=52 + number) for number in (0, 1)]
    assert computed(joint, memory, 0, seed=52) == 0
    assert not torch.equal(*[part[:1, :1] for part in both])
    for number in (0, 1):
        assert torch.equal(read(joint, memory, number, seed=52 + number), both[number])


def test_the_limit__is_kept(joint):
    memory = LayerMemory(joint, limit=1)
    first = read(joint, memory)
    assert computed(joint, memory) == 2
    assert torch.equal(read(joint, memory), first)


def test_nothing_is_left_behind__after_an_exception(joint):
    memory = LayerMemory(joint)
    with pytest.raises(ZeroDivisionError), memory.remembering(0):
        raise ZeroDivisionError
    assert not any("forward" in vars(module) for module in joint.modules())
