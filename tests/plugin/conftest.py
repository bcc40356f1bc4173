"""Small models with random weights, big enough for the gates to saturate now and then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from fairseq.data import Dictionary
from fairseq.models import ARCH_MODEL_REGISTRY  # noqa: F401 - fills the registries
from omegaconf import OmegaConf

import fairseq_neurons.plugin  # noqa: F401
from fairseq_neurons.plugin.models.language_model_lstm import (
    LSTMLanguageModelDalvi2019,
    LSTMLanguageModelDalvi2019Config,
)
from fairseq_neurons.plugin.models.translation_lstm import (
    LSTMDalvi2019Config,
    LSTMDalvi2019JointModel,
    LSTMDalvi2019Model,
)

SIZES = dict(encoder_embed_dim=7, encoder_hidden_size=8, decoder_embed_dim=6, decoder_hidden_size=8, dropout=0.0)


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    words = Dictionary()
    for i in range(30):
        words.add_symbol(f"w{i}", n=100 - i)
    words.finalize(padding_factor=1)
    return words


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    """Weights of about 1: fairseq's initial 0.1 would hide a mask that acts in the wrong place."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.7)
    return model.eval()


def build(model_class, dictionary, **sizes):
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary)
    config = OmegaConf.structured(LSTMDalvi2019Config(**{**SIZES, **sizes}))
    return shaken(model_class.build_model(config, task))


@pytest.fixture
def separate(dictionary):
    return build(LSTMDalvi2019Model, dictionary)


@pytest.fixture
def joint(dictionary):
    return build(LSTMDalvi2019JointModel, dictionary)


@pytest.fixture
def language_model(dictionary):
    return language_model_of(dictionary)


def language_model_of(dictionary):
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary)
    config = OmegaConf.structured(LSTMLanguageModelDalvi2019Config(decoder_embed_dim=7, decoder_hidden_size=8))
    config.tokens_per_sample = 512
    config.dropout = 0.0
    return shaken(LSTMLanguageModelDalvi2019.build_model(config, task))


def sentences(seed: int, count: int = 9, longest: int = 12) -> list[list[int]]:
    """Random sentences, each ended by the end-of-sentence symbol (2), in no order of length."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, longest, (count,), generator=generator).tolist()
    return [torch.randint(4, 34, (n,), generator=generator).tolist() + [2] for n in lengths]


def batch(tokens: list[list[int]], left_pad: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, T) padded with 1, (B,) lengths."""
    longest = max(map(len, tokens))
    padded = [[1] * (longest - len(s)) + s if left_pad else s + [1] * (longest - len(s)) for s in tokens]
    return torch.tensor(padded), torch.tensor([len(s) for s in tokens])
