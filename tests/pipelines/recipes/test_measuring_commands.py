"""The commands that measure a model, as Hydra reads them."""

from __future__ import annotations

import pytest
from omegaconf import DictConfig, OmegaConf

from fairseq_neurons.commands.ablate import AblateConfig
from fairseq_neurons.commands.extract import ExtractConfig
from fairseq_neurons.commands.probe import ProbeConfig
from fairseq_neurons.commands.report import ReportConfig
from fairseq_neurons.pipelines.recipes import measuring_commands as commands

CONFIGS = {"extract": ExtractConfig, "probe": ProbeConfig, "ablate": AblateConfig, "report": ReportConfig}


def parsed(command: list[str]) -> DictConfig:
    """The options as the command reads them; unknown ones and wrong types are refused."""
    program, *options = command
    config = CONFIGS[program.removeprefix("fairseq-neurons-")]
    found = OmegaConf.merge(OmegaConf.structured(config), OmegaConf.from_dotlist(options))
    assert isinstance(found, DictConfig)
    return found


def test_extract__reads_the_model_s_own_dictionary():
    found = parsed(commands.extract_command("lm1", "text/x.en", "activations/x", ["dtype=float16"]))
    assert (found.checkpoint, found.data) == ("models/lm1/checkpoint_best.pt", "bin/lm1")
    assert (found.text, found.out, found.dtype) == ("text/x.en", "activations/x", "float16")


def test_probe__has_a_dump_and_labels_of_either_part():
    labels = ["train.labels=a", "test.labels=position"]
    found = parsed(commands.probe_command(("d/train", "d/test"), labels, "probes/x", ["random=1"]))
    assert (found.train.activations, found.test.activations, found.out) == ("d/train", "d/test", "probes/x")
    assert (found.train.labels, found.test.labels, found.random) == ("a", "position", 1)


@pytest.mark.parametrize("rankings", [["a.json"], ["a.json", "b/c.json"]])
def test_ablate__masks_neurons_in_the_order_of_the_rankings(rankings):
    found = parsed(commands.ablate_command("1", ["reference=r", *commands.SEARCH], rankings, ["order=[top]"], "curves"))
    assert (found.checkpoint, found.data, found.out) == ("models/1/checkpoint_best.pt", "bin/1", "curves")
    assert (list(found.rankings), list(found.order), found.workers) == (rankings, ["top"], 1)
    assert (found.max_len_a, found.max_len_b) == (2, 10)


def test_report__is_of_the_whole_folder():
    found = parsed(commands.report_command("fr"))
    assert (found.run, found.out, found.language) == (".", "report", "fr")
