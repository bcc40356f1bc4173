"""The demo's control of tense: its commands and its table."""

from __future__ import annotations

import re

from fairseq_neurons.pipelines.demo import demo_control as control
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from tests.pipelines.demo.measured_curves import settings_of, write_curve

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


def test_control__is_shown_beside_random_neurons(tmp_path):
    shared = {"neurons": 26, "words": 300, "could_turn": 120, "bleu": 20.123}
    first, second = control.RANKINGS
    for number, (at, to) in enumerate(control.DIRECTIONS):
        curve, comparisons = [], []
        for ranking_, turned in ((first, 40 + number), (second, 3)):
            curve.append({"ranking": ranking_, "order": "top", "turned": turned, **shared})
            for seed, by_chance in enumerate((1, 4), start=1):
                curve.append({"ranking": ranking_, "order": "random", "seed": seed, "turned": by_chance, **shared})
                against = {"ranking": ranking_, "order": "top", "seed": None}
                p_value = seed * (0.0004 if ranking_ == first else 0.2)
                comparisons.append({"ranking": ranking_, "order": "random", "against": against, "p_value": p_value})
            comparisons.append({"ranking": ranking_, "order": "top", "against": None, "p_value": 0.9})
        other = {"ranking": first, "order": "top", "seed": None}
        comparisons.append({"ranking": second, "order": "top", "against": other, "p_value": 0.8})
        write_curve(tmp_path / "control" / f"{at}-{to}", curve, comparisons)
    rows = [re.split(r"  +", line.strip()) for line in control.table(tmp_path).splitlines()[-4:]]
    assert rows[0] == ["past to pres", "F-test", "26", "300", "40 of 120", "2.5", "0.0008", "20.12"]
    assert rows[1] == ["past to pres", "probe", "26", "300", "3 of 120", "2.5", "0.4", "20.12"]
    assert rows[2][:5] == ["pres to past", "F-test", "26", "300", "41 of 120"]
