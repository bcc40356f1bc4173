"""Labels from files of one sentence a line, and from columns of CoNLL-U."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_column, read_labels
from tests.labels.conllu_text import in_file, text_of, word

# Whatever has no blank in it can be a label; a byte order mark can only begin a file.
labels = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1)


@given(st.lists(st.lists(labels, max_size=5), min_size=1, max_size=5))
def test_label_lines__round_trip(tmp_path_factory: pytest.TempPathFactory, lists: list[list[str]]):
    path = in_file(tmp_path_factory, "".join(" ".join(line) + "\n" for line in lists), "a.pos")
    assert read_labels(path).values == lists


@pytest.mark.parametrize("text", ["A B\n\nC\n", "A B\n\nC", "\ufeffA  B \r\n\r\nC\r\n", "A\tB\n\nC\n"])
def test_label_lines__are_split_at_any_blanks_whatever_wrote_them(tmp_path: Path, text: str):
    (tmp_path / "a.pos").write_text(text, encoding="utf-8", newline="")
    assert read_labels(tmp_path / "a.pos").values == [["A", "B"], [], ["C"]]


def test_missing_file__is_told(tmp_path: Path):
    with pytest.raises(InputError, match="The label file .*a.pos cannot be read: No such file or directory."):
        read_labels(tmp_path / "a.pos")


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
    None: [["ADP", "DET", "NUM", "SYM"], ["VERB"]],
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
def test_column__gives_the_labels_of_words_only(tmp_path: Path, column: str | None):
    (tmp_path / "a.conllu").write_text(SENTENCES, encoding="utf-8")
    assert read_labels(tmp_path / "a.conllu", column).values == COLUMNS[column]


def test_column__makes_any_file_conllu(tmp_path: Path):
    (tmp_path / "a.txt").write_text(SENTENCES, encoding="utf-8")
    read = read_labels(tmp_path / "a.txt", "Number")
    assert read.values == COLUMNS["Number"]
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
