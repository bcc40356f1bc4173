"""Small transformers with random weights."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from fairseq.models.transformer import TransformerConfig, TransformerModelBase
from omegaconf import OmegaConf

SIDE = {"embed_dim": 8, "ffn_embed_dim": 12, "layers": 2, "attention_heads": 2}


def transformer(dictionary, ends: bool = True, **options) -> TransformerModelBase:
    """A model in evaluation mode.

    Args:
        ends: whether its sentences end now and then, which those of random weights hardly do.
        options: of ``TransformerConfig``; ``encoder_…`` and ``decoder_…`` for those of one side.
    """
    config = OmegaConf.structured(TransformerConfig(dropout=0.0, attention_dropout=0.0))
    for side in ("encoder", "decoder"):
        for name, value in {"learned_pos": False, **SIDE}.items():
            setattr(config[side], name, options.pop(f"{side}_{name}", value))
        for name in [name for name in options if name.startswith(f"{side}_")]:
            setattr(config[side], name.removeprefix(f"{side}_"), options.pop(name))
    config.decoder.input_dim = config.decoder.output_dim = config.decoder.embed_dim
    config.max_source_positions = config.max_target_positions = 64
    for name, value in options.items():
        setattr(config, name, value)
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary)
    torch.manual_seed(7)
    model = TransformerModelBase.build_model(config, task).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn(parameter.shape) * 0.1)
            else:  # large enough for states that depend on all words
                parameter.copy_(torch.randn(parameter.shape) * 0.7)
    if ends:
        _let_sentences_end(model.decoder, dictionary.eos())
    return model


def _let_sentences_end(decoder, eos: int) -> None:
    """Make the end of a sentence likely now and then, by a bias, which fairseq's output layer has not."""
    weight = decoder.output_projection.weight
    layer = torch.nn.Linear(weight.size(1), weight.size(0))
    layer.weight = weight
    with torch.no_grad():
        torch.nn.init.zeros_(layer.bias)[eos] = 7.0
    decoder.output_projection = layer.eval()
