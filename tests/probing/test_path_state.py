"""The state of a regularisation path in a file: the next fit is the same to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing import ElasticNetProbe, path_state
from fairseq_neurons.probing.path_state import load_state, save_state
from fairseq_neurons.probing.regularisation_path import regularisation_path
from tests.probing.made_problems import made

VALUES = (1e-1, 1e-2, 1e-3)


def fit(precision: type, file: Path, stop: int | None = None) -> list[tuple[bytes, bytes, int, float]]:
    """The fits of a path; after ``stop`` of them, the probe is replaced by what the file has of it."""
    X, y = made(3)
    design, found = Design(X.astype(precision)), []
    for probe in regularisation_path(design, y, VALUES, VALUES, ElasticNetProbe(tolerance=1e-6)):
        found.append(result(probe))
        if len(found) == stop:
            save_state(file, probe, "here")
            break
    if stop is not None:
        other = ElasticNetProbe(tolerance=1e-6)
        assert load_state(file, other, design.device) == "here"
        found += map(result, regularisation_path(design, y, VALUES, VALUES, other, stop))
    return found


def result(probe: ElasticNetProbe) -> tuple[bytes, bytes, int, float]:
    return probe.coef_.tobytes(), probe.intercept_.tobytes(), probe.n_iter_, probe.objective_


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_path__continues_from_a_file_to_the_bit(tmp_path, precision):
    whole = fit(precision, tmp_path / "state.npz")
    assert len(whole) == 9
    for stop in (1, 4, 8):
        assert fit(precision, tmp_path / "state.npz", stop) == whole


def test_state_that_cannot_be_read_or_is_too_large__is_none(tmp_path, monkeypatch):
    probe, file = ElasticNetProbe(warm_start=True).fit(*made(3)), tmp_path / "state.npz"
    monkeypatch.setattr(path_state, "LARGEST", 10)
    save_state(file, probe, "here")
    assert not file.exists() and load_state(file, ElasticNetProbe(), torch.device("cpu")) == ""
    file.write_bytes(b"PK")
    other = ElasticNetProbe()
    assert load_state(file, other, torch.device("cpu")) == "" and not hasattr(other, "coef_")
