"""Where a sentence of labels is found."""

from __future__ import annotations

from fairseq_neurons.labels import Labels


def test_location__is_a_line_of_a_text_file():
    assert Labels([["A"], ["B"]], "a.pos").location(1) == "a.pos, line 2"


def test_location__is_sentence_and_first_line_of_conllu():
    assert Labels([["A"], ["B"]], "a.conllu", lines=[2, 7]).location(1) == "a.conllu, sentence 2 (line 7)"


def test_length__is_the_number_of_sentences():
    assert len(Labels([["A", "B"], [], ["C"]], "a.pos")) == 3
