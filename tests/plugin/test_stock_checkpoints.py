"""Checkpoints of fairseq's own architectures, in the states in which users have them."""

from __future__ import annotations

import argparse
import copy
import shutil
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch

from fairseq_neurons import Activations, load_model
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import check_checkpoint
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION
from tests.running import succeed
from tests.shared_folders import made_once
from tests.untrained_models import DECODER, STOCK, STOCK_LM, lines_of, write_binarised, write_checkpoint

BLEU = {"eval_bleu": True, "eval_bleu_detok": "moses", "eval_bleu_args": '{"beam": 5, "max_len_a": 1.2}'}


@pytest.fixture(scope="session")
def stock(untrained, session_folder) -> Path:
    """Models ``lstm``, ``lstm_lm``, and ``tied`` and ``joined``, whose embeddings are shared."""

    def write(folder: Path) -> None:
        shutil.copytree(untrained / "bin", folder / "bin")
        shutil.copytree(untrained / "text", folder / "text")
        _write_joined(folder)
        write_checkpoint(folder, "lstm", ["bin/1", *STOCK, *DECODER])
        write_checkpoint(folder, "lstm_lm", [*STOCK_LM, *DECODER])
        write_checkpoint(folder, "joined", ["bin/joined", *STOCK, *DECODER, "--share-all-embeddings"])
        write_checkpoint(folder, "tied", ["bin/1", *STOCK, *DECODER, "--share-decoder-input-output-embed"])

    return made_once(session_folder / "stock", write)


def _write_joined(folder: Path) -> None:
    from fairseq.data import Dictionary

    words = Dictionary()
    for name in (f"{letter}{i}" for i in range(12) for letter in "ab"):
        words.add_symbol(name)
    for language, lines in lines_of(folder).items():
        (folder / "bin" / "joined").mkdir(exist_ok=True)
        words.save(str(folder / "bin" / "joined" / f"dict.{language}.txt"))
        write_binarised(folder / "bin" / "joined" / f"test.en-fr.{language}", words, lines)


def data_of(name: str) -> str:
    return {"lstm_lm": "lm", "joined": "joined"}.get(name, "1")


def path_of(stock: Path, name: str) -> Path:
    return stock / "models" / name / "checkpoint_best.pt"


def changed(stock: Path, name: str, out: Path, change) -> Path:
    state = check_checkpoint(str(path_of(stock, name)))
    torch.save(change(copy.deepcopy(state)), out / "changed.pt")
    return out / "changed.pt"


def measuring_bleu(state: dict) -> dict:
    """``--eval-bleu --eval-bleu-detok moses --best-checkpoint-metric bleu``; Moses' tokenizer is not installed here."""
    state["cfg"]["task"].update(BLEU)
    state["cfg"]["checkpoint"]["best_checkpoint_metric"] = "bleu"
    state["extra_state"].update(
        val_loss=np.float64(31.4), best=np.float64(31.4), metrics=OrderedDict(bleu=np.float64(1))
    )
    return state


def averaged(state: dict) -> dict:
    """As ``scripts/average_checkpoints.py`` writes it."""
    weights = OrderedDict()
    for key, value in state["model"].items():
        weights[key] = (value * 0.5 + value * 1.5).div_(2)
    return {**state, "model": weights}


def training_on(state: dict) -> dict:
    """With the state of the optimizer, which most checkpoints have."""
    moments = {0: {"step": 3, "exp_avg": torch.zeros(4), "exp_avg_sq": torch.zeros(4)}}
    return {**state, "last_optimizer_state": {"state": moments, "param_groups": [{"lr": 0.1, "params": [0]}]}}


def with_args(state: dict) -> dict:
    """As fairseq wrote them before it had configs: one flat Namespace."""
    flat: dict = {}
    for part in state.pop("cfg").values():
        flat |= vars(part) if isinstance(part, argparse.Namespace) else part if isinstance(part, dict) else {}
    flat |= {"task": flat.get("task") or "translation", "criterion": "cross_entropy", "optimizer": "adam"}
    return {**state, "args": argparse.Namespace(**{name: value for name, value in flat.items() if name[0] != "_"})}


CHANGES = {"bleu": measuring_bleu, "averaged": averaged, "optimizer": training_on, "args": with_args}


@pytest.mark.parametrize(
    ("name", "change"), [*(("lstm", change) for change in CHANGES), ("lstm_lm", "averaged"), ("lstm_lm", "args")]
)
def test_checkpoint__is_the_same_model_however_it_was_kept(stock, tmp_path, name, change):
    data = stock / "bin" / data_of(name)
    found = load_model(changed(stock, name, tmp_path, CHANGES[change]), data)
    expected = load_model(path_of(stock, name), data)
    assert found.neurons == expected.neurons
    for (words, states), known in zip(found.states("test"), expected.states("test"), strict=True):
        assert words == known.words
        np.testing.assert_allclose(states, known.states, atol=1e-6)


def pretrained(state: dict) -> dict:
    """``--encoder-embed-path``, whose file is gone; the weights have what was read from it."""
    model = state["cfg"]["model"]
    model.encoder_embed_path = model.decoder_embed_path = "/gone/vectors.txt"
    return state


def test_pretrained_embeddings__are_read_from_the_checkpoint(stock, tmp_path):
    checkpoint = changed(stock, "lstm", tmp_path, pretrained)
    expected = load_model(path_of(stock, "lstm"), stock / "bin/1").translate("test", max_len_b=9)
    assert load_model(checkpoint, stock / "bin" / "1").translate("test", max_len_b=9) == expected
    command = [stock / "bin" / "1", *TRANSLATION, "--gen-subset", "test", "--max-len-b", 9, "--path", checkpoint]
    printed = [line.split("\t") for line in succeed("fairseq-generate", *command).splitlines()]
    found = {int(line[0][2:]): line[2] for line in printed if line[0].startswith("H-")}
    assert [found[i] for i in range(len(expected))] == expected


def test_half_precision__is_read_as_single(stock, tmp_path):
    def halved(state: dict) -> dict:
        return {**state, "model": {name: value.half() for name, value in state["model"].items()}}

    model = load_model(changed(stock, "lstm", tmp_path, halved), stock / "bin" / "1")
    [(_, states), *_] = model.states("test")
    [(_, known), *_] = load_model(path_of(stock, "lstm"), stock / "bin" / "1").states("test")
    assert states.dtype == np.float32
    np.testing.assert_allclose(states, known, atol=5e-3)
    assert not np.array_equal(states, known)


@pytest.mark.parametrize("name", ["joined", "tied"])
def test_shared_embeddings__are_one_tensor(stock, name):
    model = load_model(path_of(stock, name), stock / "bin" / data_of(name))
    decoder = model.model.decoder
    assert decoder.share_input_output_embed
    assert (decoder.embed_tokens is model.model.encoder.embed_tokens) == (name == "joined")
    free = model.translate("test", max_len_b=9)
    with model.masked("encoder.*", value=0.9):
        assert model.translate("test", max_len_b=9) != free


def test_data_folder__may_have_moved(stock, tmp_path):
    moved = shutil.copytree(stock, tmp_path / "moved")
    shutil.rmtree(moved / "bin" / "lm")
    assert load_model(path_of(moved, "lstm"), moved / "bin" / "1").translate("test", max_len_b=9)
    with pytest.raises(InputError, match="give the folder with data="):
        load_model(changed(moved, "lstm_lm", tmp_path, gone), None)


def gone(state: dict) -> dict:
    state["cfg"]["task"]["data"] = "/gone"
    return state


def test_language_model_without_our_task__reads_a_sentence_a_sample(stock):
    """Its training read blocks of 512 tokens."""
    model = load_model(path_of(stock, "lstm_lm"), stock / "bin" / "lm")
    words = [sentence.words for sentence in model.states("test")]
    assert words == [["<unk>" if word == "unseen" else word for word in line.split()] for line in lines_of(stock)["en"]]
    assert model.perplexity("test") > 1


def test_fairseq_generate__dumps_and_masks_the_decoder(stock, tmp_path):
    """At target words of the best hypotheses, under the same mask."""
    checkpoint, data = path_of(stock, "lstm"), stock / "bin" / "1"
    mask = ["--mask-neurons", "encoder.1.bwd.*,decoder.0.fwd.3", "--mask-value", 0.5]
    dump = ["--dump-activations", tmp_path / "a", "--dump-states", "decoder.*.fwd"]
    command = [data, *TRANSLATION, "--gen-subset", "test", "--max-len-b", 9, "--path", checkpoint]
    printed = succeed("fairseq-generate", *command, *mask, *dump)
    model = load_model(checkpoint, data)
    with model.masked("encoder.1.bwd.*,decoder.0.fwd.3", value=0.5):
        expected = model.translate("test", max_len_b=9)
    assert expected != model.translate("test", max_len_b=9)
    found = {line.split("\t")[0]: line.split("\t")[2] for line in printed.splitlines() if line.startswith("H-")}
    assert found == {f"H-{i}": sentence for i, sentence in enumerate(expected)}
    dumped = Activations(tmp_path / "a")
    assert [" ".join(words) for words in dumped.sentences] == expected
    states = np.concatenate(list(dumped.blocks()))
    assert (states[:, 3] == 0.5).all() and not (states[:, 4] == 0.5).any()


def test_fairseq_eval_lm__masks_a_stock_language_model(stock):
    checkpoint, data = path_of(stock, "lstm_lm"), stock / "bin" / "lm"
    command = [data, *LANGUAGE_MODEL, "--gen-subset", "test", "--path", checkpoint, "--mask-neurons", "decoder.0.in.*"]
    printed = succeed("fairseq-eval-lm", *command)
    with (model := load_model(checkpoint, data)).masked("decoder.0.in.*"):
        expected = model.perplexity("test")
    assert f"Perplexity: {expected:.2f}" in printed
    assert f"Perplexity: {model.perplexity('test'):.2f}" not in printed
