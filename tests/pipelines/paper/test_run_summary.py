"""A summary is read as it was written, and is checked once."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.paper_curves import scores_of
from fairseq_neurons.pipelines.paper.run_summary import RunSummary
from fairseq_neurons.storage.json_records import record_to_json
from tests.pipelines.paper.finished_experiments import content_of, read, summary_of

PUBLISHED = sorted((Path(__file__).parents[3] / "docs" / "reproduction").rglob("*.json"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_published_summaries__are_written_as_they_were_read(path):
    whole = json.loads(path.read_text(encoding="utf-8"))
    written = json.loads(json.dumps(record_to_json(RunSummary.read(path))))
    for probes in written["probes"].values():
        for probe in probes.values():
            for cell in probe["grid"]:
                assert cell.pop("converged") is None  # earlier versions did not say
    assert json.dumps(written) == json.dumps(whole)


def test_curve__has_a_score_a_seed_and_infinity_for_none():
    assert scores_of(summary_of().curve("lm1"), "cross-model", "random")[10] == [52.0, 53.0]
    content = content_of()
    content["curves"]["lm1"]["points"][0]["score"] = None
    curve = read(content).curve("lm1")
    assert scores_of(curve, "cross-model", "top") == {0: [math.inf], 5: [51.5], 10: [53.0], 20: [56.0], 40: [62.0]}
    assert scores_of(curve, "none", "top") == {}


def test_a_damaged_field__is_named(tmp_path):
    content = content_of()
    content["curves"]["lm1"]["points"][0]["neurons"] = "many"
    (tmp_path / "summary.json").write_text(json.dumps(content))
    place = r"summary.json is damaged: 'curves.lm1.points\[0\].neurons' is missing or not an integer"
    with pytest.raises(InputError, match=place):
        RunSummary.read(tmp_path / "summary.json")


def test_subset_accuracy__is_of_one_kind_end_and_fraction():
    probe = summary_of().probes["1"]["pos"]
    assert probe.subset_accuracy("mask", "bottom", 0.15) == 0.4
    with pytest.raises(InputError, match="no accuracy of a probe for mask, bottom 30 %"):
        probe.subset_accuracy("mask", "bottom", 0.3)
