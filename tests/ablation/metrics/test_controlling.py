"""Turned translations, counted; and what the neurons are held at."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest
import sacrebleu

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.measurement import Measurement
from fairseq_neurons.ablation.metric_results import Score
from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.ablation.metrics.controlling import Controlling
from fairseq_neurons.ablation.planned_points import PlannedPoint, key_of, plan
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords
from tests.ablation.small_ablations import Norms, ranking, settings

LEXICON = {"mangé": "past", "chanté": "past", "mange": "pres", "chante": "pres", "mangera": "fut"}
# How many words are chosen, the translation unablated, and that when neurons are held.
ROWS = [
    (1, "elle a mangé", "elle mange"),  # turned
    (2, "il a chanté", "il a chanté"),
    (0, "elle a mangé", "elle mange"),  # without a chosen word: not counted
    (1, "elle a mangé et chante", "elle chante"),  # had both: lost one, could not turn
    (1, "elle a", "elle mange"),  # had neither: gained one, could not turn
    (1, "il a mangé", "il a mangé et chante"),  # gained one, but still has the other
    (1, "il a chanté", "il a"),  # lost it to nothing
    (1, "il a mangé", "il a chanté"),  # says something else in the same tense
    (1, "il a mangé", ""),
    (3, "il a chanté", "il mangera"),  # to a third tense
]
CHOSEN, UNABLATED, HELD = ([row[i] for row in ROWS] for i in range(3))


def control(lexicon=LEXICON, chosen=CHOSEN, unablated=UNABLATED, at="past", to="pres") -> Controlling:
    metric = Controlling(Bleu(lambda: unablated, unablated), lexicon, np.array(chosen), at, to)
    metric.relate_to(unablated)
    return metric


def test_counts__are_those_made_by_hand():
    found = control().score(HELD)
    assert found.score == pytest.approx(100 / 7)
    assert found.extra == {
        **{"turned": 1, "could_turn": 7, "changed": 8, "lost": 5, "gained": 3},
        **{"sentences": 9, "words": 12},
        "bleu": sacrebleu.corpus_bleu(HELD, [UNABLATED], tokenize="none", force=True).score,
    }
    nothing = control().score(UNABLATED)
    assert nothing.score == 0
    assert [nothing.extra[name] for name in ("turned", "changed", "lost", "gained")] == [0, 0, 0, 0]


def spoken(seed: int, count: int = 60) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices([*LEXICON, "a", "il"], k=chance.randrange(4))) for _ in range(count)]


def turned(unablated: list[str], output: list[str], chosen: list[int], at: str, to: str) -> dict[int, bool]:
    """Sentence -> whether it has turned; only those that could."""
    found = {}
    for i, (before, after) in enumerate(zip(unablated, output)):
        had, has = ({LEXICON[word] for word in text.split() if word in LEXICON} for text in (before, after))
        if chosen[i] and at in had and to not in had:
            found[i] = to in has and at not in has
    return found


@pytest.mark.parametrize(("at", "to"), [("past", "pres"), ("fut", "past")])
def test_comparison__is_mcnemars_exact_test_of_two_literal_counts(at, to):
    unablated, one, other = spoken(1), spoken(2), spoken(3)
    chosen = [i % 3 for i in range(60)]
    metric = control(chosen=chosen, unablated=unablated, at=at, to=to)
    a, b = (turned(unablated, output, chosen, at, to) for output in (one, other))
    assert metric.score(other).extra["turned"] == sum(b.values()) > 0
    (found,) = metric.compare(one, [other])
    only_b, only_a = sum(b[i] and not a[i] for i in b), sum(a[i] and not b[i] for i in b)
    assert (found.details["only_this"], found.details["only_other"]) == (only_b, only_a)
    n = only_a + only_b
    assert n > 0
    tails = [math.comb(n, k) / 2**n for k in range(n + 1)]
    assert found.p_value == pytest.approx(sum(p for p in tails if p <= tails[only_b] * (1 + 1e-7)))
    assert found.difference == pytest.approx(metric.score(other).score - metric.score(one).score)
    share, z = sum(b.values()) / len(b), 1.959963984540054
    middle = (share + z * z / (2 * len(b))) / (1 + z * z / len(b))
    half = z / (1 + z * z / len(b)) * math.sqrt(share * (1 - share) / len(b) + (z / (2 * len(b))) ** 2)
    assert (found.low, found.high) == pytest.approx((100 * (middle - half), 100 * (middle + half)))
    assert metric.compare(one, [one])[0].p_value == 1


def test_label_without_words_in_the_lexicon__is_refused():
    with pytest.raises(
        InputError, match="to=gone: no word of outcome= has this label alone; the labels are fut, past, pres"
    ):
        control(to="gone")


def test_sentences_that_cannot_turn__are_reported(caplog):
    metric = control(unablated=["il mange"] * len(CHOSEN))
    assert "none can turn: no unablated translation has past and not pres" in caplog.text
    found = metric.score(HELD)
    assert (found.score, found.extra["could_turn"], found.extra["changed"]) == (0, 0, 9)
    (found,) = metric.compare(UNABLATED, [HELD])
    assert (found.low, found.high, found.difference, found.p_value) == (None, None, 0, 1)


MEANS = {"value": "mean", "means": "d", "means_labels": "m"}


class Differences(Norms):
    """A metric of what has changed."""

    is_relative = True

    def relate_to(self, unablated: list[float]) -> None:
        self.unablated = unablated

    def score(self, output: list[float]) -> Score:
        return Score(sum(output) - sum(self.unablated))


@pytest.mark.parametrize("workers", [1, 2])
def test_unablated_model__is_measured_once_and_before_the_others(tmp_path, language_model, workers):
    runs = []

    def function() -> list[float]:
        held = any("forward" in vars(module) for module in language_model.modules())
        runs.append(held)
        return [3.0 if held else 1.0]

    def measure() -> list[Point]:
        with CurveFolder(tmp_path / "out", {"metric": "differences"}, {}) as place:
            place.begin()
            points = plan(settings(points=[0, 4], order=["top"]), {"r": ranking(1)}, None)
            Measurement(language_model, Differences(function), place, "made").measure(points, workers)
            return place.curve.records

    scores = {point.neurons: point.score for point in measure()}
    assert scores == {0: 0.0, 4: 2.0}
    # What the workers run, they note in their own memory.
    noted = [False, True] if workers == 1 else [False]
    assert runs == noted
    # Lost points are scored against the unablated model of the first run.
    (tmp_path / "out" / "curve.jsonl").write_text("")
    assert {point.neurons: point.score for point in measure()} == scores
    assert runs == noted


def test_points_at_words__are_masked_there_alone():
    words = ChosenWords.of([np.array([True, False])], "past")
    (everywhere,) = plan(settings(points=[4], order=["top"]), {"r": ranking(1)}, None)
    there = everywhere.at(words)
    assert there.mask.words is words and there.key == key_of(everywhere.mask)
    assert f"|{words.signature}|" in there.mask.signature != everywhere.mask.signature
    assert everywhere.at(None) == everywhere


def planned(given: AblationSettings) -> list[PlannedPoint]:
    return plan(given, {"r": ranking(1)}, np.arange(16.0), Controlling.mask_settings(given.of(Controlling)))


def test_signature__differs_between_directions_and_strengths():
    given = {"points": [4], "order": ["top"], **MEANS, "at": "past"}
    masks = [
        planned(settings(**given, to=to, strength=strength))[0].mask.signature
        for to, strength in (("pres", 1.0), ("fut", 1.0), ("pres", 2.0))
    ]
    assert "|towards:fut|strength:1|value:mean|" in masks[1] and len(set(masks)) == 3
    one, other = control(), control(to="fut")
    assert one.signature.startswith("control|at:past|to:pres|outcome:") and one.signature != other.signature
    assert json.dumps(one.score(HELD).extra)
