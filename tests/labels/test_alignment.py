"""Aligning labels with the rows of a dump, and the message when they do not match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import Labels, align

LINES = Labels([["A", "B"], ["C"], ["D", "E"]], "a.pos")
CONLLU = Labels(LINES.values, "a.conllu", [2, 6, 9], [["a", "b"], ["c"], ["d", "e"]])
counts = st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=6)


def test_labels__come_in_the_order_of_rows():
    assert align([["a", "b"], ["c"], ["d", "e"]], LINES) == ["A", "B", "C", "D", "E"]


@given(counts, st.sampled_from(["first", "last", "none"]))
def test_skipped_sentences_lose_their_labels__and_end_of_sentence_has_none(given_counts, eos):
    values = [[f"{s}.{i}" for i in range(count)] for s, (count, _) in enumerate(given_counts)]
    before, after = {"first": (["</s>"], []), "last": ([], ["</s>"]), "none": ([], [])}[eos]
    pairs = list(zip(values, given_counts))
    dump = [[*before, *labels, *after] if kept else [] for labels, (_, kept) in pairs]
    expected = [word if word != "</s>" else None for words in dump for word in words]
    assert align(dump, Labels(values, "a.pos"), eos=eos != "none") == expected


def test_sentence_of_nothing_but_its_end__has_one_row_without_label():
    assert align([["</s>"], ["</s>", "a"]], Labels([[], ["A"]], "a.pos"), eos=True) == [None, None, "A"]


def refusal(sentences: list[list[str]], labels: Labels, eos: bool = False) -> str:
    with pytest.raises(InputError) as error:
        align(sentences, labels, eos)
    return str(error.value)


def test_other_number_of_sentences__is_refused_with_both():
    assert refusal([["a", "b"]], LINES) == (
        "a.pos has labels for 3 lines, but the dump has 1 sentences; use the labels of the dumped text."
    )
    assert refusal([["a", "b"]], CONLLU).startswith("a.conllu has labels for 3 sentences, but the dump has 1 ")


def test_other_number_of_words__is_refused_with_line_and_both():
    assert refusal([["a", "b"], ["c", "x"], []], LINES) == "a.pos, line 2: 1 label, but the dump has 2 words."
    assert refusal([["a", "b"], ["c"], ["d"]], LINES) == "a.pos, line 3: 2 labels, but the dump has 1 word."


def test_words_of_conllu__are_compared_in_the_message():
    assert refusal([["a", "b"], ["c"], ["de"]], CONLLU) == (
        "a.conllu, sentence 3 (line 9): 2 labels, but the dump has 1 word; "
        "word 1 is 'd' in the file and 'de' in the dump."
    )
    assert refusal([["a", "b"], ["c", "x"], []], CONLLU).endswith(
        "; word 2 is missing in the file and 'x' in the dump."
    )


def test_end_of_sentence__is_not_counted():
    dump = [["a", "b", "</s>"], ["c", "</s>"], ["d", "</s>"]]
    assert refusal(dump, LINES, eos=True) == "a.pos, line 3: 2 labels, but the dump has 1 word."


def test_dump_without_end_of_sentence__is_refused_if_its_manifest_requires_it():
    assert refusal([["a", "b"], ["c"], ["d", "e"]], LINES, eos=True) == (
        "The dump must have </s> either first or last in every sentence, as its manifest says."
    )
