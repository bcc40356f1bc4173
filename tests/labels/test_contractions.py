"""CoNLL-U contractions: two words, or one as it is written; labels follow the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairseq_neurons import Activations, extract
from fairseq_neurons.labels import conllu_sentences, labels_of, read_column, read_labels
from fairseq_neurons.labels.conllu_files import count_contractions
from fairseq_neurons.plugin.chosen_words import chosen_words
from tests.plugin.test_chosen_words import sentences_of
from tests.running import fail

GERMAN = """\
1\tEr\ter\tPRON\t_\tNumber=Sing\t0\t_\t_\t_
2-3\tim\t_\t_\t_\t_\t_\t_\t_\t_
2\tin\tin\tADP\t_\t_\t0\t_\t_\t_
3\tdem\tder\tDET\t_\tNumber=Sing\t0\t_\t_\t_
4\tHaus\tHaus\tNOUN\t_\tNumber=Sing\t0\t_\t_\t_

1-2\tzur\t_\t_\t_\t_\t_\t_\t_\t_
1\tzu\tzu\tADP\t_\t_\t0\t_\t_\t_
2\tder\tder\tDET\t_\t_\t0\t_\t_\t_
2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_

1\tja\tja\tINTJ\t_\t_\t0\t_\t_\t_

"""
APART = [["Er", "in", "dem", "Haus"], ["zu", "der"], ["ja"]]
WRITTEN = [["Er", "im", "Haus"], ["zur"], ["ja"]]


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "a.conllu"
    path.write_text(GERMAN, encoding="utf-8")
    return path


def test_sentences__are_read_in_either_way(file):
    assert conllu_sentences(file) == APART and conllu_sentences(file, surface=True) == WRITTEN
    assert count_contractions(file) == 2


@pytest.mark.parametrize(
    ("column", "apart", "written"),
    [
        ("UPOS", ["PRON", "ADP", "DET", "NOUN", "ADP", "DET", "INTJ"], ["PRON", "ADP+DET", "NOUN", "ADP+DET", "INTJ"]),
        ("LEMMA", ["er", "in", "der", "Haus", "zu", "der", "ja"], ["er", "in+der", "Haus", "zu+der", "ja"]),
        ("FORM", sum(APART, []), sum(WRITTEN, [])),
        ("Number", ["Sing", None, "Sing", "Sing", None, None, None], ["Sing", "Sing", "Sing", None, None]),
    ],
)
def test_labels__follow_the_words_of_the_dump(file, column, apart, written):
    assert labels_of(APART, str(file), column) == apart
    assert labels_of(WRITTEN, str(file), column) == written
    assert labels_of([WRITTEN[0], [], WRITTEN[2]], str(file), column) == [*written[:3], written[4]]


def test_labels_that_fit_neither__are_those_of_the_words(file):
    labels = read_column(file)
    assert labels.fitting([9, 9, 9]) is labels and labels.fitting([4, 2]) is labels
    assert labels.surface is not None and labels.fitting([3, 1, 1]) is labels.surface


def test_words_are_chosen_by_the_labels_of_contractions(file):
    words = chosen_words(sentences_of([" ".join(line) for line in WRITTEN]), "ADP+DET", read_labels(file))
    assert [words.sentence(i).tolist() for i in range(3)] == [[False, True, False, False], [True, False], [False] * 2]
    words = chosen_words(sentences_of([" ".join(line) for line in APART]), "ADP", read_labels(file))
    assert words.sentence(0).tolist() == [False, True, False, False, False]


def test_extract__dumps_either(untrained, file, tmp_path, caplog):
    common = {"checkpoint": str(untrained / "models/1/checkpoint_best.pt"), "data": str(untrained / "bin/1")}
    extract(**common, text=str(file), out=str(tmp_path / "written"), surface=True)
    assert Activations(tmp_path / "written").sentences == WRITTEN and "contractions" not in caplog.text
    extract(**common, text=str(file), out=str(tmp_path / "apart"))
    assert Activations(tmp_path / "apart").sentences == APART
    assert "a.conllu has 2 contractions (im = in dem)" in caplog.text and "surface=true" in caplog.text


def test_surface_of_another_text__is_refused(untrained, tmp_path):
    options = [f"checkpoint={untrained / 'models/1/checkpoint_best.pt'}", f"out={tmp_path / 'a'}", "surface=true"]
    assert "surface= reads the contractions of a CoNLL-U file" in fail("fairseq-neurons-extract", *options)
