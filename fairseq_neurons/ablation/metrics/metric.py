"""What can be measured of an ablated model, and how two measurements are compared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.metric_results import Scalar, Score, Significance
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.metric_options import NoOptions

if TYPE_CHECKING:
    import numpy as np

    from fairseq_neurons.activations import Activations
    from fairseq_neurons.masks import ChosenWords
    from fairseq_neurons.plugin.checkpoints import Loaded

Output = TypeVar("Output")
Options = TypeVar("Options")


@dataclass(frozen=True)
class LoadedSubset:
    """The model and the sentences that are measured.

    Args:
        loaded: the model and its task.
        subset: of the data.
        max_tokens: of a batch; as many as suit the metric if None.
    """

    loaded: Loaded
    subset: str
    max_tokens: int | None = None

    @property
    def batch(self) -> dict[str, int]:
        """``max_tokens`` as a keyword, if it was given."""
        return {} if self.max_tokens is None else {"max_tokens": self.max_tokens}


class Metric(ABC, Generic[Output, Options]):
    """One measure of a loaded model. The class describes it, an instance measures.

    An ``Output`` is all that the model did on the subset (hypotheses, log-probabilities): it is kept, and scores and
    tests are computed from it. A metric is one module: subclass this, and `register` it. Importing the module must not
    load torch or fairseq; import what measuring needs in the methods.

    Attributes:
        info: name, titles, direction and scale.
        Options: dataclass of its options. Those that `AblationSettings` has are flat options of the command; others
            are given with ``metric_options``.
        folder: of the outputs, within that of the curve.
        suffix: of their files.
        beside: results of `compare` for a second score that points have, too.
        is_relative: whether scores describe what has changed: `relate_to` is then called before all else.
    """

    info: ClassVar[MetricInfo]
    Options: ClassVar[type] = NoOptions
    folder: ClassVar[str]
    suffix: ClassVar[str]
    beside: ClassVar[tuple[str, ...]] = ()
    is_relative: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def open(cls, subset: LoadedSubset, options: Options) -> Metric[Output, Options]:
        """Prepare to measure a model on a subset.

        Raises:
            InputError: if the metric does not apply to this model, or the subset or a file cannot be read.
        """

    @classmethod
    def check(cls, options: Options, means: str | None) -> None:
        """Refuse invalid options before anything is read.

        Args:
            options: of the metric.
            means: the dump whose means are the mask values, if it was given.

        Raises:
            InputError: naming the option.
        """

    @classmethod
    def check_default_value(cls, options: Options, means: str | None) -> None:
        """Refuse options to which the default mask value, the means or zero, does not do justice.

        Args:
            options: of the metric.
            means: the dump whose means are the mask values; None for zero.

        Raises:
            InputError: naming the option that is missing.
        """

    @classmethod
    def identity(cls, options: Options) -> Mapping[str, Scalar]:
        """What all points of a folder have in common: the options that change a score, and versions."""
        return {}

    @classmethod
    def files(cls, options: Options) -> Mapping[str, str]:
        """The files whose content changes a score, by option; their SHA-256 is part of the identity, too."""
        return {}

    @classmethod
    def means(cls, options: Options, dump: Activations) -> np.ndarray:
        """The mask value for ``value=mean``: float64 (neurons,), by default the mean of each neuron over the dump.

        Raises:
            InputError: if the options do not fit the dump.
        """
        return dump.mean()

    @classmethod
    def mask_settings(cls, options: Options) -> str:
        """What else made the mask values, for the signature: empty, or fields that begin with ``|``."""
        return ""

    @classmethod
    def words(cls, subset: LoadedSubset, options: Options) -> ChosenWords | None:
        """The words at which neurons are masked; None is everywhere.

        Raises:
            InputError: if the words do not fit the subset.
        """
        return None

    @classmethod
    def summary(cls, options: Options, point: Point) -> str:
        """A line below the command's table; empty for none."""
        return ""

    @property
    @abstractmethod
    def signature(self) -> str:
        """The settings that make a score."""

    @property
    @abstractmethod
    def test_signature(self) -> str:
        """The settings that make a comparison."""

    @abstractmethod
    def run(self) -> Output:
        """What the model does, under the mask that is applied."""

    @abstractmethod
    def score(self, output: Output) -> Score:
        """The score of an output, and what else belongs to it."""

    @abstractmethod
    def pack(self, output: Output) -> bytes:
        """An output as the content of its file."""

    @abstractmethod
    def unpack(self, content: bytes) -> Output:
        """The output that was packed."""

    @abstractmethod
    def compare(self, baseline: Output, others: Sequence[Output]) -> list[Significance]:
        """Test each of the others against the baseline, on the same sentences."""

    def relate_to(self, unablated: Output) -> None:
        """Take the output of the unablated model. Called first if `is_relative`."""


AnyMetric = Metric[Any, Any]
