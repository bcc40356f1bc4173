"""Rankings by single other models, combined, against the ranking by all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.combining import combine
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump
from tests.rankings.test_model_pairs import LITERAL, models, write


def save(ranking: Ranking, path: Path) -> Path:
    ranking.save(path)
    return path


@pytest.mark.parametrize("method", LITERAL)
@pytest.mark.parametrize("cuts", [(1, 2, 3, 4), (1, 3, 4), (1, 2, 4)])
def test_sharded__equals_undivided_to_the_bit(tmp_path, monkeypatch, method, cuts):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", 40)
    paths = write(tmp_path, models(9, count=4))
    undivided = correlate(paths, method=method)
    parts = [
        save(correlate([paths[0], *paths[start:stop]], method=method), tmp_path / f"{start}.json")
        for start, stop in pairwise(cuts)
    ]
    together = combine(parts)
    np.testing.assert_array_equal(together.order, undivided.order)
    np.testing.assert_array_equal(together.scores, undivided.scores)
    assert replace(together, order=None, scores=None) == replace(undivided, order=None, scores=None)


@pytest.fixture
def parts(tmp_path):
    paths = write(tmp_path, models(10, count=4))
    rankings = {name: correlate([paths[0], path]) for name, path in zip("bcd", paths[1:])}
    return paths, {name: save(ranking, tmp_path / f"{name}.json") for name, ranking in rankings.items()}


def test_rankings_that_differ__are_refused_by_what_differs(tmp_path, parts):
    paths, saved = parts
    shorter = write(tmp_path / "short", models(10, count=2, words=60))
    others = {
        "target is 'aaaaaaaa' in one and 'bbbbbbbb' in the other": correlate([paths[1], paths[2]]),
        "method is 'crossmodel-max' in one and 'crossmodel-min'": correlate(paths[::2], method="min"),
        "absolute is 'no' in one and 'yes' in the other": correlate(paths[::2], absolute=True),
        "words is '90' in one and '60' in the other": correlate(shorter),
    }
    for sentence, ranking in others.items():
        with pytest.raises(InputError, match=f"b.json and .*x.json cannot be combined: {sentence}"):
            combine([saved["b"], save(ranking, tmp_path / "x.json")])


def test_other_words_of_the_same_number__are_refused(tmp_path, parts):
    _, saved = parts
    arrays = models(10, count=3)
    words = [[f"v{i}" for i in range(90)]]
    (tmp_path / "other").mkdir()
    dumps = [write_dump(tmp_path / "other" / name, arrays[i], sentences=words) for i, name in ((0, "a"), (2, "c"))]
    with pytest.raises(InputError, match="cannot be combined: text is"):
        combine([saved["b"], save(correlate(dumps), tmp_path / "x.json")])


def test_rankings_of_different_checkpoints_that_begin_alike__are_refused(tmp_path, parts):
    _, saved = parts
    other = replace(Ranking.load(saved["c"]), checkpoint_sha256="aaaaaaaab")
    with pytest.raises(InputError, match="are of different models"):
        combine([saved["b"], save(other, tmp_path / "x.json")])


def test_rankings_that_cannot_be_combined__are_refused(tmp_path, parts):
    paths, saved = parts
    single = save(correlate(paths[:1], method="variance"), tmp_path / "v.json")
    both = save(correlate(paths[:3]), tmp_path / "both.json")
    for given, sentence in [
        ([saved["b"]], "needs at least two rankings"),
        ([saved["b"], single], "v.json is a ranking by 'variance'; only cross-model rankings"),
        ([single, saved["b"]], "v.json is a ranking by 'variance'; only cross-model rankings"),
        ([saved["b"], both], "b.json and .*both.json cannot be combined: both use model bbbbbbbb"),
        ([saved["b"], saved["b"]], "b.json and .*b.json cannot be combined: both use model bbbbbbbb"),
        ([saved["b"], tmp_path / "none.json"], "none.json cannot be read"),
    ]:
        with pytest.raises(InputError, match=sentence):
            combine(given)
