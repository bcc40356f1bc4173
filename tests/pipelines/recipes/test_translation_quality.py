"""BLEU and validation perplexity of trained models."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.translation_quality import best_validation, logged_bleu, without_attention
from tests.pipelines.trained_checkpoints import write_checkpoints

LAST = "Generate test with beam=5: BLEU4 = 21.84, 53.6/26.8/16.7/9.5 (BP=1.000, ratio=1.007, syslen=46, reflen=46)\n"


def test_best_validation__is_that_of_the_checkpoint(tmp_path):
    write_checkpoints(tmp_path / "models" / "1", 8.0, epoch=7)
    (tmp_path / "logs").mkdir()
    # The log of a resumed training is incomplete.
    (tmp_path / "logs" / "train1.log").write_text("valid on 'valid' subset | loss 4 | ppl 16 | wps 9\n")
    assert best_validation(tmp_path, "1") == (pytest.approx(8.0), 7)


def test_a_training_that_left_no_checkpoint__is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="checkpoint_best.pt does not exist"):
        best_validation(tmp_path, "1")


def test_without_attention__are_models_of_far_higher_perplexity():
    assert without_attention({"1": 6.0, "2": 9.1, "3": 8.9}) == {"2": 9.1}


def test_logged_bleu__is_that_of_the_last_line(tmp_path):
    log = tmp_path / "generate1.log"
    log.write_text("H-1\t-0.5\tla BLEU4 = 99.9\n" + LAST, encoding="utf-8")
    assert logged_bleu(log) == 21.84
    log.write_text(LAST.replace("21.84", "0.00"), encoding="utf-8")
    assert logged_bleu(log) == 0.0


def test_a_log_without_bleu__is_one_sentence(tmp_path):
    log = tmp_path / "generate1.log"
    log.write_text("H-1\t-0.5\tla\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"generate1\.log has no BLEU.*remove generate1\.done"):
        logged_bleu(log)
