"""Words of CoNLL-U files, and errors in invalid ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import conllu_sentences, read_column
from tests.labels.conllu_text import in_file, text_of, word

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=4)
forms = st.lists(texts, min_size=1, max_size=3).map(" ".join)
sentences = st.lists(
    st.lists(st.tuples(forms, texts.filter(lambda label: label != "_"), st.integers(0, 3)), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


def lines_of(words: list[tuple[str, str, int]]) -> list[str]:
    """Words with multiword ranges before them (bit 0) and empty nodes behind them (bit 1)."""
    lines = []
    for number, (form, label, extra) in enumerate(words, start=1):
        lines += [word(f"{number}-{number + 1}", "both", "NO")] if extra & 1 else []
        lines += [word(str(number), form, label, head=str(number - 1))]
        lines += [word(f"{number}.1", "ghost", "NO"), word(f"{number}.2", "ghost", "NO")] if extra & 2 else []
    return lines


@settings(deadline=None)
@given(sentences, st.sampled_from(["\n", "\r\n"]))
def test_words__exclude_multiword_ranges_and_empty_nodes(tmp_path_factory: pytest.TempPathFactory, words, end):
    path = in_file(tmp_path_factory, text_of(*map(lines_of, words)).replace("\n", end), "a.conllu")
    assert conllu_sentences(path) == [[re.sub(r"\s+", "_", form) for form, _, _ in s] for s in words]
    assert read_column(path).values == [[label for _, label, _ in s] for s in words]


@pytest.mark.parametrize("form", ["vingt  et un", "1 000", "1\u00a0000", "a\u2028b"])
def test_white_space_in_words__becomes_one_underscore(tmp_path: Path, form: str):
    path = tmp_path / "a.conllu"
    path.write_text(text_of([word("1", form), word("2", "b")]), encoding="utf-8")
    (sentence,) = conllu_sentences(path)
    assert sentence == [re.sub(r"\s+", "_", form), "b"] and len(" ".join(sentence).split()) == 2


def test_last_sentence__needs_no_blank_line_and_comments_alone_are_no_sentence(tmp_path: Path):
    path = tmp_path / "a.conllu"
    path.write_text("\ufeff# a\n\n\n# b\n" + word("1", "a") + "\n\n# c\n\n" + word("1", "b"), encoding="utf-8")
    assert conllu_sentences(path) == [["a"], ["b"]]


BROKEN = {
    "found 1 column, but CoNLL-U has 10": "DET NOUN VERB",
    "found 4 tab-separated columns, but CoNLL-U has 10": "2\tb\tb\tX",
    "a line of CoNLL-U starts with a word number, not with 'b'": word("b", "b"),
    "expected word 2, found word 3": word("3", "b"),
    "expected word 2, found word 1": word("1", "b"),
    "FORM is empty": word("2", ""),
    "HEAD must be a word number or _, not 'x'": word("2", "b", head="x"),
    f"HEAD must be a word number or _, not '{'9' * 40}…'": word("2", "b", head="9" * 5000),
    f"a line of CoNLL-U starts with a word number, not with '{'9' * 40}…'": word("9" * 5000, "b"),
    f"a line of CoNLL-U starts with a word number, not with '2-{'9' * 38}…'": word(f"2-{'9' * 5000}", "b"),
    "a line of CoNLL-U starts with a word number, not with '٢'": word("٢", "b"),
}


@pytest.mark.parametrize("message", BROKEN)
def test_invalid_line__is_refused_with_its_number(tmp_path: Path, message: str):
    path = tmp_path / "a.conllu"
    path.write_text(text_of([word("1", "a")], [word("1", "a"), BROKEN[message]]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        conllu_sentences(path)
    assert str(error.value) == f"{path}, line 6: {message}."


def test_errors_of_the_library__are_reported_with_the_sentence(tmp_path: Path):
    path = tmp_path / "a.conllu"
    path.write_text(text_of([word("1", "a")], [word("1", "a"), word("3-2", "b")]), encoding="utf-8")
    with pytest.raises(
        InputError, match="a.conllu, sentence at line 5, is not valid CoNLL-U: .*'3-2' is not a valid ID"
    ):
        conllu_sentences(path)


def test_invalid_utf8__is_refused(tmp_path: Path):
    (tmp_path / "a.conllu").write_bytes(b"\xff\xfe1\t")
    with pytest.raises(InputError, match="The CoNLL-U file .* is not UTF-8 text"):
        conllu_sentences(tmp_path / "a.conllu")
