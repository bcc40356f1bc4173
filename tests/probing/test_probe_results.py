"""Results of a probe are read as they were written, or refused in one sentence."""

from __future__ import annotations

import json

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.probe_results import ProbeResults
from tests.probing.result_values import cell_of, results_of, row_of

RESULTS = results_of({"DT": 2, "NN": 9}, grid=(cell_of(0.1, 0.0),), ablation=(row_of("mask", "top", 0.1, 0.5),))


def test_results__are_read_as_they_were_written(tmp_path):
    (tmp_path / "results.json").write_text(json.dumps(RESULTS.to_json()))
    assert ProbeResults.load(tmp_path) == ProbeResults.load(tmp_path / "results.json") == RESULTS
    assert RESULTS.to_json()["rankings"] == {}


def test_results_of_earlier_versions__have_no_sources(tmp_path):
    content = RESULTS.to_json()
    del content["sources"]
    (tmp_path / "results.json").write_text(json.dumps(content))
    assert ProbeResults.load(tmp_path) == RESULTS


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("accuracy", "high", "'accuracy' is missing or not a number"),
        ("iterations", 1.5, "'iterations' is missing or not an integer"),
        ("converged", 1, "'converged' is missing or not true or false"),
        ("ablation", [{"kind": "mask"}], r"'ablation\[0\].keep' is missing or not a string"),
        ("label_scores", {"DT": {}}, "'label_scores.DT.precision' is missing or not a number"),
        ("label_scores", {}, "'label_scores' has none for the label 'DT'"),
        ("focus", {"much": {"DT": 1}}, "'focus' has 'much' where a share of the weights belongs"),
        ("neurons", [], "has no neurons|is empty"),
        ("rankings", [], "'rankings' is missing or not an object"),
        ("rankings", {"names": ["a"]}, "'rankings.signatures' is missing or not an object"),
    ],
)
def test_damaged_field__is_one_sentence_with_the_file(tmp_path, field, value, sentence):
    (tmp_path / "results.json").write_text(json.dumps({**RESULTS.to_json(), field: value}))
    with pytest.raises(InputError, match=sentence) as raised:
        ProbeResults.load(tmp_path)
    assert "results.json" in str(raised.value) and "\n" not in str(raised.value)
