"""Data, and the results of a run that nothing disturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.run_study import probe
from tests.probing.study.made_words import EVERYTHING, analysis_of, task_of, write_parts


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_parts(tmp_path_factory.mktemp("data"))


@pytest.fixture
def analysis(data, tmp_path) -> LinguisticAnalysis:
    """A trained probe of these data, with an empty log."""
    return analysis_of(task_of(*data), tmp_path / "measured.jsonl")


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory) -> Path:
    """The results of a run that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole") / "out"
    probe(*data, out, **EVERYTHING)
    return out


@pytest.fixture
def fits(monkeypatch) -> list[tuple[int, ...]]:
    """The shapes of the words that probes are trained on from here on."""
    shapes, fit = [], ElasticNetProbe.fit
    monkeypatch.setattr(ElasticNetProbe, "fit", lambda self, X, y: shapes.append(X.shape) or fit(self, X, y))
    return shapes
