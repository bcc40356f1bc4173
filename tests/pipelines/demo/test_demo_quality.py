"""A demo whose models do not translate stops and says why."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.demo.demo_quality import Quality
from fairseq_neurons.pipelines.recipes.translation_quality import LEAST_BLEU, Validation
from tests.pipelines.trained_checkpoints import write_checkpoints

GOOD, BAD = (21.8, 20.7, 21.9), (0.17, 0.21, 0.0)


def quality(bleu=GOOD, perplexities=(3.2, 3.1, 3.2), epoch=17, pairs=24_000) -> Quality:
    validation = {model: Validation(value, epoch) for model, value in zip("123", perplexities, strict=True)}
    return Quality(dict(zip("123", bleu, strict=True)), validation, pairs, 17)


def refused(found: Quality) -> str:
    with pytest.raises(InputError) as error:
        found.check(LEAST_BLEU)
    return str(error.value)


def test_models_that_translate__pass_without_a_word(caplog):
    caplog.set_level(logging.INFO)
    quality().check(LEAST_BLEU)
    assert caplog.text == ""


def test_models_of_little_text__are_refused_with_their_perplexities_and_what_to_change():
    sentence = refused(quality(BAD, (151.2, 148, 160), epoch=4, pairs=249))
    assert "model 1 has BLEU 0.17 (validation perplexity 151.2)" in sentence and "a BLEU of 5 is needed" in sentence
    assert "too small: each model was trained on 83 sentence pairs, and a corpus of at least 10000" in sentence
    assert "The perplexity fell until epoch 4 of 17: give more text" in sentence
    assert "attention" not in sentence and "epochs=34" not in sentence
    assert "another out=" in sentence and "least_bleu=0" in sentence


def test_models_that_still_learn__should_learn_for_longer():
    sentence = refused(quality(BAD, (80, 81, 82)))
    assert "train for longer, with epochs=34" in sentence and "too small" not in sentence


def test_one_model_without_attention__is_named():
    sentence = refused(quality((21.8, 2.5, 21.9), (3.2, 9.7, 3.1), epoch=9))
    assert "Model 2 has probably formed no attention: its validation perplexity is 9.7, that of the best" in sentence
    assert "more text" not in sentence


def test_a_model_that_translates_without_attention__is_a_warning(caplog):
    quality((33.4, 17.1, 43.2), (5.2, 11, 5.1)).check(LEAST_BLEU)
    assert "Model 2 has probably formed no attention" in caplog.text


def test_a_lower_floor__shows_them_all_the_same():
    quality(BAD, (151, 148, 160)).check(0)


def test_quality__is_read_from_checkpoints_and_logs(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "train.de").write_text("a b\n" * 30)
    for model, bleu in zip("123", GOOD, strict=True):
        write_checkpoints(tmp_path / "models" / model, 3.0 + int(model), epoch=int(model))
        line = f"Generate test with beam=5: BLEU4 = {bleu:.2f}, 53.6/26.8/16.7/9.5 (BP=1.000)\n"
        (tmp_path / "logs" / f"generate{model}.log").write_text(line)
    found = Quality.read(tmp_path, "de", 17)
    assert tuple(found.bleu.values()) == GOOD and found.pairs == 30
    assert found.validation["2"] == (pytest.approx(5.0, rel=1e-3), 2)
