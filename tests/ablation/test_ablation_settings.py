"""The options of an ablation: which are refused, and what each part makes of them."""

from __future__ import annotations

import math

import pytest

from fairseq_neurons.ablation.ablation_settings import AblationSettings, check_distinct
from fairseq_neurons.ablation.metrics.bleu import Bleu, BleuOptions
from fairseq_neurons.ablation.metrics.perplexity import Perplexity, PerplexityOptions
from fairseq_neurons.errors import InputError
from tests.ablation.small_ablations import settings


def refusal(given: AblationSettings) -> str:
    with pytest.raises(InputError) as raised:
        given.check()
    return str(raised.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "zero"),
        ({"means": "d"}, "mean"),
        ({"value": "mean", "means": "d"}, "mean"),
        ({"value": 0}, "zero"),
        ({"value": -0.0}, "zero"),
        ({"value": "0.5"}, 0.5),
        ({"value": -2}, -2.0),
    ],
)
def test_mask_value__has_one_spelling(options, expected):
    assert settings(**options).mask_value == expected


@pytest.mark.parametrize("value", ["median", [1], math.inf, "nan"])
def test_mask_value__is_a_finite_number_or_a_name(value):
    assert refusal(settings(value=value)).startswith(f"value={value}: ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"points": []}, "points=[]: give at least one, and each once."),
        ({"points": [5, "5"]}, "points=[5,5]: give at least one, and each once."),
        ({"order": ["top", "up"]}, "order=[top,up]: the choices are top, bottom, random."),
        ({"rankings": ["r", "r"]}, "rankings=[r,r]: give at least one, and each once."),
        ({"seeds": 0}, "seeds=0: give at least 1."),
        ({"max_tokens": 0}, "max_tokens=0: give at least 1."),
        ({"value": "mean"}, "value=mean and means=DUMP go together: the means are those of a dump."),
        ({"value": "zero", "means": "d"}, "value=mean and means=DUMP go together: the means are those of a dump."),
        ({"metric": "ter"}, "metric=ter: the choices are bleu, perplexity, control."),
        ({"metric": "perplexity", "beam": 3}, "beam=3 is for metric=bleu; metric=perplexity has none."),
    ],
)
def test_invalid_options__are_named(options, sentence):
    assert refusal(settings(**options)) == sentence


def test_options_of_a_metric__are_its_own():
    given = settings(beam=3, samples=20)
    given.check()
    assert given.of(Bleu) == BleuOptions(beam=3, samples=20)
    assert given.of(Perplexity) == PerplexityOptions(samples=20)


def test_processes__are_one_on_a_gpu():
    assert settings(workers=3).processes(gpu=False) == 3
    assert settings().processes(gpu=True) == settings(workers=1).processes(gpu=True) == 1
    assert settings().processes(gpu=False) >= 1
    with pytest.raises(InputError, match="workers=2: on a GPU one process measures all points."):
        settings(workers=2).processes(gpu=True)


def test_distinct_values__are_compared_as_they_are_written():
    check_distinct("points", ["5", "5%"])
    with pytest.raises(InputError, match=r"points=\[5,5\]"):
        check_distinct("points", [5, "5"])
