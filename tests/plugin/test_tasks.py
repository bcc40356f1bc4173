"""The two tasks: fairseq's, with our flags; what dumps and masks need of sentences is checked."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

import pytest
from fairseq.tasks import TASK_REGISTRY
from fairseq.tasks.language_modeling import LanguageModelingConfig
from fairseq.tasks.translation import TranslationConfig

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.neuron_flags import NeuronFlags
from fairseq_neurons.plugin.tasks import (
    LanguageModelingNeuronsConfig,
    LanguageModelingNeuronsTask,
    TranslationNeuronsConfig,
    TranslationNeuronsTask,
)


def names(config: type) -> set[str]:
    return {item.name for item in fields(config)}


@pytest.mark.parametrize(
    ("config", "stock"),
    [(TranslationNeuronsConfig, TranslationConfig), (LanguageModelingNeuronsConfig, LanguageModelingConfig)],
)
def test_config__has_the_flags_of_fairseq_and_ours(config, stock):
    assert names(config) == names(stock) | names(NeuronFlags)
    changed = {name for name in names(stock) if getattr(config(), name) != getattr(stock(), name)}
    assert changed <= {"sample_break_mode"}


def test_tasks__are_known_to_fairseq():
    assert TASK_REGISTRY["translation_neurons"] is TranslationNeuronsTask
    assert TASK_REGISTRY["language_modeling_neurons"] is LanguageModelingNeuronsTask


def task_of(kind: type, **flags: object) -> object:
    """A task without data, with the flags that its checks read."""
    task = kind.__new__(kind)
    task.flags = SimpleNamespace(**flags)
    return task


@pytest.mark.parametrize(
    ("kind", "flags", "sentence"),
    [
        (TranslationNeuronsTask, {"num_batch_buckets": 8}, "leave out --num-batch-buckets"),
        (
            LanguageModelingNeuronsTask,
            {"sample_break_mode": "none", "shorten_method": "none"},
            "a sentence a sample: give --sample-break-mode eos",
        ),
        (
            LanguageModelingNeuronsTask,
            {"sample_break_mode": "eos", "shorten_method": "truncate"},
            "leave out --shorten-method",
        ),
    ],
)
def test_sentences_that_are_not_read_as_they_are__are_refused(kind, flags, sentence):
    with pytest.raises(InputError, match=f"Dumps and masks at chosen words need .*{sentence}"):
        task_of(kind, **flags).check_sentences()


@pytest.mark.parametrize("flags", [{"dump_activations": "a"}, {"dump_activations": None, "mask_words": "x"}])
def test_language_models__are_dumped_and_masked_at_words_by_eval_lm_alone(flags):
    task = task_of(LanguageModelingNeuronsTask, **flags)
    with pytest.raises(InputError, match="by fairseq-eval-lm, not by fairseq-generate"):
        task.build_generator([], None)
