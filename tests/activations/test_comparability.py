"""Dumps that can be compared are of different models and the same words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_comparable, check_same_dictionary, check_target
from fairseq_neurons.errors import InputError
from tests.activations.small_dumps import write_dump


@pytest.fixture
def dumps(tmp_path) -> dict[str, Activations]:
    words = {"1": [["a", "b"], ["c"]], "2": [["a", "b"], ["c"]], "other": [["a", "x"], ["c"]], "one": [["a", "b", "c"]]}
    values = np.ones((3, 2), dtype=np.float32)
    return {name: Activations(write_dump(tmp_path / name, values, sentences=lines)) for name, lines in words.items()}


def test_dumps_of_the_same_words__can_be_compared(dumps):
    check_comparable(dumps["1"], [dumps["2"]])


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ([], "Correlation needs the dumps of at least two models."),
        (["2", "1"], "1 is given twice; correlation compares different models."),
        (["other"], "are dumps of different words: word 2 of sentence 1 is 'b' in one and 'x' in the other."),
        (["one"], "are dumps of different words: 2 sentences and 1."),
    ],
)
def test_other_dumps__are_refused_in_one_sentence(dumps, others, sentence):
    with pytest.raises(InputError) as error:
        check_comparable(dumps["1"], [dumps[name] for name in others])
    assert str(error.value).endswith(sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["a", "<unk>"],
            "'b' in one and '<unk>' in the other. A dump without dump_text= has <unk> for unknown words: ",
        ),
        (["a", "b" * 61], f"'b' in one and '{57 * 'b'}...' in the other."),
        (["a"], "sentence 1 has 2 words in one and 1 in the other."),
    ],
)
def test_first_difference__is_shown(tmp_path, words, sentence):
    ours, other = (
        Activations(write_dump(tmp_path / str(i), np.ones((len(line), 2), dtype=np.float32), sentences=[line]))
        for i, line in enumerate([["a", "b"], words])
    )
    with pytest.raises(InputError, match=re.escape(sentence)):
        check_comparable(ours, [other])


@pytest.mark.parametrize("target", [-1, 2])
def test_target__is_one_of_the_dumps(dumps, target):
    with pytest.raises(InputError) as error:
        check_target([dumps["1"], dumps["2"]], target)
    assert str(error.value) == f"target={target}: there are 2 dumps, counted from 0."


def test_different_dictionaries__are_refused_and_unknown_ones_fit_any():
    for other in ("", "a" * 64):
        check_same_dictionary(("one", "a" * 64), ("two", other))
    with pytest.raises(InputError, match="^one and two have different dictionaries, aaaaaaaa and bbbbbbbb: words were"):
        check_same_dictionary(("one", "a" * 64), ("two", "b" * 64))
