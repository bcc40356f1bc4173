"""The search's index of words against the sums written out."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.page import word_index as module
from fairseq_neurons.page.word_index import TopWords, word_index
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics
from tests.activations.small_dumps import write_dump


@pytest.fixture
def statistics(tmp_path) -> WordStatistics:
    rng = np.random.default_rng(3)
    sentences = [[f"w{n}" for n in rng.zipf(1.5, 8) % 40] for _ in range(60)]
    values = rng.normal(size=(480, 30)).astype(np.float32)
    values[:, 5] = 1  # constant: no word accounts for anything
    return word_statistics(Activations(write_dump(tmp_path / "m", values, sentences=sentences)))


def test_index__has_for_every_word_its_holders_and_the_largest_shares(statistics):
    tops = [TopWords.of(statistics, d) for d in range(30)]
    index = word_index(statistics, tops)
    assert set(index["words"]) >= {w for w, n in zip(statistics.words, statistics.counts) if n >= 2}
    for word, count, hits in zip(index["words"], index["counts"], index["hits"]):
        w = statistics.words.index(word)
        shares = np.array([statistics.shares(d)[w] for d in range(30)])
        found = {hits[i]: (hits[i + 1], hits[i + 2]) for i in range(0, len(hits), 3)}
        holders = {d for d in range(30) if word in tops[d].words}
        assert count == statistics.counts[w]
        assert {d for d, (_, held) in found.items() if held} == holders
        best = {int(d) for d in np.argsort(-shares, kind="stable")[: module.HITS] if shares[d]}
        assert set(found) == best | holders
        for d, (share, _) in found.items():
            assert abs(share) == pytest.approx(shares[d], rel=1e-3)
            assert share == 0 or (share > 0) == (statistics.means[w, d] > statistics.mean[d])
        assert [abs(share) for share, _ in found.values()] == sorted((abs(s) for s, _ in found.values()), reverse=True)


def test_slabs__do_not_change_the_index(statistics, monkeypatch):
    tops = [TopWords.of(statistics, d) for d in range(30)]
    whole = word_index(statistics, tops)
    monkeypatch.setattr(module, "SLAB", 3)
    assert word_index(statistics, tops) == whole
