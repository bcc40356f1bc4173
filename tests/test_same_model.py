"""Results of different models are refused in one sentence that names both."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.same_model import Checkpoint, check_same_model, check_same_neurons

SMALL, LARGE = (Neurons.of([Block("encoder", 0, "fwd", size)]) for size in (3, 4))
A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "things",
    [
        {},
        {"a.json": Checkpoint(A, SMALL)},
        {"a.json": Checkpoint(A, SMALL), "dump": Checkpoint(A, SMALL)},
        {"a.json": Checkpoint("", SMALL), "dump": Checkpoint(A, SMALL), "model.pt": Checkpoint(A)},
    ],
)
def test_same_model_or_an_unknown_one__is_accepted(things):
    check_same_model(("not given", None), *things.items())


@pytest.mark.parametrize(
    ("things", "sentence"),
    [
        (
            {"a.json": Checkpoint(A, SMALL), "dump": Checkpoint(B, LARGE)},
            "a.json and dump are of different models: their checkpoints are aaaaaaaa and bbbbbbbb.",
        ),
        (
            {"a.json": Checkpoint("", SMALL), "dump": Checkpoint(B, LARGE)},
            "a.json and dump have different neurons: encoder.0.fwd (3) and encoder.0.fwd (4).",
        ),
        (
            {"model.pt": Checkpoint(A), "a.json": Checkpoint("", SMALL), "dump": Checkpoint(A, LARGE)},
            "a.json and dump have different neurons: encoder.0.fwd (3) and encoder.0.fwd (4).",
        ),
        (
            {"unknown.json": Checkpoint("", SMALL), "a.json": Checkpoint(A, SMALL), "b.json": Checkpoint(B, SMALL)},
            "a.json and b.json are of different models: their checkpoints are aaaaaaaa and bbbbbbbb.",
        ),
    ],
)
def test_different_models__are_named_both(things, sentence):
    with pytest.raises(InputError) as raised:
        check_same_model(*things.items())
    assert str(raised.value) == sentence


def test_different_neurons__are_named_both():
    check_same_neurons(("the mask", SMALL), ("the model", SMALL))
    with pytest.raises(InputError, match=r"the mask and the model have different neurons: .* \(3\) and .* \(4\)\."):
        check_same_neurons(("the mask", SMALL), ("the model", LARGE))
