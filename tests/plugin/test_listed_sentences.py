"""Lines of text for models of words and of pieces: characters, bytes, and raw text that nobody cut."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons import Activations, extract, load_model
from fairseq_neurons.ablation.metrics.bleu import Bleu, BleuOptions
from fairseq_neurons.ablation.metrics.metric import LoadedSubset
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import load_checkpoint
from tests.plugin.piece_models import PieceModel, write_piece_model
from tests.running import fail

TEST = ["the 😀 fell", "newest é prices", "she lowers the price"]
WORDS = [line.split() for line in TEST]


@pytest.fixture(scope="module")
def characters(tmp_path_factory) -> PieceModel:
    """``model_type=char``; the pieces of other characters are unknown."""
    return write_piece_model(tmp_path_factory.mktemp("characters"), TEST, model_type="char", vocab_size=26)


@pytest.fixture(scope="module")
def with_bytes(tmp_path_factory) -> PieceModel:
    """``byte_fallback``."""
    options = {"model_type": "bpe", "vocab_size": 300, "byte_fallback": True}
    return write_piece_model(tmp_path_factory.mktemp("bytes"), TEST, **options)


def test_characters__are_joined_to_words(characters):
    model, folder = characters.model, characters.folder
    assert model.references("test")[2] == TEST[2]
    states = model.states(characters.cut(TEST))
    assert [words for words, _ in states] == WORDS
    rows = model.states(characters.cut(TEST), pooling="none")
    assert [words for words, _ in rows] == [line.split() for line in characters.cut(TEST)]
    np.testing.assert_allclose(states[2].states[0], rows[2].states[3], atol=1e-6)  # the e of "▁ s h e"
    options = {"checkpoint": model.checkpoint, "data": str(folder / "bin" / "1"), "text": str(folder / "raw.txt")}
    extract(**options, sentencepiece=str(folder / "spm.model"), out=str(folder / "dump"))
    dump = Activations(folder / "dump")
    assert dump.sentences == WORDS and dump.manifest.subwords == "sentencepiece"
    np.testing.assert_allclose(dump.values, np.concatenate([rows for _, rows in states]), atol=1e-6)


def test_bytes__are_the_characters_they_encode(with_bytes):
    model = with_bytes.model
    assert "<0xF0>" in with_bytes.cut(TEST)[0]
    assert [words for words, _ in model.states("test")] == WORDS
    assert model.references("test") == TEST
    chosen = model.chosen_words("test", "😀")
    pieces = with_bytes.cut(TEST)[0].split()
    first, count = pieces.index("▁"), 5
    assert np.flatnonzero(chosen.sentence(0)).tolist() == [*range(first, first + count)]
    assert not chosen.sentence(1).any()


def test_raw_text__is_refused(with_bytes, characters):
    for made in (with_bytes, characters):
        model, folder = made.model, made.folder
        for use in (model.translate, model.states):
            with pytest.raises(InputError, match="The text: raw text, but the model reads SentencePiece pieces"):
                use(TEST)
        with pytest.raises(InputError, match="The references: raw text, but the model reads SentencePiece pieces"):
            model.perplexity(made.cut(TEST), references=TEST)
        options = [f"checkpoint={model.checkpoint}", f"data={folder / 'bin' / '1'}", f"text={folder / 'raw.txt'}"]
        sentence = fail("fairseq-neurons-extract", *options, f"out={folder / 'none'}")
        assert sentence.endswith("give the SentencePiece model of the training text with sentencepiece=FILE.")
        assert not (folder / "none").exists()


def test_subwords_given__are_believed(characters):
    folder = characters.folder
    model = load_model(characters.model.checkpoint, folder / "bin" / "1", subwords="words")
    assert model.references("test")[2].startswith("▁ s h e ▁ l o w")
    assert [words for words, _ in model.states(["t h e"])] == [["t", "h", "e"]]
    with pytest.raises(InputError, match="subwords=spm: choose words, bpe or sentencepiece"):
        load_model(characters.model.checkpoint, folder / "bin" / "1", subwords="spm")


def test_ablate__joins_subwords_as_the_option_says(characters):
    loaded = load_checkpoint(characters.model.checkpoint, str(characters.folder / "bin" / "1"))
    subset = LoadedSubset(loaded, "test")
    found, apart = (
        Bleu.of_translations(subset, BleuOptions(beam=1, max_len_b=30, subwords=kind)).run() for kind in (None, "words")
    )
    assert [line.replace(" ", "").replace("▁", " ").strip() for line in apart] == found
    assert found != apart
    assert "subwords" not in BleuOptions().identity()
    assert BleuOptions(subwords="words").identity()["subwords"] == "words"
    with pytest.raises(InputError, match="subwords=spm: choose"):
        BleuOptions(subwords="spm").check_search()
