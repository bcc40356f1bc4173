"""Subsets of a data folder; one that is missing or empty is refused in a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairseq_neurons import LoadedModel, load_model
from fairseq_neurons.errors import InputError
from tests.running import fail
from tests.untrained_models import opened

FILES = {"1": "test.en-fr.fr", "lm": "test"}


@pytest.fixture(params=["1", "lm"])
def emptied(request, untrained, tmp_path) -> tuple[str, Path, LoadedModel]:
    """A data folder whose test set has no sentence."""
    name = request.param
    folder = shutil.copytree(untrained / "bin" / name, tmp_path / "bin")
    file = folder / f"{FILES[name]}.bin"
    file.write_bytes(b"")
    return name, file, load_model(untrained / "models" / name / "checkpoint_best.pt", folder)


def test_empty_subset__is_named(emptied):
    _, file, model = emptied
    for use in (model.perplexity, model.states):
        with pytest.raises(InputError) as error:
            use("test")
        assert str(error.value) == f"The subset 'test' is empty: {file} has no sentence."


def test_empty_subset__is_refused_by_fairseqs_commands(emptied, untrained, tmp_path):
    name, file, model = emptied
    task = {"1": "translation_neurons", "lm": "language_modeling_neurons"}[name]
    command = {"1": "fairseq-generate", "lm": "fairseq-eval-lm"}[name]
    options = ["--user-dir", Path("user_dir").absolute(), "--task", task, "--path", model.checkpoint]
    assert f"{file} has no sentence" in fail(command, file.parent, *options, "--gen-subset", "test")
    assert "has no sentence" in fail(
        "fairseq-neurons-extract", f"checkpoint={model.checkpoint}", f"data={file.parent}", f"out={tmp_path / 'a'}"
    )


@pytest.mark.parametrize("name", ["1", "lm"])
def test_missing_subset__is_named(untrained, name):
    with pytest.raises(InputError, match="no subset 'dev' in the data folder"):
        opened(untrained, name).states("dev")


def test_references_that_the_decoder_cannot_read__are_skipped_where_it_reads_them(transformers, monkeypatch, caplog):
    model = load_model(transformers / "models" / "transformer" / "checkpoint_best.pt", transformers / "bin" / "1")
    before = model.perplexity("test")
    monkeypatch.setattr(model.model, "max_positions", lambda: (1024, 4))
    short = [len(words) + 1 <= 4 for words, _ in model.states("test")]  # source and reference have as many words
    assert [bool(words) for words, _ in model.states("test", states="decoder.0.in")] == short
    assert model.perplexity("test") != before and len(model.translate("test")) == len(short)
    assert f"{short.count(False)} references are longer than 4 tokens and are skipped" in caplog.text
