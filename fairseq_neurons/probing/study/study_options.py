"""The options of a probe study, used by the command's config and by the Python function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from fairseq_neurons.labels.label_options import LabelOptions
from fairseq_neurons.options import Seeded

Part = TypeVar("Part")


@dataclass
class LabelledDump:
    """A dump and the labels of its words.

    Args:
        activations: folder of the dump.
        labels: a file, the name of a labeler, or a tagger; see `fairseq_neurons.labels.labels_of`.
    """

    activations: str
    labels: str


@dataclass
class StudyData:
    """Which words and neurons are studied, and where the results are written.

    Args:
        train: training words; may be a dictionary with the two fields.
        test: test words, from a dump of the same model.
        out: folder of the results; must not exist.
        column: of CoNLL-U label files.
        language: of the words, for built-in labelers.
        neurons: restrict the study to these neurons: indices, names and patterns, see `Neurons.select`.
        standardise: whether to divide each neuron's values by their standard deviation over the training words; weights
            and rankings are then those of the scaled neurons.
    """

    train: LabelledDump | Mapping[str, str]
    test: LabelledDump | Mapping[str, str]
    out: str | Path
    column: str | None = None
    language: str = "en"
    neurons: str | None = None
    standardise: bool = False

    @property
    def dumps(self) -> tuple[LabelledDump, LabelledDump]:
        """Training and test words."""
        train, test = (
            part if isinstance(part, LabelledDump) else LabelledDump(**part) for part in (self.train, self.test)
        )
        return train, test


@dataclass
class TaskOptions(LabelOptions, StudyData):
    """All options of a task: words, neurons, and their labels."""


@dataclass
class TrainingOptions(Seeded):
    """How probes are trained.

    Args:
        l1: lambda_1.
        l2: lambda_2.
        solver: ``certified`` or ``authors``.
        class_weight: None or ``balanced``.
        tolerance: relative duality gap of the probe that is ranked.
        refit_tolerance: relative duality gap of all other probes (fewer neurons, the control task, other penalties).
        max_iter: maximum number of solver steps.
        seed: of all random choices.
    """

    l1: float = 1e-5
    l2: float = 1e-5
    solver: str = "certified"
    class_weight: str | None = None
    tolerance: float = 1e-3
    refit_tolerance: float = 1e-2
    max_iter: int = 500


@dataclass
class MeasurementOptions:
    """What is measured of a trained probe.

    Args:
        alpha: step of Algorithm 1 in percent.
        fractions: fractions of the neurons to keep in the ablation.
        random: number of random subsets of each size.
        control: whether to train on the control task as well.
        grid: values of both penalties; empty for no grid.
        mass: shares of the weight mass to count neurons for (Figure 6).
        top: number of first neurons compared between labels and between rankings.
        rankings: names of other ranking methods to compare with.
        counts: numbers of first neurons of each ranking to train a probe on.
        against: folders of other probes of the same model whose labels' neurons are compared.
    """

    alpha: float = 1.0
    fractions: list[float] = field(default_factory=lambda: [0.1, 0.15, 0.2])
    random: int = 3
    control: bool = True
    grid: list[float] = field(default_factory=list)
    mass: list[float] = field(default_factory=lambda: [0.25])
    top: int = 50
    rankings: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [10, 20, 50])
    against: list[str] = field(default_factory=list)


@dataclass
class IntervalOptions(Seeded):
    """Confidence intervals from the bootstrap over sentences.

    Args:
        confidence: of the intervals, between 0 and 1.
        resamples: number of bootstrap resamples.
        seed: of the resamples.
    """

    confidence: float = 0.95
    resamples: int = 1000


@dataclass
class StudyOptions(IntervalOptions, MeasurementOptions, TrainingOptions, TaskOptions):
    """All options of ``fairseq-neurons-probe`` and of `probe`.

    To add an option, add a field to one of the parts above: all that use the part receive it.

    Args:
        seed: of all random choices.
    """


def part_of(kind: type[Part], options: StudyOptions) -> Part:
    """Extract one part of the options.

    Args:
        kind: the part, or a subclass of it; its fields are among those of the options.
        options: all options.
    """
    return kind(**{item.name: getattr(options, item.name) for item in fields(kind)})  # type: ignore[arg-type]
