"""Which options of controlling go together."""

from __future__ import annotations

import math

import pytest

from fairseq_neurons.errors import InputError
from tests.ablation.small_ablations import settings

GIVEN = {"metric": "control", "labels": "l", "at": "past", "to": "pres", "outcome": "o"}
MEANS = {"value": "mean", "means": "d", "means_labels": "m"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({**GIVEN, "labels": None}, "needs labels, at, to, outcome; labels= is missing"),
        ({**GIVEN, "outcome": None}, "outcome= is missing"),
        ({**GIVEN, "to": None}, "to= is missing"),
        ({**GIVEN, "to": "past"}, "at=past, to=past: give two different labels"),
        ({**GIVEN, "test": "approximate-randomization"}, "for metric=bleu; metric=control has none"),
        (
            {**GIVEN, "means_labels": "m"},
            "means_labels= gives the labels of a dump; name it",
        ),
        ({**GIVEN, "strength": 2.0}, "strength=2.0: give a finite number, with means_labels="),
        ({**GIVEN, **MEANS, "strength": math.nan}, "strength=nan: give a finite number"),
        ({"at": "past"}, "at=past is for metric=control; metric=bleu has none"),
        ({"metric": "perplexity", "outcome": "o"}, "outcome=o is for metric=control; metric=perplexity has none"),
        ({"strength": 2.0}, "strength=2.0 is for metric=control; metric=bleu has none"),
    ],
)
def test_options_that_cannot_be(options, sentence):
    with pytest.raises(InputError) as raised:
        settings(**options).check()
    assert sentence in str(raised.value)


def test_options_that_can_be():
    zero = {**GIVEN, "value": "zero"}
    for options in (zero, {**GIVEN, "value": 0.5, "beam": 2}, {**GIVEN, **MEANS, "strength": 2}):
        settings(**options).check()


def test_without_a_value__neurons_are_masked_at_the_means_of_the_label_to():
    given = settings(**GIVEN, means="d", means_labels="m")
    given.check()
    assert given.mask_value == "mean"


@pytest.mark.parametrize("means", [{}, {"means": "d"}])
def test_without_a_value_and_means_of_the_label__nothing_is_steered_and_a_sentence_says_so(means):
    with pytest.raises(InputError, match="^to=pres: give means=DUMP means_labels=LABELS, .* such as value=zero.$"):
        settings(**GIVEN, **means).check()
