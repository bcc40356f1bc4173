"""``fairseq-generate`` and ``fairseq-eval-lm`` with masks at chosen words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.labels import read_labels
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import load_model, masked, neurons_of
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION, World
from tests.running import fail, succeed

WORDS = ["word3", "word7", "raretest0"]
NEURONS = ["--mask-neurons", "encoder.*.5,encoder.1.*", "--mask-value", "0.75"]


def generating(world: World, model: str, *flags: object) -> list[object]:
    search = ["--gen-subset", "test", "--beam", 3, "--max-len-b", 20]
    return ["fairseq-generate", world.data, *TRANSLATION, "--path", world.model(model), *search, *flags]


def evaluating(world: World, *flags: object) -> list[object]:
    command = ["fairseq-eval-lm", world.lm_data, *LANGUAGE_MODEL, "--path", world.model("lm")]
    return [*command, "--gen-subset", "test", *flags]


def hypotheses(output: str) -> dict[int, tuple[str, str]]:
    """Sentence -> score, words."""
    return {int(i): (score, words) for i, score, words in re.findall(r"^H-(\d+)\t([^\t]*)\t(.*)$", output, re.M)}


def lines_of(world: World) -> list[list[str]]:
    return [line.split() for line in world.text("test").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def labels(world, tmp_path) -> Path:
    """``chosen`` at `WORDS`, ``other`` elsewhere: what only the text knows, a label can name."""
    lines = [" ".join("chosen" if word in WORDS else "other" for word in line) for line in lines_of(world)]
    (tmp_path / "labels").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "labels"


@pytest.mark.slow
@pytest.mark.parametrize("model", ["separate", "joint"])
def test_mask_at_labelled_words__changes_only_sentences_that_have_them(world, model, labels):
    mask = [*NEURONS, "--mask-words", "ch*", "--mask-labels", labels]
    # One sentence a batch: those without a chosen word are then read by the very kernel that reads them unmasked.
    free = hypotheses(succeed(*generating(world, model, "--batch-size", 1)))
    found = hypotheses(succeed(*generating(world, model, "--batch-size", 1, *mask)))
    with_chosen = {i for i, line in enumerate(lines_of(world)) if set(line) & set(WORDS)}
    assert 5 < len(with_chosen) < 25
    assert {i for i in free if free[i] != found[i]} == with_chosen
    spelled = ["--mask-words", ",".join(WORDS), "--dump-text", world.text("test")]
    batched = succeed(*generating(world, model, *NEURONS, *spelled))
    assert {i: words for i, (_, words) in hypotheses(batched).items()} == {i: words for i, (_, words) in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_dump_under_the_mask__shows_the_value_at_the_chosen_words_alone(world, site, tmp_path):
    mask = [*NEURONS, "--mask-words", ",".join(WORDS), "--mask-site", site]
    text = ["--dump-activations", tmp_path / "a", "--dump-text", world.text("test"), "--dump-eos"]
    succeed(*generating(world, "joint", *mask, *text))
    dump = Activations(tmp_path / "a")
    clamped = dump.neurons.select(NEURONS[1])
    chosen = np.array([word in WORDS for sentence in dump.sentences for word in sentence])
    assert (dump.values[np.ix_(chosen, clamped)] == 0.75).all()
    assert (dump.values[np.ix_(~chosen, clamped)] != 0.75).all()
    assert re.search(rf"\|site:{site}\|.*\|words:word3,word7,raretest0@[0-9a-f]{{8}}\|id:", dump.manifest.mask)


def test_language_model__is_masked_at_chosen_words(world, labels, tmp_path):
    neurons = ["--mask-neurons", "decoder.0.*", "--mask-value", "0.75"]
    mask = [*neurons, "--mask-words", "chosen", "--mask-labels", labels]
    output = succeed(*evaluating(world, *mask, "--dump-activations", tmp_path / "a", "--dump-text", world.text("test")))
    succeed(*evaluating(world, "--dump-activations", tmp_path / "b"))
    dump, free = Activations(tmp_path / "a"), Activations(tmp_path / "b")
    chosen = np.array([word in WORDS for sentence in dump.sentences for word in sentence])
    assert (dump.values[chosen, :8] == 0.75).all()
    assert (dump.values[~chosen, :8] != 0.75).all()
    for i, line in enumerate(lines_of(world)):
        before = next((t for t, word in enumerate(line) if word in WORDS), len(line))
        np.testing.assert_allclose(dump.sentence(i)[:before], free.sentence(i)[:before], atol=1e-6)
        assert np.abs(dump.sentence(i)[before:] - free.sentence(i)[before:]).sum() > 0 or before == len(line)
    loaded = load_model(str(world.model("lm")), str(world.lm_data))
    sentences = sentences_of(load_subset(loaded.task, "test"), loaded.task.source_dictionary)
    words = chosen_words(sentences, "chosen", read_labels(labels))
    indices = neurons_of(loaded.model).select("decoder.0.*")
    with masked(loaded.model, Mask.of(neurons_of(loaded.model), indices, 0.75, words=words)):
        assert f"Perplexity: {loaded.perplexity('test'):.2f}" in output


def test_translate__gives_the_hypotheses_of_generate(world, labels):
    mask = [*NEURONS, "--mask-words", "chosen", "--mask-labels", labels]
    expected = hypotheses(succeed(*generating(world, "separate", "--beam", 5, *mask)))
    loaded = load_model(str(world.model("separate")), str(world.data))
    sentences = sentences_of(load_subset(loaded.task, "test"), loaded.task.source_dictionary)
    words = chosen_words(sentences, "chosen", read_labels(labels))
    neurons = neurons_of(loaded.model)
    with masked(loaded.model, Mask.of(neurons, neurons.select(NEURONS[1]), 0.75, words=words)):
        found = loaded.translate("test", max_len_b=20)
    assert found == [expected[i][1] for i in range(30)]


def test_flags_that_choose_no_words(world, labels):
    joint = [*generating(world, "joint"), *NEURONS]
    assert "--mask-words is missing" in fail(*joint, "--mask-labels", labels)
    with open(labels, "a", encoding="utf-8") as file:
        file.write("other\n")
    wrong = fail(*joint, "--mask-words", "chosen", "--mask-labels", labels)
    assert wrong.endswith("has labels of 31 sentences, the data has 30.")
    assert "No word of the data is spelled 'word99'" in fail(*joint, "--mask-words", "word3,word99")
    assert "either --mask-neurons or --mask-ranking" in fail(*generating(world, "joint"), "--mask-words", "word3")


@pytest.mark.slow
def test_sentences_that_are_not_read_whole(world):
    chosen = ["--mask-neurons", 3, "--mask-words", "word3"]
    assert "leave out --num-batch-buckets" in fail(*generating(world, "joint"), *chosen, "--num-batch-buckets", 2)
    assert "give --sample-break-mode eos" in fail(*evaluating(world), *chosen, "--sample-break-mode", "none")
    assert "leave out --context-window" in fail(*evaluating(world), *chosen, "--context-window", 5)


@pytest.mark.slow
def test_commands_that_do_not_know_the_sentences_beforehand(world):
    chosen = ["--mask-neurons", 3, "--mask-words", "word3"]
    interactive = ["fairseq-interactive", world.data, *TRANSLATION, "--path", world.model("joint")]
    assert "in a data folder: by fairseq-generate, fairseq-eval-lm" in fail(*interactive, *chosen, input="word3\n")
    lm = ["fairseq-generate", world.lm_data, *LANGUAGE_MODEL, "--path", world.model("lm"), "--gen-subset", "test"]
    assert "masked at chosen words by fairseq-eval-lm" in fail(*lm, *chosen)
