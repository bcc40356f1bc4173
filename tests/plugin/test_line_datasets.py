"""A data set of lines has the items that fairseq loads of the same text from a data folder."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.plugin.dataset_subsets import load_subset
from fairseq_neurons.plugin.line_datasets import dataset_of_lines
from tests.untrained_models import lines_of, opened


@pytest.mark.parametrize("name", ["1", "lm"])
def test_items_and_batches__are_those_of_the_data_folder(untrained, name):
    task, lines = opened(untrained, name).task, lines_of(untrained)
    binarised = load_subset(task, "test")
    listed = dataset_of_lines(task, lines["en"], lines["fr"] if name == "1" else None)
    assert len(listed) == len(binarised) and listed.sizes.tolist() == binarised.sizes.tolist()
    samples = [dataset.collater([dataset[i] for i in (4, 0, 8)]) for dataset in (listed, binarised)]
    assert samples[0]["ntokens"] == samples[1]["ntokens"] and torch.equal(samples[0]["id"], samples[1]["id"])
    assert torch.equal(samples[0]["target"], samples[1]["target"])
    for key, value in samples[1]["net_input"].items():
        assert torch.equal(samples[0]["net_input"][key], value)


def test_without_references__there_is_no_target(untrained):
    dataset = dataset_of_lines(opened(untrained, "1").task, ["a1 a2", ""])
    assert dataset.tgt is None and dataset.src_sizes.tolist() == [3, 1]
