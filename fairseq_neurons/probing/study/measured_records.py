"""Lines of a probe study's log: what each measurement found, and its signature."""

from __future__ import annotations

from dataclasses import dataclass, fields

from fairseq_neurons.probing.result_parts import AblationRow, Difference, Interval, LabelScore


@dataclass(frozen=True)
class MeasuredAccuracy:
    """Accuracy of the probe and of the majority baseline.

    Args:
        accuracy: on the test words.
        low: of its interval.
        high: likewise.
        correct: the words predicted correctly, see `pack`.
        majority: accuracy of the majority baseline.
        majority_interval: its interval.
        versus_majority: accuracy minus that of the majority baseline.
        unknown_words: share of test words that are not among the training words.
        labels: scores of each label.
        signature: of all these numbers.
    """

    accuracy: float
    low: float | None
    high: float | None
    correct: str
    majority: float
    majority_interval: Interval
    versus_majority: Difference
    unknown_words: float
    labels: dict[str, LabelScore]
    signature: str


@dataclass(frozen=True)
class MeasuredControlTask:
    """Accuracy on the control task, and the fit of its probe; None where that task has only one label."""

    accuracy: float | None
    selectivity: float | None
    selectivity_interval: Interval | None
    objective: float | None
    gap: float | None
    iterations: int | None
    signature: str


@dataclass(frozen=True)
class MeasuredRow(AblationRow):
    """A row of the ablation, and the words predicted correctly, see `pack`."""

    correct: str

    def without_words(self) -> AblationRow:
        """The row without its words, as it is in ``results.json``."""
        return AblationRow(**{item.name: getattr(self, item.name) for item in fields(AblationRow)})
