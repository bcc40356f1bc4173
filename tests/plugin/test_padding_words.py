"""Symbols of fairseq's own as words of a text: ``<pad>`` is an unknown word, the others are themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from fairseq.data import Dictionary

from fairseq_neurons import Activations, LoadedModel, extract, load_model
from tests.running import succeed
from tests.untrained_models import write_binarised

LINES = ["a1 <pad> a2", "a3 a4 a5 a6", "<pad>", "<s> a1 </s> a2 <unk>", "a7 <pad>"]
UNKNOWN = [line.replace("<pad>", "<unk>") for line in LINES]
TARGETS = {"1": ("en", "fr"), "lm": ("en",)}


@pytest.fixture(params=["1", "lm"])
def padded(request, untrained, tmp_path) -> tuple[str, Path, LoadedModel]:
    """A data folder whose test set has these words, on both sides, and a model of it."""
    name = request.param
    folder = shutil.copytree(untrained / "bin" / name, tmp_path / "bin")
    for language in TARGETS[name]:
        file, prefix = {"1": (f"dict.{language}.txt", f"test.en-fr.{language}"), "lm": ("dict.txt", "test")}[name]
        lines = [line.replace("a", "b") if language == "fr" else line for line in LINES]
        lines = [line.replace("<pbd>", "<pad>") for line in lines]
        write_binarised(folder / prefix, Dictionary.load(str(folder / file)), lines)
    (tmp_path / "text.en").write_text("".join(f"{line}\n" for line in LINES))
    return name, folder, load_model(untrained / "models" / name / "checkpoint_best.pt", folder)


def test_padding_word__has_the_state_of_an_unknown_word(padded, tmp_path):
    _, folder, model = padded
    expected = [states for _, states in model.states(UNKNOWN)]
    for sentences in (LINES, "test"):
        for (words, states), others, line in zip(model.states(sentences), expected, LINES, strict=True):
            assert len(words) == len(line.split()) == len(states)
            np.testing.assert_allclose(states, others, atol=1e-6)
    assert [" ".join(words) for words, _ in model.states(LINES)] == LINES
    common = {"checkpoint": model.checkpoint, "data": str(folder)}
    extract(**common, out=str(tmp_path / "subset"), dump_text=str(tmp_path / "text.en"))
    extract(**common, out=str(tmp_path / "text"), text=str(tmp_path / "text.en"))
    for dump in (Activations(tmp_path / "subset"), Activations(tmp_path / "text")):
        assert [" ".join(words) for words in dump.sentences] == LINES and dump.manifest.unknown == 4
        np.testing.assert_allclose(dump.values, np.concatenate(expected), atol=1e-6)


def test_padding_word__is_scored_as_an_unknown_word(padded):
    name, _, model = padded
    if name == "lm":
        assert model.perplexity("test") == pytest.approx(model.perplexity(UNKNOWN), rel=1e-5)
        return
    french = [line.replace("a", "b").replace("<pbd>", "<pad>") for line in LINES]
    unknown = [line.replace("<pad>", "<unk>") for line in french]
    expected = model.perplexity(UNKNOWN, references=unknown)
    assert model.perplexity(LINES, references=french) == pytest.approx(expected, rel=1e-5)
    assert model.perplexity("test") == pytest.approx(expected, rel=1e-5)
    assert model.references("test")[0] == "b1 <<unk>> b2"
    assert model.translate("test", max_len_b=5) == model.translate(UNKNOWN, max_len_b=5)


def test_fairseqs_commands__lose_no_sentence(padded, tmp_path):
    name, folder, model = padded
    task = {"1": "translation_neurons", "lm": "language_modeling_neurons"}[name]
    command = {"1": "fairseq-generate", "lm": "fairseq-eval-lm"}[name]
    options = ["--user-dir", Path("user_dir").absolute(), "--task", task, "--path", model.checkpoint]
    mask = ["--mask-neurons", 3, "--mask-words", "a*", "--dump-text", tmp_path / "text.en"]
    succeed(command, folder, *options, "--gen-subset", "test", *mask, "--dump-activations", tmp_path / "dump")
    dump = Activations(tmp_path / "dump")
    assert [" ".join(words) for words in dump.sentences] == LINES
    with model.masked([3], words=model.chosen_words(UNKNOWN, "a*")):
        expected = np.concatenate([states for _, states in model.states(UNKNOWN)])
    np.testing.assert_allclose(dump.values, expected, atol=1e-6)


def test_interactive__translates_it(padded):
    name, folder, model = padded
    if name == "lm":
        pytest.skip("a language model writes no translations")
    options = ["--user-dir", Path("user_dir").absolute(), "--task", "translation_neurons", "--path", model.checkpoint]
    printed = [
        succeed("fairseq-interactive", folder, *options, "-s", "en", "-t", "fr", "--max-len-b", 5, input=f"{line}\n")
        for line in ("a1 <pad> a2", "a1 <unk> a2")
    ]
    found = [[line for line in text.splitlines() if line.startswith("D-0")] for text in printed]
    assert found[0] == found[1] and len(found[0]) == 1
