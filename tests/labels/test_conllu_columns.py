"""Labels from columns and FEATS keys of CoNLL-U files."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_column
from tests.labels.conllu_text import text_of, word

SENTENCES = text_of(
    [
        word("1-2", "au"),
        word("1", "à", "ADP"),
        word("2", "le", "DET", "D", "Definite=Def|Number=Sing"),
        word("3", "1 000", "NUM", lemma="1 000"),
        word("3.1", "ghost", "NOUN", "N", "Number=Plur"),
        word("4", "_", "SYM", lemma="_"),
    ],
    [word("1", "vus", "VERB", "V", "Number=Plur|Tense=Past", lemma="_")],
)
COLUMNS = {
    "upos": [["ADP", "DET", "NUM", "SYM"], ["VERB"]],
    "XPOS": [[None, "D", None, None], ["V"]],
    "Lemma": [[None, None, "1_000", "_"], [None]],
    "FORM": [["à", "le", "1_000", "_"], ["vus"]],
    "deprel": [["dep"] * 4, ["dep"]],
    "FEATS": [[None, "Definite=Def|Number=Sing", None, None], ["Number=Plur|Tense=Past"]],
    "Number": [[None, "Sing", None, None], ["Plur"]],
    "feats.Tense": [[None] * 4, ["Past"]],
}


@pytest.mark.parametrize("column", COLUMNS)
def test_column__gives_the_labels_of_words_only(tmp_path: Path, column: str):
    (tmp_path / "a.conllu").write_text(SENTENCES, encoding="utf-8")
    assert read_column(tmp_path / "a.conllu", column).values == COLUMNS[column]


def test_words_and_lines__are_those_of_the_file(tmp_path: Path):
    (tmp_path / "a.conllu").write_text(SENTENCES, encoding="utf-8")
    read = read_column(tmp_path / "a.conllu")
    assert read.values == COLUMNS["upos"]
    assert read.forms == COLUMNS["FORM"] and read.lines == [3, 10]


@pytest.mark.parametrize("column", ["Case", "number", "MISC", "FEATS.Number=Sing"])
def test_unknown_column__is_refused_with_those_of_the_file(tmp_path: Path, column: str):
    path = tmp_path / "a.conllu"
    path.write_text(SENTENCES, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_column(path, column)
    assert str(error.value) == (
        f"{path} has no labels in the column or FEATS key {column!r}; "
        "it has the columns UPOS, XPOS, LEMMA, DEPREL, FORM, FEATS and the FEATS keys Definite, Number, Tense."
    )


def test_empty_column__is_refused_with_those_that_are_not(tmp_path: Path):
    path = tmp_path / "a.conllu"
    path.write_text(text_of([word("1", "a", "X")]), encoding="utf-8")
    with pytest.raises(InputError, match="has the columns UPOS, DEPREL, FORM and the FEATS keys \\(none\\)\\.$"):
        read_column(path, "xpos")
