"""The command that trains a model, as fairseq reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fairseq import options

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.training_commands import Training, train_command

TRAINING = Training(
    arch="lstm_dalvi2019",
    hidden=6,
    decoder_hidden=8,
    epochs=3,
    rate=2e-3,
    warmup=50,
    dropout=0.2,
    max_tokens=70,
    more=("--patience", "4"),
)


def parsed(command: list[str]):
    program, *arguments = command
    assert program == "fairseq-train"
    return options.parse_args_and_arch(options.get_training_parser(), arguments)


def test_a_translation_model__has_the_sizes_of_both_sides():
    found = parsed(train_command("2", TRAINING, seed=12))
    assert (found.data, found.save_dir, found.task, found.arch) == (
        *("bin/2", "models/2", "translation_neurons", "lstm_dalvi2019"),
    )
    assert (found.encoder_embed_dim, found.encoder_hidden_size) == (6, 6)
    assert (found.decoder_embed_dim, found.decoder_hidden_size) == (6, 8)
    assert (found.seed, found.max_epoch, found.lr, found.warmup_updates) == (12, 3, [2e-3], 50)
    assert (found.dropout, found.max_tokens, found.patience) == (0.2, 70, 4)


def test_a_language_model__is_a_decoder():
    found = parsed(train_command("lm1", replace(TRAINING, more=()), seed=1))
    assert (found.task, found.arch) == ("language_modeling_neurons", "lstm_lm_dalvi2019")
    assert (found.data, found.decoder_embed_dim, found.decoder_hidden_size) == ("bin/lm1", 6, 8)
    assert found.patience == -1


def test_a_transformer__has_feed_forward_units_and_heads_on_both_sides():
    transformer = replace(TRAINING, arch="transformer_iwslt_de_en", hidden=8, layers=3)
    found = parsed(train_command("2", transformer, seed=12))
    assert found.arch == "transformer_iwslt_de_en"
    for side in ("encoder", "decoder"):
        sizes = [
            getattr(found, f"{side}_{name}") for name in ("embed_dim", "ffn_embed_dim", "attention_heads", "layers")
        ]
        assert sizes == [8, 32, 4, 3]
    found = parsed(train_command("lm1", replace(transformer, ffn=12, heads=2, layers=None), seed=12))
    assert (found.arch, found.decoder_ffn_embed_dim, found.decoder_attention_heads) == ("transformer_lm", 12, 2)
    with pytest.raises(InputError, match="hidden=6 cannot be shared among 4 heads"):
        replace(transformer, hidden=6)
