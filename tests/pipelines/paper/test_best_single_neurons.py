"""The best single neuron for a property, beside a plain reading of every pair of words."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.pipelines.paper import best_single_neurons as module
from fairseq_neurons.pipelines.paper.best_single_neurons import (
    LEAST_OCCURRENCES,
    TOP_WORDS,
    BestNeuron,
    best_single_neurons,
)
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump
from tests.pipelines.paper.finished_experiments import experiment_of

NEURONS = 6
WORDS = ["a", "two", "not", "cat", "dog", "May", "."]


@pytest.fixture
def experiment(tmp_path):
    """Two models' dumps of 40 sentences, and tags: N on two words, RARE on one occurrence."""
    tasks = {"pos": LabelTask("EN POS", "train.pos", "test.pos", shown=["N", "RARE", "NEVER"])}
    made = experiment_of(tmp_path, tasks=tasks)
    chance = np.random.default_rng(3)
    sentences = [[WORDS[i] for i in chance.integers(0, len(WORDS), chance.integers(1, 9))] for _ in range(40)]
    count = sum(map(len, sentences))
    for model in ("1", "2"):
        values = chance.integers(-3, 4, (count, NEURONS)).astype(np.float32)
        write_dump(made.folder / "activations" / model, values, sentences=sentences)
    dumps = [made.folder / "activations" / model for model in ("1", "2")]
    (made.folder / "rankings/1").mkdir(parents=True)
    correlate(dumps).save(made.folder / f"rankings/1/{CROSS_MODEL}.json")
    tags = [["N" if word in ("cat", "dog") else "O" for word in words] for words in sentences]
    tags[3][0] = "RARE"
    (made.folder / "text").mkdir()
    (made.folder / "text/pos.test.labels").write_text("".join(" ".join(line) + "\n" for line in tags))
    return made


def literal(made, has: np.ndarray, label: str) -> BestNeuron:
    """The same in plain words: all pairs of a word with the label and one without, a tie counting half."""
    dump = module.Activations(made.folder / "activations/1")
    words = [word for sentence in dump.sentences for word in sentence]
    areas = []
    for neuron in range(NEURONS):
        values = dump.values[:, neuron].tolist()
        pairs = [
            (a, b)
            for a, one in zip(values, has, strict=True)
            if one
            for b, other in zip(values, has, strict=True)
            if not other
        ]
        areas.append(sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs))
    best = max(range(NEURONS), key=lambda neuron: abs(areas[neuron] - 0.5))
    means = {
        word: float(np.mean([v for v, w in zip(dump.values[:, best], words, strict=True) if w == word]))
        for word in words
        if words.count(word) >= LEAST_OCCURRENCES
    }
    top = sorted(means, key=means.__getitem__, reverse=areas[best] >= 0.5)[:TOP_WORDS]
    order = module.Ranking.load(made.folder / f"rankings/1/{CROSS_MODEL}.json").order.tolist()
    return BestNeuron(label, int(has.sum()), f"encoder.0.fwd.{best}", areas[best], order.index(best) + 1, tuple(top))


def test_best_single_neurons__equal_their_literal_twins(experiment):
    sentences = module.Activations(experiment.folder / "activations/1").sentences
    words = [word for sentence in sentences for word in sentence]
    places = [3 * (2 * i + 1) // (2 * len(sentence)) for sentence in sentences for i in range(len(sentence))]
    has = {
        "begin": np.array(places) == 0,
        "end": np.array(places) == 2,
        "number": np.array(words) == "two",
        "negation": np.array(words) == "not",
        "N": np.isin(words, ["cat", "dog"]),
    }
    line = (experiment.folder / "text/pos.test.labels").read_text().split()
    has["N"] &= np.array(line) == "N"
    found = {one.label: one for one in best_single_neurons(experiment, "1")}
    for label, which in has.items():
        expected = literal(experiment, which, label)
        assert found[label].auc == pytest.approx(expected.auc, abs=1e-12)
        assert {**vars(found[label]), "auc": None} == {**vars(expected), "auc": None}


def test_a_label_of_few_words__has_no_neuron(experiment):
    found = {one.label: one for one in best_single_neurons(experiment, "1")}
    assert found["RARE"] == BestNeuron("RARE", 1) and found["NEVER"] == BestNeuron("NEVER", 0)


def test_without_word_lists_or_labels_of_the_test_text__there_is_position_alone(experiment):
    experiment.src = "it"
    experiment.tasks["pos"].test_text = "other"
    assert [one.label for one in best_single_neurons(experiment, "1")] == ["begin", "end"]
