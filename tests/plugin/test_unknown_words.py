"""Unknown words are counted: in what a dump says, in its manifest, of an ablation's subset and of listed sentences."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from fairseq_neurons import Activations, extract
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset
from fairseq_neurons.plugin.unknown_words import report_unknown_of, unknown_words
from tests.plugin.test_chosen_words import sentences_of as sentences_of_lines
from tests.running import succeed
from tests.untrained_models import opened


def test_word__is_unknown_if_one_of_its_pieces_is():
    lines = ["low@@ er prices", "the tow@@ tow@@ er", ""]
    sentences = sentences_of_lines(lines, known=["low@@ er prices the"])
    known = replace(sentences, text=lines)
    assert [known.unknown(i, "last") for i in range(3)] == [0, 1, 0]
    assert [known.unknown(i, "none") for i in range(3)] == [0, 2, 0]
    assert unknown_words(known) == (1, 4)


@pytest.mark.parametrize("name", ["1", "lm"])
def test_subset__has_one_unknown_word(untrained, name, caplog):
    model = opened(untrained, name)
    sentences = sentences_of(load_subset(model.task, "test"), model.task.source_dictionary)
    unknown, words = unknown_words(sentences)
    assert unknown == 1 and words == sum(len(sentences.words(i, "last", False)) for i in range(9))
    caplog.set_level(logging.INFO)
    report_unknown_of(model._loaded, "test")
    assert f"test: 1 of {words} words are unknown to the model ({100 / words:.1f} %)" in caplog.text


@pytest.mark.parametrize("eos", [False, True])
def test_dump__counts_them_in_its_manifest(untrained, tmp_path, caplog, eos):
    common = {"checkpoint": str(untrained / "models/1/checkpoint_best.pt"), "data": str(untrained / "bin/1")}
    (tmp_path / "some.txt").write_text("a1 a2 x\n\nx y a1\n")
    extract(**common, text=str(tmp_path / "some.txt"), out=str(tmp_path / "some"), eos=eos)
    assert Activations(tmp_path / "some").manifest.unknown == 3
    assert "some.txt: 3 of 6 words are unknown to the model (50.0 %); is the text tokenised" in caplog.text
    assert "some.txt" in next(record for record in caplog.records if record.levelname == "WARNING").message
    caplog.clear()
    printed = succeed(
        "fairseq-neurons-extract", *(f"{key}={value}" for key, value in common.items()), f"out={tmp_path / 'test'}"
    )
    assert " test: 1 of " in printed and "is the text tokenised" not in printed
    assert Activations(tmp_path / "test").manifest.unknown == 1


def test_listed_sentences__are_warned_of_only_above_ten_percent(untrained, caplog):
    model = opened(untrained, "1")
    model.states(["a1 a2 a3 a4 a5 a6 a7 a8 a9 x"])
    assert "unknown" not in caplog.text
    model.states(["a1 a2 a3 x"])
    assert "The sentences: 1 of 4 words are unknown to the model (25.0 %)" in caplog.text


def test_byte_order_mark__is_no_part_of_the_first_word(untrained, tmp_path):
    common = {"checkpoint": str(untrained / "models/1/checkpoint_best.pt"), "data": str(untrained / "bin/1")}
    for name, start in (("plain", ""), ("marked", "\ufeff")):
        (tmp_path / f"{name}.txt").write_text(f"{start}a1 a2\n", encoding="utf-8")
        extract(**common, text=str(tmp_path / f"{name}.txt"), out=str(tmp_path / name))
    plain, marked = Activations(tmp_path / "plain"), Activations(tmp_path / "marked")
    assert marked.sentences == plain.sentences == [["a1", "a2"]]
    assert (marked.values == plain.values).all() and marked.manifest.unknown == 0
