"""The parts of a probe's results; each is an object of ``results.json`` with the same fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LabelledWordsSource:
    """A dump and where the labels of its words are from.

    Args:
        activations: folder of the dump.
        labels: a file, labeler or tagger.
        unknown: words that the model does not know; None where the dump does not say.
    """

    activations: str
    labels: str
    unknown: int | None = None


@dataclass(frozen=True)
class Sources:
    """Where words and labels are from, and how labels were renamed; see `StudyOptions`."""

    train: LabelledWordsSource
    test: LabelledWordsSource
    column: str | None
    language: str
    merge: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interval:
    """A confidence interval; both ends are None if it cannot be estimated."""

    low: float | None
    high: float | None


@dataclass(frozen=True)
class Difference:
    """A difference of two accuracies on the same words, with its interval."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class LabelScore:
    """Scores of one label on the test words; ``support`` is its number of words."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ControlFit:
    """How close the probe of the control task is to its optimum; all None if that task has only one label."""

    objective: float | None
    gap: float | None
    iterations: int | None


@dataclass(frozen=True)
class KeptAccuracy:
    """Accuracy with some of the neurons.

    Args:
        kind: ``mask``, the others masked out, or ``retrain``, a probe trained on these neurons alone.
        keep: ``top``, ``bottom`` or ``random``.
        fraction: of the neurons in the study.
        seed: of random neurons, else None.
        neurons: number of neurons kept.
        accuracy: on the test words.
        low: of its interval.
        high: likewise.
    """

    kind: str
    keep: str
    fraction: float
    seed: int | None
    neurons: int
    accuracy: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AblationRow(KeptAccuracy):
    """The same with the fit of a retrained probe, None for a masked one, and the signature."""

    objective: float | None
    gap: float | None
    iterations: int | None
    signature: str


@dataclass(frozen=True)
class DifferenceRow:
    """Top neurons against bottom or random ones (``between``: ``top-bottom``, ``top-random``) of one kind and size."""

    kind: str
    fraction: float
    between: str
    seed: int | None
    value: float
    low: float | None
    high: float | None
    signature: str


@dataclass(frozen=True)
class GridCell:
    """Accuracy for one pair of penalties.

    ``gap`` bounds how far ``objective`` is above the optimum; ``converged`` says whether that is within the tolerance
    (None in results of earlier versions).
    """

    l1: float
    l2: float
    accuracy: float
    low: float | None
    high: float | None
    objective: float
    gap: float | None
    iterations: int
    nonzero: float
    signature: str
    converged: bool | None = None


@dataclass(frozen=True)
class Cutoffs:
    """Steps of Algorithm 1: ``alpha`` in percent, and after each step the percentage and number of neurons selected."""

    alpha: float
    percent: tuple[float, ...]
    neurons: tuple[int, ...]


@dataclass(frozen=True)
class LabelPair:
    """Two labels that share more neurons than chance expects.

    Args:
        a: a label of the probe.
        b: another one, or one of the other probe.
        count: number of neurons in both tops.
        expected: by chance.
        neurons: their names.
    """

    a: str
    b: str
    count: int
    expected: float
    neurons: tuple[str, ...]


@dataclass(frozen=True)
class SharingNeuron:
    """A neuron, by index, and the number of labels that have it in their top."""

    neuron: int
    labels: int


@dataclass(frozen=True)
class SharedWithin:
    """Neurons shared by the labels of a probe.

    Args:
        top: number of first neurons of each label.
        counts: shared neurons, a row and a column a label.
        expected: by chance.
        pairs: of labels that share most.
        most_shared: neurons in the tops of most labels.
    """

    top: int
    counts: tuple[tuple[int, ...], ...]
    expected: tuple[tuple[float, ...], ...]
    pairs: tuple[LabelPair, ...]
    most_shared: tuple[SharingNeuron, ...]


@dataclass(frozen=True)
class OtherProbe:
    """Neurons shared with the labels of another probe: its folder, signature and labels, and as `SharedWithin`."""

    probe: str
    signature: str
    labels: tuple[str, ...]
    neurons_used: int
    top: int
    counts: tuple[tuple[int, ...], ...]
    expected: tuple[tuple[float, ...], ...]
    pairs: tuple[LabelPair, ...]


@dataclass(frozen=True)
class RankingAccuracy:
    """Accuracy of a probe trained on the first neurons of a ranking."""

    ranking: str
    neurons: int
    accuracy: float
    low: float | None
    high: float | None
    objective: float
    gap: float | None
    iterations: int
    signature: str


@dataclass(frozen=True)
class MethodComparison:
    """The probe's ranking, the first by name, beside rankings by other methods.

    Args:
        names: of the rankings.
        signatures: by name.
        accuracy: with the first neurons of each.
        overlap: by name of the measure, a row and a column a ranking.
    """

    names: tuple[str, ...]
    signatures: dict[str, str]
    accuracy: tuple[RankingAccuracy, ...]
    overlap: dict[str, tuple[tuple[float, ...], ...]]
