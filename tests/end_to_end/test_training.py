"""Training by ``fairseq-train`` (see the world of conftest.py) and by ``fairseq-hydra-train`` with our YAML."""

from __future__ import annotations

import re

import pytest

from fairseq_neurons.plugin import load_model, neurons_of
from tests.end_to_end.conftest import DECODER, ENCODER, ROOT, TRAINING, TRANSLATION
from tests.running import succeed

SMALL = {
    "lstm_dalvi2019": ["model.encoder_embed_dim=8", "model.encoder_hidden_size=8"],
    "lstm_dalvi2019_joint": ["model.encoder_embed_dim=8", "model.encoder_hidden_size=8"],
    "lstm_lm_dalvi2019": [],
}


@pytest.mark.parametrize("name", SMALL)
def test_hydra_train__trains_our_configs(world, tmp_path, name):
    data = world.lm_data if "_lm_" in name else world.data
    where = [f"task.data={data}", f"checkpoint.save_dir={tmp_path / 'm'}", f"common.user_dir={ROOT / 'user_dir'}"]
    small = ["model.decoder_embed_dim=8", "model.decoder_hidden_size=8", "optimization.max_epoch=1", *SMALL[name]]
    config = ["--config-dir", ROOT / "configs" / "train", "--config-name", name, f"hydra.run.dir={tmp_path}"]
    succeed("fairseq-hydra-train", *config, *where, *small, "dataset.num_workers=0", folder=tmp_path)
    model = load_model(str(tmp_path / "m" / "checkpoint_best.pt")).model
    assert len(neurons_of(model)) == (16 if "_lm_" in name else 32)


def test_training_the_joint_architecture__is_training_the_stock_lstm(world, tmp_path):
    """Same seed, same data: the losses of every epoch are fairseq's own, dropout included."""
    sizes = ["--encoder-embed-dim", 8, "--encoder-hidden-size", 8, "--decoder-embed-dim", 8, "--decoder-hidden-size", 8]
    common = [*sizes, "--dropout", 0.3, "--seed", 7, "--max-epoch", 4, *TRAINING]
    stock = ["--arch", "lstm", "--encoder-bidirectional", "--encoder-layers", 2, "--decoder-layers", 2]
    stock += ["--decoder-out-embed-dim", 8, "--save-dir", tmp_path / "stock"]
    ours = [*TRANSLATION, "--arch", "lstm_dalvi2019_joint", "--save-dir", tmp_path / "ours"]
    losses = [_losses(succeed("fairseq-train", world.data, *flags, *common)) for flags in (stock, ours)]
    assert len(losses[0]) == 4
    assert losses[0] == losses[1]


def _losses(output: str) -> list[str]:
    return re.findall(r"valid on 'valid' subset \| (loss [0-9.]+)", output)


def test_model_trained_with_bleu_as_its_metric__opens_and_its_training_resumes(world, tmp_path):
    """BLEU leaves NumPy's arrays in the checkpoint (github.com/facebookresearch/fairseq/issues/5603)."""
    bleu = ["--eval-bleu", "--eval-bleu-args", '{"beam": 1, "max_len_b": 5}', "--eval-bleu-detok", "space"]
    best = ["--best-checkpoint-metric", "bleu", "--maximize-best-checkpoint-metric", "--save-dir", tmp_path]
    small = ["--arch", "lstm_dalvi2019_joint", *ENCODER, *DECODER, *bleu, *best, *TRAINING]
    for epochs in (1, 2):
        output = succeed("fairseq-train", world.data, *TRANSLATION, *small, "--max-epoch", epochs)
    assert "Loaded checkpoint" in output and "epoch 2" in output
    assert len(load_model(str(tmp_path / "checkpoint_best.pt"), str(world.data)).neurons) == 32
