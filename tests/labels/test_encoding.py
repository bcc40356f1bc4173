"""Labels become numbers: merged, left out, balanced."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import EncodedLabels, LabelOptions, Part, encode

TRAIN = ["NN", "NNS", None, "VBD", "_", "NN", "VB", "JJ"]
word_labels = st.lists(st.none() | st.sampled_from(["A", "B", "AA", "AAB", "C"]), max_size=30)


def refusal(*arguments: object) -> str:
    with pytest.raises(InputError) as error:
        encode(*arguments)  # type: ignore[arg-type]
    return str(error.value)


def named(encoded: EncodedLabels, part: Part) -> list[tuple[int, str]]:
    return [(row, encoded.labels[label]) for row, label in zip(part.rows.tolist(), part.y.tolist())]


def test_labels__are_sorted_and_words_without_one_left_out():
    encoded = encode(TRAIN, ["JJ", None, "NN"])
    assert encoded.labels == ("JJ", "NN", "NNS", "VB", "VBD", "_")
    assert encoded.train.rows.tolist() == [0, 1, 3, 4, 5, 6, 7] and encoded.train.y.tolist() == [1, 2, 4, 5, 1, 3, 0]
    assert encoded.test is not None and named(encoded, encoded.test) == [(0, "JJ"), (2, "NN")]
    assert {array.dtype for part in (encoded.train, encoded.test) for array in (part.rows, part.y)} == {np.dtype("i8")}


def test_without_test_words__there_is_no_test_part():
    assert encode(TRAIN).test is None


def test_merge__takes_the_longest_prefix_then_ignore_speaks_of_the_new_name():
    options = LabelOptions(merge=["N", "NN", "VB"], ignore=["VB", "_"])
    encoded = encode([*TRAIN, "NE"], options=options)
    assert named(encoded, encoded.train) == [(0, "NN"), (1, "NN"), (5, "NN"), (7, "JJ"), (8, "N")]


def test_rare_labels__are_left_out_of_both_parts_without_an_error():
    encoded = encode(["A", "A", "B", "B", "C"], ["C", "A", "B", "C"], LabelOptions(min_count=2))
    assert encoded.labels == ("A", "B") and encoded.unseen == {}
    assert encoded.test is not None and named(encoded, encoded.test) == [(1, "A"), (2, "B")]


def test_most_frequent__keeps_the_first_in_the_alphabet_of_equals():
    assert encode(["D", "C", "C", "B", "A"], options=LabelOptions(most_frequent=3)).labels == ("A", "B", "C")


def test_label_of_the_test_only__is_refused_by_name_and_count():
    assert refusal(["A", "B"], ["A", "X", "X", "Y"]) == (
        "'X' (2 words), 'Y' (1 word) occur in the test data, but never in the training data: "
        "merge such labels, ignore them by name, or leave their words out with unseen=ignore."
    )
    assert refusal(["A", "B"], [*"UVWXYZ"]).startswith("'U' (1 word), ") and " and 1 more occur in the test data" in (
        refusal(["A", "B"], [*"UVWXYZ"])
    )


def test_label_of_the_test_only__is_left_out_and_counted_if_wished():
    encoded = encode(["A", "B"], ["A", "X", "X"], LabelOptions(unseen="ignore"))
    assert encoded.unseen == {"X": 2} and encoded.test is not None and encoded.test.rows.tolist() == [0]


def test_label_of_the_test_only__is_no_matter_if_it_is_merged_or_ignored():
    encoded = encode(["NN", "B"], ["NNS", "_"], LabelOptions(merge=["NN"], ignore=["_"]))
    assert encoded.test is not None and named(encoded, encoded.test) == [(0, "NN")]


def test_too_few_labels__are_refused():
    assert refusal(["A", None, "A"]) == (
        "'A' is the only label (2 of the 3 training words: the others have none, or one that is ignored, too rare or "
        "not frequent enough); a probe tells at least two apart."
    )
    assert refusal(["A", "B"], None, LabelOptions(min_count=5)) == (
        "None of the 2 training words has a label that takes part: "
        "the others have none, or one that is ignored, too rare or not frequent enough."
    )
    assert refusal(["A", "B"], [None]) == "No test word, of 1, has one of the 2 labels of the training data."


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_count": -1},
        {"most_frequent": 1},
        {"per_label": 0},
        {"unseen": "drop"},
        {"balance": "up"},
        {"merge": [""]},
        {"ignore": "NN"},
    ],
)
def test_impossible_option__is_refused_by_name(wrong: dict):
    with pytest.raises(InputError, match=f"^{next(iter(wrong))} is .*, not "):
        LabelOptions(**wrong)


def test_balancing__keeps_random_words_of_each_label_in_training_only():
    train, test = [*"A" * 50, *"B" * 20, *"C" * 5], [*"AAABC"]
    full = encode(train, test)
    for options, counts in [
        (LabelOptions(balance="downsample"), [5, 5, 5]),
        (LabelOptions(per_label=10), [10, 10, 5]),
        (LabelOptions(per_label=3, balance="downsample"), [3, 3, 3]),
    ]:
        encoded = encode(train, test, options)
        assert np.bincount(encoded.train.y).tolist() == counts
        assert set(named(encoded, encoded.train)) <= set(named(full, full.train))
        assert (np.diff(encoded.train.rows) > 0).all()
        assert encoded.test is not None and len(encoded.test.y) == 5


def test_balancing__depends_on_its_seed_alone():
    first, again, other = (
        encode([*"AB" * 50], options=LabelOptions(per_label=5, seed=seed)).train.rows.tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


@given(word_labels, word_labels, st.integers(0, 3), st.none() | st.integers(2, 4), st.lists(st.sampled_from("ABC")))
def test_encoding__is_the_literal_reading_of_the_options(train, test, min_count, most, merge):
    options = LabelOptions(merge=merge, min_count=min_count, most_frequent=most, unseen="ignore")

    def merged(label: str) -> str:
        return label[0] if label[0] in merge else label

    counts = Counter(merged(label) for label in train if label)
    labels = sorted(sorted((x for x in counts if counts[x] >= min_count), key=lambda x: (-counts[x], x))[:most])
    expected = [[(i, merged(x)) for i, x in enumerate(part) if x and merged(x) in labels] for part in (train, test)]
    if len(labels) < 2 or not expected[1]:
        assert refusal(train, test, options)
        return
    encoded = encode(train, test, options)
    assert list(encoded.labels) == labels and encoded.test is not None
    assert [named(encoded, encoded.train), named(encoded, encoded.test)] == expected
    assert encoded.unseen == Counter(merged(x) for x in test if x and merged(x) not in counts)


def test_most_frequent__leaves_out_test_labels_that_were_never_seen():
    encoded = encode(["the", "the", "a", "a", "dog"], ["the", "a", "cat"], LabelOptions(most_frequent=2))
    assert encoded.labels == ("a", "the") and encoded.test is not None
    assert encoded.test.y.tolist() == [1, 0] and encoded.unseen == {"cat": 1}
