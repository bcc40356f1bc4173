"""A curve as a value: read from its folder, and looked at in parts."""

from __future__ import annotations

from math import inf

import pytest

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.errors import InputError
from tests.ablation.curve_files import write_curve


def point(order: str, seed: int | None, neurons: int, score: float, ranking: str = "r/a.json") -> Point:
    return Point(ranking, order, seed, neurons, f"{neurons}%", "bleu", score, signature=f"{order}{seed}{neurons}")


POINTS = [point("top", None, 0, 9.0), point("top", None, 5, inf), point("random", 1, 5, 7.0)]
COMPARISON = Comparison(
    *(Choice("r/a.json", "random", 1), 5, "bleu", Choice("r/a.json", "top", None)),
    *(Significance(7.0, None, 0.5, details={"ratio": 2.0}, beside={"chrf": 1.0}), "s"),
)


@pytest.fixture
def folder(tmp_path):
    return write_curve(tmp_path / "curve", POINTS, [COMPARISON], checkpoint="c" * 64)


def test_read__gives_what_was_written(folder):
    curve = Curve.read(folder)
    assert curve.points == tuple(POINTS) and curve.comparisons == (COMPARISON,)
    assert (curve.name, curve.metric.axis, curve.settings["checkpoint_sha256"]) == ("curve", "BLEU", "c" * 64)
    assert curve.shares == {0: "0%", 5: "5%"}
    assert '"score": null' in (folder / "curve.jsonl").read_text()


def test_line__is_found_by_ranking_and_order_and_random_ones_by_their_order_alone(folder):
    curve = Curve.read(folder)
    assert [found.mean for found in curve.line("r/a.json", "top").points] == [9.0, inf]
    assert curve.line("anything", "random").at(5).scores == [7.0]
    assert curve.line("r/a.json", "bottom").points == ()


def test_only_and_renamed__leave_the_curve_as_it_was(folder):
    curve = Curve.read(folder)
    renamed = curve.renamed(lambda name: name[2])
    assert {found.ranking for found in renamed.points} == {"a"}
    assert (renamed.comparisons[0].choice.ranking, renamed.comparisons[0].against.ranking) == ("a", "a")
    assert [found.neurons for found in curve.only(lambda one: one.order == "random").points] == [5]
    assert len(curve.points) == 3 and curve.points[0].ranking == "r/a.json"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("curve.jsonl", '"seed": null, "neurons": 5', '"seed": "x", "neurons": 5', "curve.jsonl, line 2, .*'seed'"),
        ("curve.jsonl", '"order": "random"', '"order": "up"', "line 3, is damaged: 'order' is 'up', not one of top"),
        ("curve.jsonl", '"score": 7.0', '"p_value": true, "score": 7.0', "line 3, is damaged: 'p_value'"),
        ("curve.jsonl", '"score": 7.0', '"score": 7.0, "more": []', "'more' is not a number or a string"),
        ("comparisons.jsonl", '"p_value": 0.5', '"p": 0.5', "comparisons.jsonl, line 1, is damaged: 'p_value' is miss"),
        ("comparisons.jsonl", '"order": "top"', '"order": 3', "comparisons.jsonl, line 1, is damaged: 'order'"),
        ("settings.json", '"bleu"', '"ter"', "its points are of one metric, ter by settings.json, bleu by curve.jsonl"),
    ],
)
def test_damage__is_found_when_the_folder_is_read(folder, file, old, new, sentence):
    content = (folder / file).read_text()
    assert old in content
    (folder / file).write_text(content.replace(old, new))
    with pytest.raises(InputError, match=sentence):
        Curve.read(folder)


def test_number__is_a_further_result_of_the_metric():
    measured = Point("r", "top", None, 1, "1", "control", 0.0, {"turned": 3, "note": "x"}, signature="s")
    assert measured.number("turned") == 3
    for name in ("note", "words"):
        with pytest.raises(InputError, match=f"A point of metric=control has no number '{name}'"):
            measured.number(name)
