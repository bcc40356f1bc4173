"""Masks at chosen words of made-up sentences, and the states of a model that reads these."""

from __future__ import annotations

import numpy as np
import torch

from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.plugin import neurons_of, recorded
from fairseq_neurons.plugin.masking import note_batch
from tests.plugin.conftest import batch

CHOSEN = [0, 3, 7, 8, 12, 17, 24, 31]
LM_CHOSEN = [0, 5, 9, 15]
WHERE = {
    "first": lambda length: [0],
    "last": lambda length: [length - 1],
    "inside": lambda length: [length // 2],
    "several": lambda length: range(0, length, 2),
    "all": range,
}


def each(model) -> np.ndarray:
    return np.linspace(-0.8, 0.9, len(neurons_of(model)))


def words_at(data: list[list[int]], where: str) -> list[list[bool]]:
    """Every third sentence has no chosen word at all."""
    places = [set(WHERE[where](len(s))) if i % 3 else set() for i, s in enumerate(data)]
    return [[t in chosen for t in range(len(s))] for s, chosen in zip(data, places)]


def mask_at(model, at: list[list[bool]], value=0.75, site="recurrent", chosen=CHOSEN) -> Mask:
    value = each(model) if value == "each" else value
    words = ChosenWords.of([np.array(h) for h in at])
    return Mask.of(neurons_of(model), np.array(chosen), value, site, words=words)


def sample_of(data: list[list[int]], ids: list[int] | None = None, left_pad: bool = True) -> dict:
    """As fairseq collates it, in any order of sentences."""
    ids = list(range(len(data))) if ids is None else ids
    tokens, lengths = batch([data[i] for i in ids], left_pad)
    return {"id": torch.tensor(ids), "net_input": {"src_tokens": tokens, "src_lengths": lengths}}


@torch.no_grad()
def read(model, sample: dict, noted: bool = True):
    """Runs the encoder, or the language model, over a batch; returns its outputs and (B, T, neurons) states."""
    if noted:
        note_batch(model, sample)
    tokens, lengths = sample["net_input"].values()
    with recorded(model) as recorder:
        outputs = model.encoder(tokens, lengths) if hasattr(model, "encoder") else model(tokens, src_lengths=lengths)
        return outputs, np.split(recorder.take(lengths), np.cumsum(lengths)[:-1])
