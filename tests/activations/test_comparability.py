"""Dumps that can be compared are of different models and the same words."""

from __future__ import annotations

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
        (["other"], "are dumps of different words: sentence 1 is 'a b' in one and 'a x' in the other."),
        (["one"], "are dumps of different words: 2 sentences and 1."),
    ],
)
def test_other_dumps__are_refused_in_one_sentence(dumps, others, sentence):
    with pytest.raises(InputError) as error:
        check_comparable(dumps["1"], [dumps[name] for name in others])
    assert str(error.value).endswith(sentence)


def test_long_sentences__are_shortened_in_messages(tmp_path):
    values = np.ones((40, 2), dtype=np.float32)
    lines = {"1": [["word"] * 40], "2": [["word"] * 39 + ["end"]]}
    ours, other = (Activations(write_dump(tmp_path / n, values, sentences=words)) for n, words in lines.items())
    with pytest.raises(InputError) as error:
        check_comparable(ours, [other])
    beginning = ("word " * 40)[:57]
    assert str(error.value).endswith(f"sentence 1 is '{beginning}...' in one and '{beginning}...' in the other.")


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
