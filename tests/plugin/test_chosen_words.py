"""Words are chosen by label or spelling; all their pieces with them, and never the end of a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fairseq.data import Dictionary
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import Labels
from fairseq_neurons.plugin.chosen_words import chosen_words, words_labelled
from fairseq_neurons.plugin.dataset_sentences import Sentences

LINES = ["the dog barked", "", "dogs bark the"]
BPE_LINES = ["low@@ er prices fell", "new@@ est tow@@ er"]


def sentences_of(lines: list[str], eos_first: bool = False, known: list[str] | None = None) -> Sentences:
    dictionary = Dictionary()
    for word in " ".join(lines if known is None else known).split():
        dictionary.add_symbol(word)
    tokens = [np.array([dictionary.index(piece) for piece in line.split()], dtype=np.int64) for line in lines]
    return Sentences(len(lines), tokens.__getitem__, dictionary, eos_first)


def at(sentences: Sentences, patterns: str, labels: list[str] | None = None) -> list[str]:
    """A string a sentence: ``x`` where neurons are masked."""
    given = None if labels is None else Labels([line.split() for line in labels], "labels.txt")
    words = chosen_words(sentences, patterns, given)
    return ["".join(".x"[int(h)] for h in words.sentence(i)) for i in range(len(words))]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("the", ["x...", ".", "..x."]),
        ("dog*", [".x..", ".", "x..."]),
        ("bark, barked", ["..x.", ".", ".x.."]),
        ("*", ["xxx.", ".", "xxx."]),
        ("?ogs,[d]og,", [".x..", ".", "x..."]),
    ],
)
def test_spellings_and_patterns__choose_words(patterns, expected):
    assert at(sentences_of(LINES), patterns) == expected


def test_language_model__has_the_end_of_sentence_before_the_words():
    sentences = sentences_of(LINES, eos_first=True)
    assert at(sentences, "the") == [".x..", ".", "...x"]
    assert at(replace(sentences, specials=2), "the") == ["..x..", "..", "....x"]


def test_labels__choose_words():
    labels = ["DET NOUN past", "", "NOUN present DET"]
    assert at(sentences_of(LINES), "past,present", labels) == ["..x.", ".", ".x.."]
    assert at(sentences_of(LINES), "*O*", labels) == [".x..", ".", "x..."]


def test_word_without_label__is_never_chosen():
    words = chosen_words(sentences_of(["a b"]), "*", Labels([[None, "x"]], "labels.conllu"))
    assert words.masked.tolist() == [False, True, False]


def test_all_pieces_of_a_word__are_chosen_with_it():
    sentences = sentences_of(BPE_LINES)
    assert sentences.subwords == "bpe"
    assert at(sentences, "lower,tower") == ["xx...", "..xx."]
    assert at(sentences, "adj", ["adj noun verb", "adj noun"]) == ["xx...", "xx..."]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), min_size=1, max_size=5))
def test_patterns_of_everything__choose_every_word_and_no_end(lines):
    if not any(lines):
        lines.append(["a"])
    words = chosen_words(sentences_of([" ".join(line) for line in lines]), "*")
    assert [words.sentence(i).tolist() for i in range(len(lines))] == [[*[True] * len(line), False] for line in lines]


def test_unknown_words__are_known_by_the_text_alone():
    sentences = sentences_of(LINES, known=["the dog dogs bark"])
    assert at(sentences, "<unk>") == ["..x.", ".", "...."]
    with pytest.raises(InputError, match="No word of the data is spelled 'barked'"):
        at(sentences, "barked")
    assert at(replace(sentences, text=LINES), "barked") == ["..x.", ".", "...."]


def test_patterns_that_choose_nothing__are_refused():
    sentences, labels = sentences_of(LINES), ["DET NOUN past", "", "NOUN present DET"]
    with pytest.raises(InputError, match="No word of the data is spelled 'cat'"):
        at(sentences, "the,cat")
    with pytest.raises(InputError, match=r"No label of labels.txt matches 'fut\*'; it has DET, NOUN, past, present\."):
        at(sentences, "past,fut*", labels)
    with pytest.raises(InputError, match="' , ' names no word"):
        at(sentences, " , ", labels)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [(r"\,", ["..x.."]), (r"a, \, ", ["x.x.."]), (r"2\,5", [".x..."]), ("\\\\", ["...x."]), (r"*\,*", [".xx.."])],
)
def test_comma__is_written_with_a_backslash(patterns, expected):
    sentences = sentences_of(["a 2,5 , \\"])
    assert at(sentences, patterns) == expected
    assert at(sentences_of(["w w w w"]), patterns, ["a 2,5 , \\"]) == expected


def test_one_label__is_no_pattern():
    labels = Labels([[",", "*", "past", "pas*"]], "labels.txt")
    for label, expected in ((",", [1, 0, 0, 0, 0]), ("*", [0, 1, 0, 0, 0]), ("pas*", [0, 0, 0, 1, 0])):
        words = words_labelled(sentences_of(["a b c d"]), label, labels)
        assert words.sentence(0).tolist() == expected and words.chosen_by == label
    with pytest.raises(InputError, match=r"No label of labels.txt matches 'p\*'; it has \*, ,, pas\*, past\."):
        words_labelled(sentences_of(["a b c d"]), "p*", labels)


def test_many_labels__are_not_all_listed():
    with pytest.raises(InputError, match=r"l10, l11, .* and 5 more\.$"):
        at(sentences_of(["a " * 25]), "x", [" ".join(f"l{i}" for i in range(10, 35))])


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a b c", ""], "labels.txt has labels of 2 sentences, the data has 3."),
        (["a b c", "", "a b"], "labels.txt, line 3: 2 labels, the sentence has 3 words."),
        (["a b c", "a", "a b c"], "labels.txt, line 2: 1 labels, the sentence has 0 words."),
    ],
)
def test_labels_of_other_sentences__are_refused_with_their_line(labels, sentence):
    with pytest.raises(InputError) as error:
        at(sentences_of(LINES), "a", labels)
    assert str(error.value) == sentence


def test_unknown_subwords__are_reported_when_the_counts_differ():
    sentences = sentences_of(["low@@ er prices", "the tow@@ er"], known=["low@@ er prices the"])
    with pytest.raises(InputError, match="line 2: 2 labels, the sentence has 3 words; it has unknown subwords"):
        at(sentences, "a", ["a b", "a b"])
    assert at(replace(sentences, text=["low@@ er prices", "the tow@@ er"]), "a", ["a b", "b a"]) == [
        "xx..",
        ".xx.",
    ]
