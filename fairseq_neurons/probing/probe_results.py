"""The results of a probe study as values: the content of ``results.json``, read and checked once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.result_parts import (
    AblationRow,
    ControlFit,
    Cutoffs,
    Difference,
    DifferenceRow,
    GridCell,
    Interval,
    LabelScore,
    MethodComparison,
    OtherProbe,
    SharedWithin,
    Sources,
)
from fairseq_neurons.storage.json_fields import Fields, JsonObject, read_object
from fairseq_neurons.storage.json_records import plain, read_record

# Format 1 calls the part of a block its direction.
FORMAT = 2
FILE = "results.json"


@dataclass(frozen=True)
class ProbeResults:
    """All results of one probe; accuracies and shares are from 0 to 1, losses in nats per word.

    Args:
        format: of the file.
        sources: where words and labels are from; None in results of earlier versions.
        signature: of the trained probe.
        labels: in row order of the weights.
        neurons: the blocks of the model.
        neurons_used: number of neurons in the study.
        train_words: number of labelled training words.
        test_words: number of labelled test words.
        unseen: labels that only test words have, with their number of words; dropped.
        objective: mean cross-entropy + penalty of the probe.
        gap: duality gap; None if there is no bound.
        stationarity: KKT residual.
        converged: whether the tolerance was reached.
        iterations: solver steps.
        nonzero: share of the weights that are not 0.
        accuracy: on the test words.
        low: of its confidence interval, as the next; None for a single sentence.
        high: likewise.
        majority: accuracy of the majority baseline (Table 1).
        majority_interval: of it.
        versus_majority: accuracy minus that of the majority baseline.
        unknown_words: share of test words that no training sentence has.
        label_scores: for each label.
        accuracy_signature: of all these accuracies.
        ablation: accuracy with some of the neurons (Tables 2, 4 to 6).
        differences: top minus bottom and top minus random neurons.
        control_accuracy: on the control task, None without one, as the next four.
        selectivity: accuracy minus that on the control task.
        selectivity_interval: of it.
        control_fit: of the probe of the control task.
        control_signature: of these numbers.
        grid: accuracy for pairs of penalties (Figure 2).
        cutoffs: of Algorithm 1.
        focus: for each share of the weight mass, as text, the number of neurons of each label (Figure 6).
        salient: for each label, the names of the neurons that make up the first share of its weight mass.
        shared: neurons in the tops of several labels.
        against: neurons shared with labels of other probes.
        rankings: by other methods; None if there are none.
        standardised: whether values were divided by their standard deviation over the training words, so that weights
            are those of the scaled neurons; written only then.
    """

    format: int
    sources: Sources | None
    signature: str
    labels: tuple[str, ...]
    neurons: Neurons
    neurons_used: int
    train_words: int
    test_words: int
    unseen: dict[str, int]
    objective: float
    gap: float | None
    stationarity: float
    converged: bool
    iterations: int
    nonzero: float
    accuracy: float
    low: float | None
    high: float | None
    majority: float
    majority_interval: Interval
    versus_majority: Difference
    unknown_words: float
    label_scores: dict[str, LabelScore]
    accuracy_signature: str
    ablation: tuple[AblationRow, ...]
    differences: tuple[DifferenceRow, ...]
    control_accuracy: float | None
    selectivity: float | None
    selectivity_interval: Interval | None
    control_fit: ControlFit | None
    control_signature: str | None
    grid: tuple[GridCell, ...]
    cutoffs: Cutoffs
    focus: dict[str, dict[str, int]]
    salient: dict[str, tuple[str, ...]]
    shared: SharedWithin
    against: tuple[OtherProbe, ...]
    rankings: MethodComparison | None
    standardised: bool = False

    @classmethod
    def load(cls, path: str | Path) -> ProbeResults:
        """Read ``results.json``.

        Args:
            path: the file, or the folder of a probe.

        Raises:
            InputError: naming the file and what is wrong with it.
        """
        file = Path(path) / FILE if Path(path).is_dir() else Path(path)
        content = read_object(file, "result")
        # An empty object stands for no other rankings.
        rankings = content.required("rankings", dict) or None
        results = read_record(cls, Fields({**content.content, "rankings": rankings}, content.place))
        results._check(content)
        return results

    def _check(self, content: Fields) -> None:
        """Check that all labels have scores, and that shares are numbers."""
        for label in (*self.labels, *(label for counts in self.focus.values() for label in counts)):
            if label not in self.label_scores:
                raise content.damage(f"'label_scores' has none for the label {label!r}")
        for share in self.focus:
            try:
                float(share)
            except ValueError:
                raise content.damage(f"'focus' has {share!r} where a share of the weights belongs") from None

    def to_json(self) -> JsonObject:
        """The content of ``results.json``."""
        content = {item.name: plain(getattr(self, item.name)) for item in fields(self)}
        if not self.standardised:
            del content["standardised"]
        return {**content, "rankings": content["rankings"] or {}}
