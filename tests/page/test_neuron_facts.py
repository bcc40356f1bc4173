"""What is computed for the page about the neurons of a model."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.page.neuron_facts import compute_facts
from fairseq_neurons.runs.run_folder import Run
from tests.page.hostile_run import NEURONS, SENTENCES, sentences

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


def test_facts__are_of_the_whole_dump_and_values_of_the_first_sentences(run):
    opened = Run.open(run)
    facts = compute_facts(opened, opened.models[0], "en", 3)
    assert facts.sentences == 3
    assert facts.values.codes.shape == (NEURONS, sum(map(len, sentences()[:3])))
    assert facts.statistics.counts.sum() == sum(map(len, sentences()))
    assert list(facts.neighbours) == ["2"] and facts.neighbours["2"].indices.shape == (NEURONS, 3)
    assert facts.orders[0].name == "rankings/max" and "pos" in facts.separations


def test_neuron_of_a_word__has_that_word_and_the_same_neuron_of_the_other_model_first(run):
    opened = Run.open(run)
    facts = compute_facts(opened, opened.models[0], "en", SENTENCES + 100)
    assert facts.sentences == SENTENCES
    assert facts.statistics.by_share(3, 1)[0].word == "not"
    assert facts.neighbours["2"].indices[3, 0] == 3
    assert np.abs(facts.neighbours["2"].correlations[3, 0]) > 0.5
