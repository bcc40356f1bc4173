"""The options of a metric: the command's own, and those that come with it."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from fairseq_neurons.ablation.metrics.metric_options import ResamplingOptions, option_names, own_options
from fairseq_neurons.errors import InputError


@dataclass
class Measured(ResamplingOptions):
    scale: float = 1.0
    labels: list[str] | None = None


SETTINGS = SimpleNamespace(samples=7, beam=5)


def test_options__are_those_of_the_command_and_those_added():
    assert option_names(Measured) == ["samples", "scale", "labels"]
    assert own_options(Measured, SETTINGS, {}) == Measured(samples=7)
    assert own_options(Measured, SETTINGS, {"scale": 2, "labels": ["NN"]}) == Measured(7, 2.0, ["NN"])


def test_numbers__are_of_the_type_that_the_metric_declares():
    found = own_options(Measured, SETTINGS, {"scale": "0.5"})
    assert found.scale == 0.5


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        ({"samples": 3}, "metric_options.samples: the choices are scale, labels."),
        ({"beam": 3}, "metric_options.beam: the choices are scale, labels."),
        ({"scale": "large"}, "metric_options={'scale': 'large'}: Value 'large' of type 'str' could not be converted"),
    ],
)
def test_invalid_options__are_named(added, sentence):
    with pytest.raises(InputError) as raised:
        own_options(Measured, SETTINGS, added)
    assert sentence in str(raised.value)


def test_samples__are_at_least_one():
    ResamplingOptions(1).check_samples()
    with pytest.raises(InputError, match="samples=0: give at least 1."):
        ResamplingOptions(0).check_samples()
