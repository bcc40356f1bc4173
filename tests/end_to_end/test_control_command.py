"""``fairseq-neurons-ablate metric=control``: its points are fairseq-generate's with masks at the same words."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_labels
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import load_model, masked
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset
from fairseq_neurons.plugin.extraction import extract
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import read_lines
from tests.ablation.test_interruptions import files
from tests.end_to_end.conftest import TRANSLATION
from tests.end_to_end.trained_curves import a_ranking, command, lively, measure
from tests.running import run, succeed

LABELS = {"word3": "past", "word7": "past", "word1": "pres", "word5": "pres", "word9": "pres"}


def labels_of_words(world, split: str) -> list[list[str]]:
    return [[LABELS.get(word, "-") for word in line.split()] for line in read_lines(world.text(split), "text")]


def telling_words(outputs: list[str]) -> tuple[str, str]:
    """Two words of which one often occurs where the other does not: they stand for the two labels."""
    found = [set(line.split()) for line in outputs]
    words = sorted(set.union(*found))
    return max(permutations(words, 2), key=lambda pair: sum(pair[0] in x and pair[1] not in x for x in found))


@pytest.fixture
def past_to_pres(world, tmp_path) -> AblationSettings:
    """Of a lively model; the lexicon is made for its translations."""
    checkpoint = lively(world.model("joint"), tmp_path)
    loaded = load_model(str(checkpoint), str(world.data))
    at, to = telling_words(loaded.translate("test", beam=2, max_len_b=12))
    (tmp_path / "lexicon").write_text(f"{at}\tpast\n{to}\tpres\nmot0\tpast\nmot0\tpres\n", encoding="utf-8")
    for split in ("valid", "test"):
        lines = map(" ".join, labels_of_words(world, split))
        (tmp_path / f"{split}.labels").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return AblationSettings(
        str(checkpoint),
        str(world.data),
        [str(a_ranking(tmp_path, checkpoint, world.data, 1))],
        str(tmp_path / "out"),
        **{"metric": "control", "labels": str(tmp_path / "test.labels"), "at": "past", "to": "pres"},
        **{"outcome": str(tmp_path / "lexicon"), "value": 0.75, "beam": 2, "max_len_b": 12, "seeds": 2},
        points=[0, 4, "50%"],
        order=["top", "random"],
        workers=1,
    )


def count(settings: AblationSettings, output: list[str], point: Point, values: list[list[str]]) -> None:
    """Compare a point with counts made one sentence at a time."""
    (at, _), (to, _), *_ = (line.split("\t") for line in read_lines(Path(settings.outcome), "lexicon"))
    unablated = read_lines(Path(settings.out) / "hypotheses" / "unablated.txt", "hypotheses")
    counts = dict.fromkeys(("sentences", "words", "changed", "lost", "gained", "could_turn", "turned"), 0)
    for before, after, line in zip(unablated, output, values, strict=True):
        if "past" not in line:
            continue
        had, has = before.split(), after.split()
        could = at in had and to not in had
        counts["sentences"] += 1
        counts["words"] += line.count("past")
        counts["changed"] += before != after
        counts["lost"] += at in had and at not in has
        counts["gained"] += to not in had and to in has
        counts["could_turn"] += could
        counts["turned"] += could and to in has and at not in has
    assert {name: point.extra[name] for name in counts} == counts
    assert point.score == pytest.approx(100 * counts["turned"] / counts["could_turn"])


def test_points__are_what_fairseq_generate_gives_with_a_mask_at_these_words(world, past_to_pres):
    settings = replace(past_to_pres, points=["50%"], order=["top"])
    curve = measure(settings)
    (point,), (comparison,) = curve.points, curve.comparisons
    flags = ["--path", settings.checkpoint, "--gen-subset", "test", "--beam", 2, "--max-len-b", 12]
    mask = ["--mask-ranking", settings.rankings[0], "--mask-top", "50%", "--mask-value", 0.75]
    words = ["--mask-words", "past", "--mask-labels", settings.labels]
    output = succeed("fairseq-generate", world.data, *TRANSLATION, *flags, *mask, *words)
    found = {int(i): words for i, words in re.findall(r"^H-(\d+)\t[^\t]*\t(.*)$", output, re.MULTILINE)}
    kept = read_lines(Path(settings.out) / point.output, "hypotheses")
    assert kept == [found[i] for i in range(30)]
    count(settings, kept, point, labels_of_words(world, "test"))
    references = read_lines(world.text("test", "fr"), "text")
    assert point.extra["bleu"] == sacrebleu.corpus_bleu(kept, [references], tokenize="none", force=True).score
    assert 5 < point.extra["sentences"] < 25 and point.extra["changed"] > 0 and point.extra["could_turn"] > 1
    assert re.search(r"^control\|at:past\|to:pres\|.*\|top:16\|value:0.75\|words:past@", point.signature)
    assert point.p_value == comparison.result.p_value == min(1.0, 2 * 0.5 ** point.extra["turned"])


def test_means_of_the_other_label__are_what_neurons_are_held_at(world, past_to_pres, tmp_path):
    extract(past_to_pres.checkpoint, str(tmp_path / "dump"), data=past_to_pres.data, subset="valid")
    means = {"value": "mean", "means": str(tmp_path / "dump"), "means_labels": str(tmp_path / "valid.labels")}
    settings = replace(past_to_pres, **means, strength=2.0)
    curve = measure(settings)
    labels = np.array([label for line in labels_of_words(world, "valid") for label in line])
    rows = Activations(tmp_path / "dump").values
    past, pres = (rows[labels == label].mean(axis=0) for label in ("past", "pres"))
    loaded = load_model(settings.checkpoint, settings.data)
    sentences = sentences_of(load_subset(loaded.task, "test"), loaded.task.source_dictionary)
    words = chosen_words(sentences, "past", read_labels(settings.labels))
    ranking = Ranking.load(settings.rankings[0])
    for point in curve.points:
        order = ranking.order if point.order == "top" else np.random.default_rng(point.seed).permutation(32)
        mask = Mask.of(ranking.neurons, order[: point.neurons], pres + (pres - past), words=words)
        with masked(loaded.model, mask):
            expected = loaded.translate("test", beam=2, max_len_b=12)
        assert read_lines(Path(settings.out) / point.output, "hypotheses") == expected
        count(settings, expected, point, labels_of_words(world, "test"))
    assert len({(point.extra["changed"], point.extra["turned"]) for point in curve.points}) > 2
    against = [found.against for found in curve.comparisons if found.choice.order == "random" and found.against]
    assert len(against) == 2 * 2 and all(other.order == "top" for other in against)


def test_console_command__says_what_it_counted_and_two_workers_find_what_one_finds(past_to_pres):
    output = succeed(*command(past_to_pres))
    point, *_ = measure(replace(past_to_pres, out=past_to_pres.out + "2", workers=2)).points
    could, sentences, words = (point.extra[name] for name in ("could_turn", "sentences", "words"))
    could = f"{could} of {sentences} sentences that have one of the {words} words"
    assert f"turned from past to pres, of those that could: {could}." in output
    assert files(Path(past_to_pres.out)) == files(Path(past_to_pres.out + "2"))
    with pytest.raises(InputError, match="was made with at=past, not pres"):
        measure(replace(past_to_pres, at="pres", to="past"))


def test_wrong_input__is_one_sentence(world, past_to_pres, tmp_path):
    def fail(**options: object) -> str:
        with pytest.raises(InputError) as raised:
            measure(replace(past_to_pres, **options))
        assert not Path(past_to_pres.out).exists()
        return str(raised.value)

    assert "test.labels matches 'fut'; it has -, past, pres" in fail(at="fut", to="past", outcome=lexicon(tmp_path))
    assert "valid.labels has labels of 20 sentences, the data has 30" in fail(labels=str(tmp_path / "valid.labels"))
    assert "to=fut: no word of outcome= has this label alone; the labels are past, pres." in fail(to="fut")
    assert "The file labels=nowhere cannot be read" in fail(labels="nowhere")
    assert "The file outcome=nowhere cannot be read" in fail(outcome="nowhere")
    lm = {"checkpoint": str(world.model("lm")), "data": str(world.lm_data)}
    lm["rankings"] = [str(a_ranking(tmp_path, world.model("lm"), world.lm_data, 1))]
    assert "Only translation models translate" in fail(**lm)
    done = run(*command(replace(past_to_pres, outcome=None)))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "metric=control needs labels, at, to, outcome; outcome= is missing." in done.stderr


def lexicon(folder: Path) -> str:
    (folder / "future").write_text("mot1\tfut\nmot2\tpast\n")
    return str(folder / "future")
