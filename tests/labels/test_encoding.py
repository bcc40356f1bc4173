"""Encoding labels: merged, filtered and balanced."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import EncodedLabels, LabelledRows, LabelOptions, encode

TRAIN = ["NN", "NNS", None, "VBD", "_", "NN", "VB", "JJ"]
word_labels = st.lists(st.none() | st.sampled_from(["A", "B", "AA", "AAB", "C"]), max_size=30)


def refusal(*arguments: object) -> str:
    with pytest.raises(InputError) as error:
        encode(*arguments)  # type: ignore[arg-type]
    return str(error.value)


def named(encoded: EncodedLabels, words: LabelledRows) -> list[tuple[int, str]]:
    return [(row, encoded.labels[label]) for row, label in zip(words.rows.tolist(), words.y.tolist())]


def test_labels__are_sorted_and_unlabelled_words_dropped():
    encoded = encode(TRAIN, ["JJ", None, "NN"])
    assert encoded.labels == ("JJ", "NN", "NNS", "VB", "VBD", "_")
    assert encoded.train.rows.tolist() == [0, 1, 3, 4, 5, 6, 7] and encoded.train.y.tolist() == [1, 2, 4, 5, 1, 3, 0]
    assert encoded.test is not None and named(encoded, encoded.test) == [(0, "JJ"), (2, "NN")]
    assert {array.dtype for part in (encoded.train, encoded.test) for array in (part.rows, part.y)} == {np.dtype("i8")}


def test_without_test_words__nothing_is_encoded_for_the_test():
    assert encode(TRAIN).test is None


def test_merge__takes_the_longest_prefix_and_ignore_refers_to_the_merged_name():
    options = LabelOptions(merge=["N", "NN", "VB"], ignore=["VB", "_"])
    encoded = encode([*TRAIN, "NE"], options=options)
    assert named(encoded, encoded.train) == [(0, "NN"), (1, "NN"), (5, "NN"), (7, "JJ"), (8, "N")]


def test_rare_labels__are_dropped_from_training_and_test_without_an_error():
    encoded = encode(["A", "A", "B", "B", "C"], ["C", "A", "B", "C"], LabelOptions(min_count=2))
    assert encoded.labels == ("A", "B") and encoded.unseen == {}
    assert encoded.test is not None and named(encoded, encoded.test) == [(1, "A"), (2, "B")]


def test_most_frequent__resolves_ties_alphabetically():
    assert encode(["D", "C", "C", "B", "A"], options=LabelOptions(most_frequent=3)).labels == ("A", "B", "C")


def test_label_of_the_test_only__is_refused_by_name_and_count():
    assert refusal(["A", "B"], ["A", "X", "X", "Y"]) == (
        "'X' (2 words), 'Y' (1 word) occur in the test data but not in the training data: "
        "use merge= or ignore= for such labels, or drop their words with unseen=ignore."
    )
    assert refusal(["A", "B"], [*"UVWXYZ"]).startswith("'U' (1 word), ") and " and 1 more occur in the test data" in (
        refusal(["A", "B"], [*"UVWXYZ"])
    )


def test_label_of_the_test_only__is_dropped_and_counted_with_unseen_ignore():
    encoded = encode(["A", "B"], ["A", "X", "X"], LabelOptions(unseen="ignore"))
    assert encoded.unseen == {"X": 2} and encoded.test is not None and encoded.test.rows.tolist() == [0]


def test_label_of_the_test_only__is_accepted_if_it_is_merged_or_ignored():
    encoded = encode(["NN", "B"], ["NNS", "_"], LabelOptions(merge=["NN"], ignore=["_"]))
    assert encoded.test is not None and named(encoded, encoded.test) == [(0, "NN")]


def test_too_few_labels__are_refused():
    assert refusal(["A", None, "A"]) == (
        "'A' is the only label (2 of the 3 training words; other words are unlabelled, or their label is ignored or "
        "too rare). A probe needs at least two labels."
    )
    assert refusal(["A", "B"], None, LabelOptions(min_count=5)) == (
        "None of the 2 training words has a usable label: "
        "other words are unlabelled, or their label is ignored or too rare."
    )
    assert refusal(["A", "B"], [None]) == "None of the 1 test words has one of the 2 training labels."


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
