"""Results that depend on a probe's weights alone: the neurons that predict a label, and those that labels share."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.result_parts import Cutoffs, LabelPair, OtherProbe, SharedWithin, SharingNeuron
from fairseq_neurons.probing.study.shared_neurons import most_shared, shared, shared_neurons, strongest_pairs
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.probing.study.weight_focus import salient_counts, salient_neurons
from fairseq_neurons.rankings.algorithm1 import algorithm1


class WeightResults(NamedTuple):
    """The fields of `ProbeResults` that depend on the weights alone."""

    cutoffs: Cutoffs
    focus: dict[str, dict[str, int]]
    salient: dict[str, tuple[str, ...]]
    shared: SharedWithin
    against: tuple[OtherProbe, ...]


class _Shared(NamedTuple):
    """What `SharedWithin` and `OtherProbe` have in common."""

    top: int
    counts: tuple[tuple[int, ...], ...]
    expected: tuple[tuple[float, ...], ...]
    pairs: tuple[LabelPair, ...]


def read_weights(probe: TrainedProbe, neurons: Neurons, plan: Plan) -> WeightResults:
    """Find the neurons that predict each label, and those that labels share.

    Args:
        probe: a trained probe.
        neurons: all neurons of the model.
        plan: shares of the weight mass, number of top neurons, and other probes.
    """
    selection = algorithm1(probe.weights, plan.alpha)
    counts = salient_counts(probe.weights, plan.mass)
    return WeightResults(
        Cutoffs(plan.alpha, tuple(selection.percents.tolist()), tuple(selection.cutoffs.tolist())),
        {f"{mass:g}": dict(zip(probe.labels, counts[:, m].tolist(), strict=True)) for m, mass in enumerate(plan.mass)},
        {
            label: _names(salient_neurons(probe.weights, i, plan.mass[0]), neurons)
            for i, label in enumerate(probe.labels)
        },
        _within(probe, neurons, plan.top),
        tuple(_against(probe, neurons, folder, plan.top) for folder in plan.against),
    )


def _within(probe: TrainedProbe, neurons: Neurons, top: int) -> SharedWithin:
    """Find neurons shared by labels of one probe."""
    top = min(top, len(probe.columns))
    most, labels = most_shared(probe.weights[:, probe.columns], top)
    sharing = zip(probe.columns[most][:top].tolist(), labels[:top].tolist(), strict=True)
    return SharedWithin(
        *_shared(probe, probe, probe.columns, neurons, top),
        tuple(SharingNeuron(neuron, count) for neuron, count in sharing),
    )


def _against(probe: TrainedProbe, neurons: Neurons, folder: str, top: int) -> OtherProbe:
    """Find neurons shared with labels of another probe, among those in both studies."""
    other = TrainedProbe.load(Path(folder) / "probe.npz")
    columns = np.intersect1d(probe.columns, other.columns)
    about = (str(folder), other.signature, tuple(other.labels), len(columns))
    return OtherProbe(*about, *_shared(probe, other, columns, neurons, min(top, len(columns))))


def _shared(a: TrainedProbe, b: TrainedProbe, columns: np.ndarray, neurons: Neurons, top: int) -> _Shared:
    """Count shared neurons among ``columns``, int64 (D,), and list the pairs of labels that share most."""
    ours, theirs = a.weights[:, columns], b.weights[:, columns]
    found = shared(ours, top, theirs)
    pairs = tuple(
        LabelPair(
            a.labels[i],
            b.labels[j],
            int(found.counts[i, j]),
            float(found.expected[i, j]),
            _names(columns[shared_neurons(ours[i], theirs[j], top)], neurons),
        )
        for i, j in strongest_pairs(found, within=a is b)
    )
    return _Shared(top, tuple(map(tuple, found.counts.tolist())), tuple(map(tuple, found.expected.tolist())), pairs)


def _names(indices: np.ndarray, neurons: Neurons) -> tuple[str, ...]:
    return tuple(neurons.name(i) for i in indices.tolist())
