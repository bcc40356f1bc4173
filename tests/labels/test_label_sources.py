"""Labels of a dump from files, labelers and taggers."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import labels_of
from tests.labels.conllu_text import text_of, word

DUMP = [["a", "7", "</s>"], [], ["b", "</s>"]]


def test_labeler__sees_neither_end_of_sentence_nor_skipped_sentences():
    assert labels_of(DUMP, "numbers", eos=True) == ["other", "number", None, "other", None]
    assert labels_of(DUMP, "position", eos=True) == ["begin", "end", None, "middle", None]


def test_file__is_read_by_its_kind(tmp_path: Path):
    (tmp_path / "a.pos").write_text("X N\nSKIPPED TOO\nX\n", encoding="utf-8")
    assert labels_of(DUMP, str(tmp_path / "a.pos"), eos=True) == ["X", "N", None, "X", None]
    sentences = [[word("1", "a", "X"), word("2", "7", "N", feats="Case=Nom")], [word("1", "-")], [word("1", "b", "X")]]
    (tmp_path / "a.conllu").write_text(text_of(*sentences), encoding="utf-8")
    assert labels_of(DUMP, str(tmp_path / "a.conllu"), eos=True) == ["X", "N", None, "X", None]
    assert labels_of(DUMP, str(tmp_path / "a.conllu"), "Case", eos=True) == [None, "Nom", None, None, None]


def test_labelers_name__takes_precedence_over_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("length").write_text("X\n", encoding="utf-8")
    assert labels_of([["a"]], "length") == ["1-10"]
    assert labels_of([["a"]], "./length") == ["X"]


def test_unknown_source__is_refused_with_the_labelers():
    with pytest.raises(InputError) as error:
        labels_of(DUMP, "monts", eos=True)
    assert str(error.value) == (
        "'monts' is not a file, a labeler (position, length, identity, months, numbers, negation) "
        "or a tagger (spacy:…, hanta:…)."
    )


@pytest.mark.parametrize("spec", ["length", "hanta:ger"])
def test_column_of_a_labeler_or_tagger__is_refused(spec: str):
    with pytest.raises(InputError) as error:
        labels_of(DUMP, spec, "XPOS", eos=True)
    assert str(error.value) == f"A column ('XPOS') can only be selected from a CoNLL-U file, not from '{spec}'."
