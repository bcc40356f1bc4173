"""Labels from text files, and the choice between these and CoNLL-U."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_labels
from tests.labels.conllu_text import in_file, text_of, word

# A label is any text without white space; a byte order mark is allowed at the start of a file only.
labels = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1)


@given(st.lists(st.lists(labels, max_size=5), min_size=1, max_size=5))
def test_label_lines__round_trip(tmp_path_factory: pytest.TempPathFactory, lists: list[list[str]]):
    path = in_file(tmp_path_factory, "".join(" ".join(line) + "\n" for line in lists), "a.pos")
    assert read_labels(path).values == lists


@pytest.mark.parametrize("text", ["A B\n\nC\n", "A B\n\nC", "\ufeffA  B \r\n\r\nC\r\n", "A\tB\n\nC\n"])
def test_label_lines__are_split_at_any_white_space(tmp_path: Path, text: str):
    (tmp_path / "a.pos").write_text(text, encoding="utf-8", newline="")
    assert read_labels(tmp_path / "a.pos").values == [["A", "B"], [], ["C"]]


def test_missing_file__is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="The label file .*a.pos cannot be read: No such file or directory."):
        read_labels(tmp_path / "a.pos")


CONLLU = text_of([word("1", "a", "X", feats="Number=Sing"), word("2", "b", "Y")])


@pytest.mark.parametrize("name", ["a.conllu", "a.CONLL"])
def test_conllu__is_recognised_by_its_suffix_and_read_by_upos(tmp_path: Path, name: str):
    (tmp_path / name).write_text(CONLLU, encoding="utf-8")
    assert read_labels(tmp_path / name).values == [["X", "Y"]]


def test_column__makes_any_file_conllu(tmp_path: Path):
    (tmp_path / "a.txt").write_text(CONLLU, encoding="utf-8")
    assert read_labels(tmp_path / "a.txt", "Number").values == [["Sing", None]]
