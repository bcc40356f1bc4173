"""Options of labels: what is renamed, kept and refused."""

from __future__ import annotations

from collections import Counter

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import LabelOptions


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"min_count": -1}, "min_count must be at least 0, not -1."),
        ({"most_frequent": 1}, "most_frequent must be at least 2, not 1."),
        ({"per_label": 0}, "per_label must be at least 1, not 0."),
        ({"unseen": "drop"}, "unseen must be error or ignore, not 'drop'."),
        ({"balance": "up"}, "balance must be none or downsample, not 'up'."),
        (
            {"merge": [""]},
            "merge must be a list of non-empty labels, not [''].",
        ),
        ({"ignore": "NN"}, "ignore must be a list of non-empty labels, not 'NN'."),
        ({"ignore": [float("inf")]}, "ignore must be a list of non-empty labels, not [inf]."),
    ],
)
def test_invalid_option__is_refused_by_name(option: dict, sentence: str):
    with pytest.raises(InputError) as error:
        LabelOptions(**option)
    assert str(error.value) == sentence


def test_rename__takes_the_longest_prefix_and_drops_ignored_labels():
    options = LabelOptions(merge=["N", "NN"], ignore=["NN", "_"])
    assert [options.rename(label) for label in ("NE", "NNS", "_", "VB")] == ["N", None, None, "VB"]


def test_entries_that_match_no_label__are_found():
    options = LabelOptions(merge=["NN", "NUON"], ignore=["NN", "FOO", "Inf", "NNS"])
    # NNS is called NN when labels are ignored.
    assert options.without_match(["NNS", "Inf", "VB"]) == ["merge=[NUON]", "ignore=[FOO]", "ignore=[NNS]"]
    assert LabelOptions(merge=["V"], ignore=["V"]).without_match(["VB"]) == []


def test_keep__is_sorted_by_name_not_by_frequency():
    counts = Counter({"C": 3, "A": 1, "B": 2, "D": 2})
    assert LabelOptions(min_count=2).keep(counts) == ("B", "C", "D")
    assert LabelOptions(most_frequent=2).keep(counts) == ("B", "C")
