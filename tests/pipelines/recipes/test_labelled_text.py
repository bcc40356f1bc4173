"""Labels of a text's words, before anything is trained."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.labelled_text import check_labels, words_of


def test_words__are_those_of_a_dump():
    assert words_of(["low@@ er prices", "new prices"]) == [["lower", "prices"], ["new", "prices"]]
    assert words_of(["▁low er ▁prices"]) == [["lower", "prices"]]
    assert words_of(["a@@b is one word", ""]) == [["a@@b", "is", "one", "word"], []]


def test_labels__are_counted_by_whole_words():
    check_labels("f", ["ADJ N", "ADJ N"], ["low@@ er prices", "new prices"])
    with pytest.raises(InputError, match="f, line 1, has 3 labels for 2 words"):
        check_labels("f", ["ADJ ADJ N", "ADJ N"], ["low@@ er prices", "new prices"])
    with pytest.raises(InputError, match="f has 1 lines of labels for 2 sentences"):
        check_labels("f", ["ADJ N"], ["low@@ er prices", "new prices"])
