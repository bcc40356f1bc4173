"""fairseq's configuration is composed quickly, and as Hydra does."""

from __future__ import annotations

import pytest
from fairseq import options
from fairseq.dataclass.utils import convert_namespace_to_omegaconf

import fairseq_neurons.plugin  # noqa: F401 - fills the registries
from fairseq_neurons.plugin.fairseq_hydra import hydra_of_fairseq
from tests.quick_composition import quick_composition

LSTM = ["--arch", "lstm_dalvi2019", "--task", "translation_neurons"]
TRAINING = [*LSTM, "--optimizer", "adam", "--lr-scheduler", "inverse_sqrt", "--adam-betas", "(0.9, 0.98)"]
GENERATION = [
    "--path",
    "a'b.pt",
    "--task",
    "translation_neurons",
    "--mask-neurons",
    "1,encoder.*",
    "--mask-value",
    "mean",
]


@pytest.mark.parametrize(
    ("parser", "arguments"),
    [(options.get_training_parser, TRAINING), (options.get_generation_parser, GENERATION)],
    ids=["training", "generation"],
)
def test_quick_composition__is_hydras(parser, arguments):
    parsed = options.parse_args_and_arch(parser(), ["bin", *arguments])
    with hydra_of_fairseq():
        expected = convert_namespace_to_omegaconf(parsed)
        with quick_composition():
            for _ in range(2):
                composed = convert_namespace_to_omegaconf(parsed)
                assert composed == expected
                composed.common.seed = 77  # changes nothing that others get
