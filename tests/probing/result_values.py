"""Results of a probe as a value, without training one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.probing.probe_results import FORMAT, ProbeResults
from fairseq_neurons.probing.result_parts import (
    AblationRow,
    Cutoffs,
    Difference,
    DifferenceRow,
    GridCell,
    Interval,
    LabelScore,
    SharedWithin,
)


def cell_of(l1: float, l2: float, accuracy: float = 0.5, signature: str = "grid") -> GridCell:
    return GridCell(l1, l2, accuracy, None, None, 1.0, 0.0, 1, 1.0, signature)


def row_of(kind: str, keep: str, fraction: float, accuracy: float, seed: int | None = None) -> AblationRow:
    return AblationRow(kind, keep, fraction, seed, 1, accuracy, 0.2, 0.9, None, None, None, f"{kind}|{keep}|{seed}")


def difference_of(kind: str, fraction: float, value: float, between: str = "top-bottom") -> DifferenceRow:
    return DifferenceRow(kind, fraction, between, None, value, None, None, "difference")


def results_of(counts: Mapping[str, int], **changes: Any) -> ProbeResults:
    """Results with these labels, and the number of neurons that make up a quarter and a half of their weights."""
    words = {label: 1000 * (1 + i) for i, label in enumerate(counts)}
    matrix = tuple((0,) * len(counts) for _ in counts)
    content = {
        **{"format": FORMAT, "sources": None, "signature": "solver:certified|l1:1e-05", "labels": tuple(counts)},
        **{"neurons": Neurons.of([Block("encoder", 0, "fwd", 50)]), "neurons_used": 50, "train_words": 9},
        **{"test_words": sum(words.values()), "unseen": {}, "objective": 1.0, "gap": 0.0, "stationarity": 0.0},
        **{"converged": True, "iterations": 1, "nonzero": 1.0, "accuracy": 0.9, "low": 0.8, "high": 1.0},
        **{"majority": 0.5, "majority_interval": Interval(0.4, 0.6), "versus_majority": Difference(0.4, 0.3, 0.5)},
        **{"unknown_words": 0.0, "label_scores": {label: LabelScore(1.0, 1.0, 1.0, n) for label, n in words.items()}},
        **{"accuracy_signature": "accuracy", "ablation": (), "differences": (), "control_accuracy": None},
        **{"selectivity": None, "selectivity_interval": None, "control_fit": None, "control_signature": None},
        **{"grid": (), "cutoffs": Cutoffs(1.0, (100.0,), (50,)), "focus": {"0.25": dict(counts), "0.5": dict(counts)}},
        **{"salient": {label: ("encoder.0.fwd.1",) for label in counts}, "against": (), "rankings": None},
        "shared": SharedWithin(1, matrix, matrix, (), ()),
    }
    return ProbeResults(**{**content, **changes})
