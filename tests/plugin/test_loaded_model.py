"""A loaded model masks, translates, scores and records as the commands do."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin.checkpoints import load_checkpoint
from fairseq_neurons.plugin.evaluation import Scorer, Translator
from fairseq_neurons.plugin.loaded_model import LoadedModel, load_model
from fairseq_neurons.plugin.masking import masked
from tests.untrained_models import lines_of, opened

SHORT = {"max_len_b": 6}


@pytest.fixture(scope="module")
def model(untrained) -> LoadedModel:
    return opened(untrained, "1")


@pytest.fixture(scope="module")
def language_model(untrained) -> LoadedModel:
    return opened(untrained, "lm")


@pytest.fixture(scope="module")
def lines(untrained) -> dict[str, list[str]]:
    return lines_of(untrained)


def test_model__names_its_neurons(model, language_model):
    assert [block.name for block in model.neurons.blocks] == [
        f"encoder.{i}.{d}" for i in (0, 1) for d in ("fwd", "bwd")
    ]
    assert len(language_model.neurons) == 16
    assert re.fullmatch(r"LoadedModel\('.*checkpoint_best.pt': decoder.0.fwd \(8\) .*\)", repr(language_model))


def test_listed_sentences__are_translated_and_scored_as_the_subset_of_the_same_text(model, language_model, lines):
    translated = model.translate("test", **SHORT)
    assert model.translate(lines["en"], **SHORT) == translated and len(set(translated)) > 3
    assert model.translate(tuple(reversed(lines["en"])), **SHORT) == translated[::-1]
    assert model.perplexity(lines["en"], lines["fr"]) == pytest.approx(model.perplexity("test"), rel=1e-6)
    assert language_model.perplexity(lines["en"]) == pytest.approx(language_model.perplexity("test"), rel=1e-6)
    assert model.references("test") == [line.replace("unseen", "<<unk>>") for line in lines["fr"]]


def test_options__are_those_of_the_search(model, untrained):
    loaded = load_checkpoint(model.checkpoint, str(untrained / "bin" / "1"))
    for options in ({"beam": 1, "max_len_b": 3}, {"beam": 3, "lenpen": 0.1, "max_len_a": 1.0, "max_len_b": 2}):
        assert model.translate("test", **options) == Translator(loaded, "test", **options).translate()
    assert model.translate("test", beam=1, max_len_b=3) != model.translate("test", beam=1, max_len_b=9)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_masked__is_the_mask_of_these_arguments(model, site):
    ranked = np.array([20, 3, 31])
    each = np.linspace(-1, 1, 32)
    cases = [
        (("encoder.1.bwd.*", 0.5), Mask.of(model.neurons, np.arange(24, 32), 0.5, site)),
        ((["encoder.0.fwd.1", "5"],), Mask.of(model.neurons, np.array([1, 5]), 0.0, site)),
        ((ranked, "zero"), Mask.of(model.neurons, ranked, 0.0, site)),
        ((ranked.tolist(), each.tolist()), Mask.of(model.neurons, ranked, each, site)),
    ]
    free = model.perplexity("test")
    found = []
    for arguments, mask in cases:
        with model.masked(*arguments, site=site) as same:
            assert same is model
            found.append(model.perplexity("test"))
        with masked(model.model, mask):
            assert model.perplexity("test") == found[-1]
        with model.masked(mask):
            assert model.perplexity("test") == found[-1]
    assert len({free, *found}) == 5 and model.perplexity("test") == free


def test_mask__is_gone_after_an_exception(model):
    weights = {name: value.clone() for name, value in model.model.state_dict().items()}
    free = model.perplexity("test")
    with pytest.raises(ZeroDivisionError), model.masked("encoder.*", value=1.0):
        raise ZeroDivisionError
    assert model.perplexity("test") == free
    assert all(torch.equal(value, weights[name]) for name, value in model.model.state_dict().items())
    assert not any("forward" in vars(module) for module in model.model.modules())


def test_mask_at_chosen_words__is_for_these_sentences_alone(model, lines):
    mostly = model.chosen_words(lines["en"], "a*")
    few = model.chosen_words("test", "a1,a2")
    scores = [model.perplexity("test")]
    for words in (mostly, few):
        with model.masked("encoder.*", value=0.5, words=words):
            scores.append(model.perplexity("test"))
            assert model.perplexity(lines["en"], lines["fr"]) == pytest.approx(scores[-1])
            assert model.translate(lines["en"], **SHORT) == model.translate("test", **SHORT)
            for other in (["a1"], lines["en"][::-1], [*lines["en"], "a1"]):
                with pytest.raises(InputError, match="were chosen in other sentences"):
                    model.translate(other)
                with pytest.raises(InputError, match="were chosen in other sentences"):
                    model.states(other)
    assert len(set(scores)) == 3
    assert len(model.translate(["a1"], **SHORT)) == 1


def test_scorer__is_what_perplexity_asks(language_model, untrained):
    loaded = load_checkpoint(language_model.checkpoint, str(untrained / "bin" / "lm"))
    assert language_model.perplexity("test") == Scorer(loaded, "test").score().perplexity


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda model: model.translate(["a1"], beam=0), "beam=0: give at least 1"),
        (lambda model: model.states(["a1"], pooling="avg"), "pooling=avg: choose last"),
        (lambda model: model.perplexity(["a1"]), "give references=, one for each"),
        (lambda model: model.chosen_words("test", "nothing"), "No word .*'nothing'"),
        (lambda model: model.masked("decoder.9.*").__enter__(), "No neuron matches"),
    ],
)
def test_wrong_arguments__are_refused_in_one_sentence(model, wrong, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        wrong(model)
    assert "\n" not in str(caught.value)


def test_language_model__does_not_translate(language_model):
    for sentences in ("test", ["a1"]):
        with pytest.raises(InputError, match="Only translation models translate"):
            language_model.translate(sentences)
    with pytest.raises(InputError, match="Only translation models translate"):
        language_model.references("test")
    with pytest.raises(InputError, match="references= belong to .* a translation model"):
        language_model.perplexity(["a1"], ["b1"])


def test_checkpoint_and_data_folder_of_other_models__are_refused(untrained):
    checkpoint = untrained / "models" / "1" / "checkpoint_best.pt"
    with pytest.raises(InputError, match="cannot be loaded: .* is not a data folder for this task"):
        load_model(checkpoint, untrained / "bin" / "lm")
    with pytest.raises(InputError, match="does not exist"):
        load_model(untrained / "nothing.pt")
