"""Rankings are compared pair by pair, under the shortest names that differ."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.compared_rankings import overlap, shortest_names
from fairseq_neurons.rankings.ranking_overlap import average_overlap, spearman, top_overlap


def test_overlap__is_a_value_that_prints_and_saves_its_matrices(tmp_path):
    neurons = Neurons.of([Block("encoder", 0, "fwd", 6)])
    files = [str(tmp_path / name) for name in ("a.json", "b.json")]
    a, b = (Ranking.from_scores(f"m{i}", neurons, np.random.default_rng(i).random(6), f"s{i}") for i in (0, 1))
    a.save(files[0])
    b.save(files[1])
    found = overlap(files, top=3, out=str(tmp_path / "o.json"))
    assert (found.names, found.methods, found.signatures) == (["a.json", "b.json"], ["m0", "m1"], ["s0", "s1"])
    assert found.by_chance == 0.5
    for matrix, value in (
        (found.top_overlap, top_overlap(a, b, 3)),
        (found.average_overlap, average_overlap(a, b, 3)),
        (found.spearman, spearman(a, b)),
    ):
        np.testing.assert_allclose(matrix, [[1, value], [value, 1]])
        assert f"{value:.2f}" in str(found)
    assert json.loads((tmp_path / "o.json").read_text()) == found.to_json()
    assert [line.split()[0] for line in str(found).splitlines() if line.strip()][::4] == [
        "top-3",
        "average-3",
        "spearman",
    ]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.json", "b.json"], ["a.json", "b.json"]),
        (["x/r.json", "y/r.json", "z.json"], ["x/r.json", "y/r.json", "z.json"]),
        (["x/1/r.json", "y/1/r.json", "y/2/r.json"], ["x/1/r.json", "y/1/r.json", "2/r.json"]),
        (["/r.json", "/x/r.json"], ["/r.json", "x/r.json"]),
    ],
)
def test_names__are_the_shortest_that_differ(paths, names):
    assert shortest_names(paths) == names


def test_a_file_given_twice__is_refused_however_it_is_written():
    with pytest.raises(InputError, match="is given twice"):
        shortest_names(["a.json", str(Path("a.json").absolute())])
