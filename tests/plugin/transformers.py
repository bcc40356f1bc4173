"""Small transformers with random weights."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from fairseq.models.transformer import TransformerConfig, TransformerModelBase
from fairseq.models.transformer_lm import TransformerLanguageModel, TransformerLanguageModelConfig
from omegaconf import OmegaConf

SIDE = {"embed_dim": 8, "ffn_embed_dim": 12, "layers": 2, "attention_heads": 2}


def transformer(dictionary, ends: bool = True, scale: float = 0.7, **options) -> TransformerModelBase:
    """A model in evaluation mode.

    Args:
        ends: whether its sentences end now and then, which those of random weights hardly do.
        scale: standard deviation of the weights.
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
    _shake(model, scale)
    if ends:
        _let_sentences_end(model.decoder, dictionary.eos())
    return model


def _shake(model: torch.nn.Module, scale: float) -> None:
    """Weights large enough for states that depend on all words."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn(parameter.shape) * 0.1)
            else:
                parameter.copy_(torch.randn(parameter.shape) * scale)


def _let_sentences_end(decoder, eos: int) -> None:
    """Make the end of a sentence likely now and then, by a bias, which fairseq's output layer has not."""
    weight = decoder.output_projection.weight
    layer = torch.nn.Linear(weight.size(1), weight.size(0))
    layer.weight = weight
    with torch.no_grad():
        torch.nn.init.zeros_(layer.bias)[eos] = 7.0
    decoder.output_projection = layer.eval()


def language_model(dictionary, normalize_before: bool = True, **options) -> TransformerLanguageModel:
    """``transformer_lm`` in evaluation mode; ``options`` of its config."""
    config = OmegaConf.structured(
        TransformerLanguageModelConfig(
            decoder_embed_dim=8,
            decoder_ffn_embed_dim=12,
            decoder_layers=2,
            decoder_attention_heads=2,
            decoder_normalize_before=normalize_before,
            dropout=0.0,
            attention_dropout=0.0,
        )
    )
    config.decoder_input_dim = config.decoder_output_dim = 8
    config.tokens_per_sample = config.max_target_positions = 64
    for name, value in options.items():
        setattr(config, name, value)
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary)
    torch.manual_seed(8)
    model = TransformerLanguageModel.build_model(config, task).eval()
    _shake(model, 0.4)
    return model
