"""The demo's control of tense: its commands and its table."""

from __future__ import annotations

import re

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.pipelines.demo import demo_control as control
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from tests.ablation.curve_files import write_curve
from tests.pipelines.demo.measured_curves import settings_of

ENGLISH_FRENCH = Languages("en", "fr")


def test_tense_is_controlled__both_ways(tmp_path):
    found = {name: settings_of(command) for name, command in control.jobs(tmp_path, ENGLISH_FRENCH).items()}
    assert [(name, settings.at, settings.to) for name, settings in found.items()] == [
        ("control-past-pres", "past", "pres"),
        ("control-pres-past", "pres", "past"),
    ]
    for settings in found.values():
        assert settings.metric == "control" and "random" in settings.order
        assert settings.rankings == list(control.RANKINGS)
        assert "mangerons\tfut\n" in (tmp_path / settings.outcome).read_text(encoding="utf-8")


def point(choice: Choice, **extra: float) -> Point:
    return Point(*choice, 26, "10%", "control", 0.0, extra, signature=f"{choice}")


def a_test(choice: Choice, against: Choice | None, p_value: float) -> Comparison:
    return Comparison(choice, 26, "control", against, Significance(0.0, 0.0, p_value), f"{choice} {against}")


def test_control__is_shown_beside_random_neurons(tmp_path):
    shared = {"words": 300, "could_turn": 120, "bleu": 20.123}
    rankings = dict(zip(control.RANKINGS, ("first", "second"), strict=True))
    for number, (at, to) in enumerate(control.DIRECTIONS):
        curve, comparisons = [], []
        for ranking, which in rankings.items():
            top = Choice(ranking, "top", None)
            curve.append(point(top, turned=40 + number if which == "first" else 3, **shared))
            for seed, by_chance in enumerate((1, 4), start=1):
                random = Choice(ranking, "random", seed)
                curve.append(point(random, turned=by_chance, **shared))
                comparisons.append(a_test(random, top, seed * (0.0004 if which == "first" else 0.2)))
            comparisons.append(a_test(top, None, 0.9))
        first, second = (Choice(ranking, "top", None) for ranking in rankings)
        comparisons.append(a_test(second, first, 0.8))
        write_curve(tmp_path / "control" / f"{at}-{to}", curve, comparisons, metric="control")
    rows = [re.split(r"  +", line.strip()) for line in control.table(tmp_path).splitlines()[-4:]]
    assert rows[0] == ["past to pres", "F-test", "26", "300", "40 of 120", "2.5", "0.0008", "20.12"]
    assert rows[1] == ["past to pres", "probe", "26", "300", "3 of 120", "2.5", "0.4", "20.12"]
    assert rows[2][:5] == ["pres to past", "F-test", "26", "300", "41 of 120"]
