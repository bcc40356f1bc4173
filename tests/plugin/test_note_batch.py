"""A mask at chosen words refuses to guess which sentences are read."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.masking import note_batch
from tests.plugin.conftest import sentences
from tests.plugin.test_word_masks import LM_CHOSEN, mask_at, read, sample_of, words_at


def masked_at_several(model, data):
    return masked(model, mask_at(model, words_at(data, "several"), chosen=LM_CHOSEN))


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_batch_that_nobody_noted__is_refused(name, request):
    model, data = request.getfixturevalue(name), sentences(seed=27)
    sample = sample_of(data, left_pad=name != "language_model")
    with masked_at_several(model, data):
        with pytest.raises(RuntimeError, match="note_batch"):
            read(model, sample, noted=False)
        read(model, sample)
        with pytest.raises(RuntimeError, match="note_batch"):
            read(model, sample, noted=False)


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_batch_of_another_shape_than_the_noted__is_refused(name, request):
    model, data = request.getfixturevalue(name), sentences(seed=28)
    left_pad = name != "language_model"
    assert len({len(data[i]) for i in (1, 4, 5)}) == 3
    for others in ([4, 5, 1], [1, 4]):
        with masked_at_several(model, data):
            note_batch(model, sample_of(data, [1, 5, 4], left_pad))
            if name == "language_model" and len(others) == 3:
                continue  # padded words do not show their lengths
            with pytest.raises(RuntimeError, match="note_batch"):
                read(model, sample_of(data, others, left_pad), noted=False)


def test_sentences_of_other_data__are_refused(joint):
    data = sentences(seed=29)
    with masked_at_several(joint, data):
        with pytest.raises(RuntimeError, match=f"sentence 1 is not of length {len(data[1]) + 1}"):
            note_batch(joint, sample_of([data[0], [4, *data[1]]]))
        with pytest.raises(RuntimeError, match="sentence 9 is not"):
            note_batch(joint, {**sample_of(data[:1]), "id": torch.tensor([9])})


def test_language_model_read_word_by_word__is_refused(language_model):
    """A sentence of one word has the shape of a step; what came before it distinguishes them."""
    sample, state = sample_of([[2]], left_pad=False), {"full_context_alignment": {}}
    with masked(language_model, mask_at(language_model, [[True]], chosen=[1])), torch.no_grad():
        note_batch(language_model, sample)
        language_model.decoder(torch.tensor([[2]]), incremental_state=state)
        note_batch(language_model, sample)
        with pytest.raises(RuntimeError, match="whole and once"):
            language_model.decoder(torch.tensor([[2, 5]]), incremental_state=state)


def test_noting__does_nothing_without_such_a_mask(joint):
    data = sentences(seed=30)
    before = [set(vars(module)) for module in joint.modules()]
    note_batch(joint, {})
    with masked(joint, Mask.of(neurons_of(joint), np.array([1]), 0.5)):
        note_batch(joint, {"net_input": {}})
        found, _ = read(joint, sample_of(data))
    assert torch.isfinite(found[0]).all()
    assert [set(vars(module)) for module in joint.modules()] == before
