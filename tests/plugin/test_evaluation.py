"""What cannot be translated or scored is said in one sentence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from fairseq.data import LanguagePairDataset

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.dataset_subsets import collated
from fairseq_neurons.plugin.evaluation import Scorer, Translator
from tests.plugin.conftest import sentences
from tests.untrained_models import opened


def loaded_with(model, dictionary, target: bool) -> Loaded:
    tokens = [torch.tensor(sentence) for sentence in sentences(seed=61)]
    sizes = [len(sentence) for sentence in tokens]
    sides = (tokens, sizes, dictionary) if target else ()
    dataset = LanguagePairDataset(tokens, sizes, dictionary, *sides)
    task = SimpleNamespace(
        datasets={"test": dataset},
        dataset=lambda name: dataset,
        target_dictionary=dictionary,
        max_positions=lambda: (1024, 1024),
    )
    return Loaded(model, task)


@pytest.mark.parametrize("kind", [Translator, Scorer])
def test_subset_without_targets__is_refused(kind, joint, dictionary):
    with pytest.raises(InputError, match="no target side"):
        kind(loaded_with(joint, dictionary, target=False), "test")


def test_batches_too_small_for_any_sentence__are_refused(joint, dictionary):
    loaded = loaded_with(joint, dictionary, target=True)
    with pytest.raises(InputError, match="longer than 1 tokens"):
        collated(loaded, loaded.task.dataset("test"), max_tokens=1)
    assert sum(len(sample["id"]) for sample in collated(loaded, loaded.task.dataset("test"), max_tokens=100)) == 9


def test_search_that_cannot_end__is_reported(joint, dictionary):
    loaded = loaded_with(joint, dictionary, target=True)
    generator = SimpleNamespace()
    loaded.task.build_generator = lambda *args, **kwargs: generator

    def fail(*args):
        raise AssertionError("no hypothesis ends")

    loaded.task.inference_step = fail
    with pytest.raises(InputError, match="cannot translate: no hypothesis ends"):
        Translator(loaded, "test").translate()


def test_nan__is_no_perplexity(untrained):
    model = opened(untrained, "1")
    with torch.no_grad():
        model._loaded.model.decoder.fc_out.weight[3, 2] = float("nan")
    with pytest.raises(InputError, match="log-probabilities that are NaN or infinite"):
        model.perplexity("test")
