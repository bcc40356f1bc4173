"""Weights that are missing, too many, of other sizes or no numbers; settings that no model has."""

from __future__ import annotations

import time

import pytest
import torch

from fairseq_neurons import load_model
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import open_checkpoint
from tests.plugin.hostile_checkpoints import with_args, with_namespace, with_section

OUT = "decoder.fc_out.weight"


@pytest.fixture(scope="module")
def good(untrained) -> dict:
    return open_checkpoint(str(untrained / "models" / "1" / "checkpoint_best.pt"))


def weights(state: dict, **changed: object) -> dict:
    found = {**state["model"], **{name.replace("__", "."): value for name, value in changed.items()}}
    return {**state, "model": {name: value for name, value in found.items() if value is not None}}


def broken(state: dict, value: float) -> torch.Tensor:
    changed = state["model"]["decoder.fc_out.weight"].clone()
    changed[3, 2] = value
    return changed


DAMAGED = {
    "missing": (lambda state: weights(state, decoder__fc_out__weight=None), "Missing key"),
    "extra": (lambda state: weights(state, decoder__more=torch.zeros(2)), "Unexpected key"),
    "wide": (lambda state: weights(state, decoder__fc_out__weight=torch.zeros(16, 9)), "size mismatch"),
    "no tensor": (lambda state: weights(state, decoder__fc_out__weight=[1.0]), "not a named tensor"),
    "no embedding": (lambda state: weights(state, encoder__embed_tokens__weight=torch.tensor(1.0)), "size mismatch"),
    "nan": (lambda state: weights(state, decoder__fc_out__weight=broken(state, float("nan"))), f"NaN.* in {OUT}"),
    "inf": (lambda state: weights(state, decoder__fc_out__weight=broken(state, float("inf"))), f"NaN.* in {OUT}"),
    "sparse": (lambda state: weights(state, decoder__fc_out__weight=torch.eye(4).to_sparse()), "not an array"),
    "complex": (lambda state: weights(state, decoder__fc_out__weight=torch.eye(4) * 1j), "not an array"),
    "other layers": (lambda state: with_section(state, "model", encoder_layers=-1), "describes no model .*must equal"),
    "few bytes": (lambda state: weights(state, decoder__fc_out__weight=torch.zeros(1).expand(1 << 40)), "not an array"),
    "no weights": (lambda state: {**state, "model": {}}, "no weights"),
    "a list of weights": (lambda state: {**state, "model": [1]}, "lacks the model"),
    "no units": (lambda state: with_section(state, "model", encoder_hidden_size=0), "describes no model"),
    "negative": (lambda state: with_section(state, "model", decoder_embed_dim=-1), "describes no model"),
    "text": (lambda state: with_section(state, "model", decoder_embed_dim="wide"), "describes no model"),
    "other size": (lambda state: with_section(state, "model", encoder_hidden_size=9), "describes no model"),
    "huge": (lambda state: with_section(state, "model", encoder_hidden_size=200_000), "describes no model"),
    "huge Namespace": (
        lambda state: with_namespace(state, "model", decoder_embed_dim=200_000),
        "describes no model",
    ),
    "layers": (lambda state: with_section(state, "model", encoder_layers=100_000), "fewer weights than encoder_layers"),
    "layers of old": (lambda state: with_args(state, decoder_layers=100_000), "fewer weights than decoder_layers"),
    "layers as text": (lambda state: with_section(state, "model", encoder_layers="1e5"), "fewer weights"),
    "positions": (lambda state: with_section(state, "model", max_source_positions=10**9), "is larger than 300,000"),
    "no field": (lambda state: with_section(state, "model", theirs=1), None),
    "history": (lambda state: {**state, "optimizer_history": [1]}, "that fairseq cannot read"),
    "no state": (lambda state: {**state, "extra_state": 3}, "that fairseq cannot read"),
    "quotes": (lambda state: with_args(state, source_lang="en\\"), "that fairseq cannot read"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_checkpoint__is_one_sentence_in_seconds(untrained, good, tmp_path, name):
    change, sentence = DAMAGED[name]
    torch.save(change(good), tmp_path / "c.pt")
    begin = time.process_time()
    if sentence is None:
        load_model(tmp_path / "c.pt", untrained / "bin" / "1")
        return
    with pytest.raises(InputError, match=sentence) as caught:
        load_model(tmp_path / "c.pt", untrained / "bin" / "1")
    assert time.process_time() - begin < 5
    assert "c.pt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_memory_that_fairseq_saves_as_it_finds_it__is_no_weight(good):
    from fairseq_neurons.plugin.checkpoint_weights import check_weights

    check_weights("c.pt", weights(good, decoder___float_tensor=torch.tensor([float("nan")]))["model"])
