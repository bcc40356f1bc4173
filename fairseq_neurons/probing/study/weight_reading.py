"""What can be read off a probe's weights alone: which neurons hold a label, and which labels share neurons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.study.shared_neurons import most_shared, shared, shared_neurons, strongest_pairs
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.probing.study.weight_focus import salient_counts, salient_neurons
from fairseq_neurons.rankings.algorithm1 import algorithm1


def read_weights(probe: TrainedProbe, neurons: Neurons, plan: Plan) -> dict[str, Any]:
    """``cutoffs``, ``focus``, ``salient``, ``shared`` and ``against`` of ``results.json``.

    Args:
        probe: what is read.
        neurons: of the model.
        plan: shares, tops and other probes.
    """
    selection = algorithm1(probe.weights, plan.alpha)
    counts = salient_counts(probe.weights, plan.mass)
    return {
        "cutoffs": {"alpha": plan.alpha, "percent": selection.percents.tolist(), "neurons": selection.cutoffs.tolist()},
        "focus": {
            f"{mass:g}": dict(zip(probe.labels, counts[:, m].tolist(), strict=True)) for m, mass in enumerate(plan.mass)
        },
        "salient": {
            label: _names(salient_neurons(probe.weights, i, plan.mass[0]), neurons)
            for i, label in enumerate(probe.labels)
        },
        "shared": _within(probe, neurons, plan.top),
        "against": [_against(probe, neurons, folder, plan.top) for folder in plan.against],
    }


def _within(probe: TrainedProbe, neurons: Neurons, top: int) -> dict[str, Any]:
    """Neurons that labels of one probe share."""
    top = min(top, len(probe.columns))
    taking_part = probe.weights[:, probe.columns]
    most, labels = most_shared(taking_part, top)
    return {
        **_shared(probe, probe, probe.columns, neurons, top),
        "most_shared": [
            {"neuron": neuron, "labels": count}
            for neuron, count in zip(probe.columns[most][:top].tolist(), labels[:top].tolist(), strict=True)
        ],
    }


def _against(probe: TrainedProbe, neurons: Neurons, folder: str, top: int) -> dict[str, Any]:
    """Neurons that labels share with those of another probe, of those that take part in both."""
    other = TrainedProbe.load(Path(folder) / "probe.npz")
    columns = np.intersect1d(probe.columns, other.columns)
    return {
        "probe": str(folder),
        "signature": other.signature,
        "labels": list(other.labels),
        "neurons_used": len(columns),
        **_shared(probe, other, columns, neurons, min(top, len(columns))),
    }


def _shared(a: TrainedProbe, b: TrainedProbe, columns: np.ndarray, neurons: Neurons, top: int) -> dict[str, Any]:
    """How many of these neurons, int64 (D,), labels share, and the pairs of labels that share the most, with names."""
    ours, theirs = a.weights[:, columns], b.weights[:, columns]
    found = shared(ours, top, theirs)
    pairs = [
        {
            "a": a.labels[i],
            "b": b.labels[j],
            "count": int(found.counts[i, j]),
            "expected": float(found.expected[i, j]),
            "neurons": _names(columns[shared_neurons(ours[i], theirs[j], top)], neurons),
        }
        for i, j in strongest_pairs(found, within=a is b)
    ]
    return {"top": top, "counts": found.counts.tolist(), "expected": found.expected.tolist(), "pairs": pairs}


def _names(indices: np.ndarray, neurons: Neurons) -> list[str]:
    return [neurons.name(i) for i in indices.tolist()]
