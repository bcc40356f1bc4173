"""What both tasks refuse: flags of trained models while training, and dumps by commands that cannot make them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.neuron_flags import NeuronFlags
from fairseq_neurons.plugin.tasks import TranslationNeuronsTask


def task_of(**flags: object) -> TranslationNeuronsTask:
    """A task without data."""
    task = TranslationNeuronsTask.__new__(TranslationNeuronsTask)
    given = {"checkpoint_path": None, **flags}
    task.flags = SimpleNamespace(**{**vars(NeuronFlags(checkpoint_path=None)), **given})
    return task


@pytest.mark.parametrize("flags", [{"dump_activations": "a"}, {"mask_neurons": "0"}])
def test_flags_of_trained_models__are_refused_while_training(flags):
    with pytest.raises(InputError, match="for trained models: leave them out while training"):
        task_of(**flags).build_model(None)


def test_a_dump__is_of_one_model():
    with pytest.raises(InputError, match="A dump is of one model: give --path a single checkpoint"):
        task_of(dump_activations="a").apply_flags([None, None])


def test_a_dump__is_not_made_by_validate():
    with pytest.raises(InputError, match="by fairseq-generate, fairseq-eval-lm or fairseq-neurons-extract"):
        task_of(dump_activations="a", checkpoint_path="m.pt").build_criterion(None)


def test_chosen_words__are_those_of_a_data_folder():
    with pytest.raises(InputError, match="Words are chosen \\(--mask-words\\) in a data folder"):
        task_of(mask_words="the", mask_neurons="0").apply_flags([])


def test_without_a_recorder__nothing_is_dumped():
    task = task_of()
    task.start_dump()
    assert task.dump is None
