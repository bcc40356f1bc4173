"""With the same weights, our architectures compute what fairseq's own ``lstm`` and ``lstm_lm`` decoders compute."""

from __future__ import annotations

import torch
from fairseq.models.lstm import LSTMDecoder, LSTMEncoder

from tests.plugin.conftest import batch, sentences


def test_joint_encoder__is_the_stock_bidirectional_encoder(joint, dictionary):
    stock = LSTMEncoder(
        dictionary, embed_dim=7, hidden_size=8, num_layers=2, dropout_in=0, dropout_out=0, bidirectional=True
    ).eval()
    stock.embed_tokens.load_state_dict(joint.encoder.embed_tokens.state_dict())
    for i, layer in enumerate(joint.encoder.layers):
        for name, weight in layer.named_parameters():
            getattr(stock.lstm, name.replace("_l0", f"_l{i}")).data.copy_(weight)
    data = sorted(sentences(seed=21), key=len, reverse=True)
    tokens, lengths = batch(data)
    with torch.no_grad():
        expected, found = stock(tokens, lengths), joint.encoder(tokens, lengths)
    words = ~expected[3]
    assert torch.equal(expected[3], found[3])
    assert torch.allclose(expected[0][words], found[0][words], atol=1e-6)
    assert torch.allclose(expected[1], found[1], atol=1e-6)
    assert torch.allclose(expected[2], found[2], atol=1e-6)


def test_fused_language_model__is_the_stock_decoder_without_encoder(language_model, dictionary):
    ours = language_model.decoder
    stock = LSTMDecoder(
        dictionary,
        embed_dim=7,
        hidden_size=8,
        out_embed_dim=8,
        num_layers=2,
        attention=False,
        encoder_output_units=0,
        dropout_in=0,
        dropout_out=0,
    ).eval()
    stock.embed_tokens.load_state_dict(ours.embed_tokens.state_dict())
    stock.fc_out.load_state_dict(ours.fc_out.state_dict())
    for cell, layer in zip(stock.layers, ours.layers):
        for name, weight in layer.named_parameters():
            getattr(cell, name.removesuffix("_l0")).data.copy_(weight)
    tokens, _ = batch(sentences(seed=22), left_pad=False)
    with torch.no_grad():
        assert torch.allclose(stock(tokens)[0], ours(tokens)[0], atol=1e-5)
