"""A user's own corpus and labels are checked before anything is made of them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.demo.own_text import OwnText, label_sets
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

GERMAN_ENGLISH = Languages("de", "en")


def write(prefix: Path, **lines: list[str]) -> str:
    for suffix, content in lines.items():
        Path(f"{prefix}.{suffix}").write_text("\n".join(content) + "\n", encoding="utf-8")
    return str(prefix)


@pytest.mark.parametrize(
    ("german", "english", "sentence"),
    [
        (["a"] * 120, ["b"] * 119, "has 120 lines"),
        (["a"] * 99, ["b"] * 99, "has 99 sentence pairs; the demo needs at least 100"),
        (["a"] * 100, ["b"] * 99 + [" "], "has 99 sentence pairs; the demo needs at least 100"),
    ],
)
def test_corpora_that_cannot_be_used__are_one_sentence(tmp_path, german, english, sentence):
    with pytest.raises(InputError, match=sentence):
        OwnText.read(write(tmp_path / "c", de=german, en=english), GERMAN_ENGLISH)


def test_a_small_corpus__is_warned_of_before_it_is_trained_on(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    OwnText.read(write(tmp_path / "c", de=["a"] * 9999, en=["b"] * 9999), GERMAN_ENGLISH)
    assert "9999 sentence pairs; models of fewer than about 10000 rarely translate" in caplog.text
    caplog.clear()
    OwnText.read(write(tmp_path / "c", de=["a"] * 10000, en=["b"] * 10000), GERMAN_ENGLISH)
    assert caplog.text == ""


def test_pairs_with_an_empty_side__are_left_out_with_their_labels_and_counted(tmp_path, caplog):
    german = ["a b", "", *["c"] * 110]
    write(tmp_path / "c", de=german, en=["x", "y", " ", *["z"] * 109], pos=["A B", "", "GONE", *["C"] * 109])
    own = OwnText.read(str(tmp_path / "c"), GERMAN_ENGLISH, [str(tmp_path / "c.pos")])
    assert len(own) == 110
    assert own.sides["de"][:2] == ["a b", "c"] and own.sides["de.pos"][:2] == ["A B", "C"]
    assert "2 sentence pairs with an empty side are left out" in caplog.text


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["A B"] * 119, r"c\.pos has 119 lines of labels for 120 sentences"),
        (["A B"] * 119 + ["A"], r"c\.pos, line 120, has 1 labels for 2 words"),
        (["A A"] * 120, r"c\.pos has the same label for all words"),
    ],
)
def test_labels_that_do_not_fit__are_one_sentence_with_file_and_line(tmp_path, labels, sentence):
    corpus = write(tmp_path / "c", de=["a b"] * 120, en=["x"] * 120, pos=labels)
    with pytest.raises(InputError, match=sentence):
        OwnText.read(corpus, GERMAN_ENGLISH, [str(tmp_path / "c.pos")])


def test_label_sets__are_named_by_the_end_of_the_file_s_name():
    assert label_sets(["a/corpus.en.pos", "b/Case"]) == {"pos": Path("a/corpus.en.pos"), "Case": Path("b/Case")}
    for files, sentence in (
        (["a.pos", "b.pos"], "b.pos: pos is the name of a.pos, too"),
        (["a.position"], "position is the name of a built-in labeler, too"),
        (["a.p$s"], "its name should end in what it labels"),
    ):
        with pytest.raises(InputError) as refused:
            label_sets(files)
        assert sentence in str(refused.value)
