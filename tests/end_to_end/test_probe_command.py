"""From a model to the neurons that know a property, and to the model without them: the real commands."""

from __future__ import annotations

import json

from fairseq_neurons.rankings import Ranking
from tests.end_to_end.conftest import TRANSLATION
from tests.running import succeed


def test_ranking_of_a_probe__masks_the_model_it_is_of(world, tmp_path):
    common = [f"checkpoint={world.model('joint')}", f"data={world.data}"]
    for split in ("train", "test"):
        succeed("fairseq-neurons-extract", *common, f"text={world.text(split)}", f"out={tmp_path / split}")
    parts = [f"{split}.activations={tmp_path / split}" for split in ("train", "test")]
    labels = ["train.labels=position", "test.labels=position"]
    output = succeed("fairseq-neurons-probe", *parts, *labels, f"out={tmp_path / 'probe'}", "fractions=[0.25]")
    assert "masking-out" in output
    results = json.loads((tmp_path / "probe" / "results.json").read_text())
    assert results["labels"] == ["begin", "end", "middle"] and results["accuracy"] > results["majority"]
    ranking = Ranking.load(tmp_path / "probe" / "ranking.json")
    assert len(ranking.order) == 32
    command = ["fairseq-generate", world.data, *TRANSLATION, "--path", world.model("joint"), "--gen-subset", "test"]
    mask = ["--mask-ranking", tmp_path / "probe" / "ranking.json", "--mask-top", "25%"]
    assert "masked:8|" in succeed(*command, *mask)
