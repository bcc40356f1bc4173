"""The numbers of a run, as ``summary.json`` has them: the tables are made of them alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.best_single_neurons import BestNeuron
from fairseq_neurons.pipelines.paper.curve_summary import CurveSummary
from fairseq_neurons.probing.ablation_table import AblationTable
from fairseq_neurons.probing.result_parts import Difference, DifferenceRow, GridCell, Interval, KeptAccuracy
from fairseq_neurons.storage.json_fields import read_object
from fairseq_neurons.storage.json_records import read_record

FORMAT = 1


@dataclass(frozen=True)
class ModelSummary:
    """A trained model.

    Args:
        kind: ``nmt``, a translation model, or ``lm``.
        seed: of its training.
        sentences: that it was trained on.
        perplexity: on the validation set.
        checkpoint_sha256: of its checkpoint.
    """

    kind: str
    seed: int
    sentences: int
    perplexity: float
    checkpoint_sha256: str


@dataclass(frozen=True)
class ProbeSummary:
    """A probe; the fields are those of `ProbeResults`, and ``labels`` has the number of test words of each label."""

    accuracy: float
    low: float | None
    high: float | None
    majority: float
    majority_interval: Interval
    versus_majority: Difference
    control_accuracy: float | None
    selectivity: float | None
    objective: float
    gap: float | None
    nonzero: float
    neurons_used: int
    train_words: int
    test_words: int
    grid: tuple[GridCell, ...]
    focus: dict[str, dict[str, int]]
    differences: tuple[DifferenceRow, ...]
    signature: str
    labels: dict[str, int]
    ablation: tuple[KeptAccuracy, ...]

    def subset_accuracy(self, kind: str, keep: str, fraction: float) -> float:
        """Mean accuracy with only some neurons, over random seeds.

        Raises:
            InputError: if it was not measured.
        """
        mean = AblationTable(self.ablation).cell(kind, keep, fraction).mean
        if mean is None:
            raise InputError(f"The summary has no accuracy of a probe for {kind}, {keep} {100 * fraction:g} %.")
        return mean


@dataclass(frozen=True)
class OverlapSummary:
    """How many of their first neurons the rankings of a model share.

    Args:
        top: how many are compared.
        of: number of neurons of the model.
        rankings: their names, the cross-model one first.
        shared: shares, a row and a column a ranking.
        first: names of the first neurons of each.
        signatures: of the rankings, by name.
    """

    top: int
    of: int
    rankings: tuple[str, ...]
    shared: tuple[tuple[float, ...], ...]
    first: dict[str, tuple[str, ...]]
    signatures: dict[str, str]


@dataclass(frozen=True)
class EndSquare:
    """The mean square of the states of the tenth that a ranking has first (``top``) or last (``bottom``)."""

    ranking: str
    order: str
    square: float


@dataclass(frozen=True)
class SquaresSummary:
    """Mean squares of states at the test words.

    Args:
        neurons: how many are a tenth.
        all: the mean square of all neurons.
        ends: of the tenths that rankings have first or last.
    """

    neurons: int
    all: float
    ends: tuple[EndSquare, ...]


@dataclass(frozen=True)
class RunSummary:
    """All numbers of a run.

    Args:
        format: of the file.
        name: of the experiment.
        size: of the models.
        arch: of the translation models.
        version: of this package.
        models: by name.
        tasks: title by name.
        probes: by model and task.
        curves: by model, of those that were ablated.
        overlaps: by model.
        squares: by model.
        detectors: the best single neurons of the first model of each kind.
        figures: signature by name.
    """

    format: int
    name: str
    size: str
    arch: str
    version: str
    models: dict[str, ModelSummary]
    tasks: dict[str, str]
    probes: dict[str, dict[str, ProbeSummary]]
    curves: dict[str, CurveSummary]
    overlaps: dict[str, OverlapSummary]
    squares: dict[str, SquaresSummary]
    detectors: dict[str, tuple[BestNeuron, ...]]
    figures: dict[str, str]

    @property
    def run(self) -> str:
        """The name of the run, which is also that of its summary's file among others: ``small.en-fr``."""
        return f"{self.size}.{self.name}"

    def curve(self, model: str) -> Curve:
        """The curve of a model."""
        return self.curves[model].curve(model)

    @classmethod
    def read(cls, path: Path) -> RunSummary:
        """Read ``summary.json``.

        Raises:
            InputError: naming the file and the first field that is missing or mistyped.
        """
        return read_record(cls, read_object(path, "summary"))
