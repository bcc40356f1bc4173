"""Sentences are a list or a subset; what cannot be read is refused in one sentence."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import Loaded, load_checkpoint
from fairseq_neurons.plugin.given_sentences import GivenSentences, check_references
from tests.untrained_models import lines_of, opened


@pytest.fixture(scope="module")
def loaded(untrained) -> dict[str, Loaded]:
    return {
        name: load_checkpoint(str(untrained / "models" / name / "checkpoint_best.pt"), str(untrained / "bin" / name))
        for name in ("1", "lm")
    }


@pytest.mark.parametrize("name", ["1", "lm"])
def test_listed_sentences__keep_the_spelling_of_unknown_words(loaded, untrained, name):
    lines = lines_of(untrained)["en"]
    listed, subset = GivenSentences.open(loaded[name], lines), GivenSentences.open(loaded[name], "test")
    assert (listed.subset, subset.subset) == ("", "test")
    assert listed.spelled.words(8, "last", False) == lines[8].split() and lines[8].endswith(" unseen")
    assert subset.spelled.words(8, "last", False) == [*lines[8].split()[:-1], "<unk>"]
    assert listed.longest == max(len(line.split()) for line in lines) + 1


def test_room__is_enough_for_the_longest_listed_sentence(loaded):
    assert GivenSentences.open(loaded["1"], ["a1 a2 a3"]).room(2) == 4
    assert GivenSentences.open(loaded["1"], ["a1 a2 a3"]).room(9) == 9
    assert GivenSentences.open(loaded["1"], "test").room(2) == 2
    with pytest.raises(InputError, match="max_tokens=0: give at least 1"):
        GivenSentences.open(loaded["1"], "test").room(0)


def test_long_sentences__are_read_whatever_the_size_of_a_batch(untrained):
    model, language_model = opened(untrained, "1"), opened(untrained, "lm")
    long = " ".join(["a1"] * 40)
    assert len(model.translate([long, "a1"], max_tokens=10, max_len_b=6)[0].split()) > 0
    assert language_model.states([long, "a1"], max_tokens=10)[0].states.shape == (40, 16)
    assert language_model.perplexity([long], max_tokens=10) == pytest.approx(language_model.perplexity([long]))


@pytest.mark.parametrize("name", ["1", "lm"])
@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("a1 a2", r"Give sentences as a list: \['a1 a2'\]"),
        ("train", "no subset 'train'"),
        ([], "Give at least one sentence"),
        ([["a1", "a2"]], "each a string of words"),
        (["a1", "a1 " * 200_000], "Sentence 2 has 200001 tokens, but the model reads at most"),
    ],
)
def test_invalid_sentences__are_refused(loaded, name, sentences, message):
    with pytest.raises(InputError, match=message):
        GivenSentences.open(loaded[name], sentences)


@pytest.mark.parametrize(
    ("name", "sentences", "references", "message"),
    [
        ("1", ["a1"], None, "give references=, one for each"),
        ("1", ["a1"], ["b1", "b2"], "give references=, one for each"),
        ("1", "test", ["b1"], "references= belong to a list of sentences"),
        ("lm", ["a1"], ["b1"], "that a translation model scores"),
    ],
)
def test_references__are_for_listed_sentences_of_translation_models(loaded, name, sentences, references, message):
    with pytest.raises(InputError, match=message):
        check_references(loaded[name].task, sentences, references)
    for fine in (("1", ["a1"], ["b1"]), ("1", "test", None), ("lm", ["a1"], None), ("lm", "test", None)):
        check_references(loaded[fine[0]].task, *fine[1:])
