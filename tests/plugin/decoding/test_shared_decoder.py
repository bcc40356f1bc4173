"""A step for many beams is fairseq's step for each; what the step does not compute is named."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder, can_share, output_weights, unsupported_in
from tests.plugin.conftest import batch, sentences


@torch.no_grad()
def test_steps_of_beams__are_the_forward_pass_of_their_words(joint):
    tokens, lengths = batch(sentences(seed=61, count=3))
    encoded = joint.encoder.forward_torchscript({"src_tokens": tokens, "src_lengths": lengths})
    written = torch.randint(4, 30, (2 * 3, 4), generator=torch.Generator().manual_seed(1))  # two beams a sentence
    written[:, 0] = 2
    beams = torch.arange(3).repeat_interleave(2)
    shared = SharedDecoder(joint.decoder)
    state = shared.start(encoded)
    state.select_rows(beams)
    features = torch.stack([shared.step(state, shared.read(words))[0] for words in written.t()], dim=1)
    weight, bias = output_weights(joint.decoder)
    expected, _ = joint.decoder(written, joint.encoder.reorder_encoder_out(encoded, beams))
    torch.testing.assert_close(features @ weight.t() + bias, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda decoder: None, ""),
        (lambda decoder: setattr(decoder, "attention", None), "decoders without attention"),
        (lambda decoder: setattr(decoder, "residuals", True), "residual connections"),
        (lambda decoder: setattr(decoder, "adaptive_softmax", nn.Identity()), "adaptive softmax"),
        (lambda decoder: decoder.double(), "weights that are not float32"),
        (lambda decoder: decoder.train(), "dropout that stays on"),
    ],
)
def test_what_it_does_not_compute__is_named(joint, change, what):
    change(joint.decoder)
    assert unsupported_in(joint.decoder) == what and can_share(joint.decoder) == (not what)


def test_other_decoders__are_named_by_their_class():
    assert unsupported_in(nn.Linear(1, 1)) == "a Linear"
