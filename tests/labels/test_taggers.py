"""Optional taggers, which keep the given words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import tag

SENTENCES = [["I", "don't", "e.g.", "twenty-one", "."], [], ["."]]
OPTIONAL = "an optional package: pip install spacy HanTa"


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A spaCy model that recognises full stops."""
    spacy = pytest.importorskip("spacy", reason=OPTIONAL)
    nlp = spacy.blank("en")
    rules = nlp.add_pipe("attribute_ruler")
    rules.add([[{"ORTH": {"!=": "."}}]], {"TAG": "NN", "POS": "NOUN"})
    rules.add([[{"ORTH": "."}]], {"TAG": ".", "POS": "PUNCT"})
    nlp.to_disk(tmp_path / "model")
    return str(tmp_path / "model")


def test_spacy__tags_the_words_as_they_are(model: str):
    assert tag(SENTENCES, f"spacy:{model}") == [["NN", "NN", "NN", "NN", "."], [], ["."]]
    assert tag(SENTENCES, f"spacy:{model}:tag") == tag(SENTENCES, f"spacy:{model}")
    assert tag(SENTENCES, f"spacy:{model}:pos") == [["NOUN"] * 4 + ["PUNCT"], [], ["PUNCT"]]


def test_spacy_model_without_tags__is_refused(tmp_path: Path):
    spacy = pytest.importorskip("spacy", reason=OPTIONAL)
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(InputError, match=r"returned no label for 'a' in 'a b'; use another model\.$"):
        tag([["a", "b"]], f"spacy:{tmp_path / 'blank'}")


def test_missing_spacy_model__is_refused():
    pytest.importorskip("spacy", reason=OPTIONAL)
    with pytest.raises(
        InputError, match="^spaCy has no model 'no_such': use an installed model or the folder of one.$"
    ):
        tag(SENTENCES, "spacy:no_such")


def test_hanta__tags_german_in_stts_with_its_own_model():
    pytest.importorskip("HanTa", reason=OPTIONAL)
    words = ["Ein", "orangefarbener", "Hund", "ist", "in", "Köln", "gelaufen", "."]
    assert tag([words, []], "hanta:ger") == [["ART", "ADJA", "NN", "VAFIN", "APPR", "NE", "VVPP", "$."], []]


def test_missing_hanta_model__is_refused_with_the_available_ones():
    pytest.importorskip("HanTa", reason=OPTIONAL)
    with pytest.raises(InputError, match="^HanTa has no model 'fr'; it has dutch, en, ger.$"):
        tag(SENTENCES, "hanta:fr")


@pytest.mark.parametrize(("spec", "package"), [("spacy:en_core_web_sm", "spacy"), ("hanta:ger", "HanTa.HanoverTagger")])
def test_missing_package__is_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, spec: str, package: str
):
    monkeypatch.setitem(sys.modules, package, None)
    package = package.partition(".")[0]
    with pytest.raises(InputError) as error:
        tag(SENTENCES, spec)
    assert str(error.value) == f"{package} is not installed: pip install {package}."


def test_unknown_tagger__is_refused_with_the_available_ones():
    with pytest.raises(
        InputError, match="^'x:y' is not a tagger; use spacy:MODEL, spacy:MODEL:pos or hanta:LANGUAGE.$"
    ):
        tag(SENTENCES, "x:y")
