"""A test between two points: how it is written and read."""

from __future__ import annotations

import json

import pytest

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields

RESULT = Significance(7.5, -1.5, 0.03, 7.0, 8.0, {"ratio": 2.0}, {"chrf": 30.0})
COMPARED = Comparison(Choice("r", "top", None), 5, "bleu", Choice("r", "random", 1), RESULT, "s")


def test_fields__are_in_the_order_that_files_have():
    assert list(COMPARED.to_json()) == [
        *("ranking", "order", "seed", "neurons", "metric", "against", "score", "low", "high", "difference"),
        *("ratio", "p_value", "chrf", "signature"),
    ]


@pytest.mark.parametrize("against", [COMPARED.against, None])
def test_comparison__comes_back_from_its_line(against):
    compared = Comparison(COMPARED.choice, 5, "bleu", against, RESULT, "s")
    assert Comparison.read(Fields(json.loads(json.dumps(compared.to_json())), "f")) == compared


def test_damage_of_the_other_point__is_named():
    broken = {**COMPARED.to_json(), "against": {"ranking": "r", "order": "random", "seed": "x"}}
    with pytest.raises(InputError, match="'seed' is missing or not an integer"):
        Comparison.read(Fields(broken, "f"))
