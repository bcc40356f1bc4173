"""The results of one model in a run folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.activations import Activations
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.rankings import Ranking


@dataclass(frozen=True)
class Dump:
    """States of words.

    Args:
        name: its folder, relative to the run.
        path: the folder.
        activations: the same, opened.
        text: SHA-256 of ``words.txt``: dumps of one text can be compared word by word.
    """

    name: str
    path: Path
    activations: Activations
    text: str

    @property
    def masked(self) -> bool:
        """Whether neurons were masked while it was made."""
        return bool(self.activations.manifest.mask)


@dataclass(frozen=True)
class Probe:
    """A probe study, as written by ``fairseq-neurons-probe``.

    Args:
        name: its folder, relative to the run.
        path: the folder.
        results: of the probe.
    """

    name: str
    path: Path
    results: ProbeResults


@dataclass(frozen=True)
class Model:
    """All results of one model in a run.

    Args:
        checkpoint_sha256: of the model; empty if only rankings of an unknown checkpoint are there.
        neurons: of the model; no blocks if it has only curves.
        name: unique in the run.
        dumps: by name.
        rankings: of its neurons, except those for single labels; by name.
        label_rankings: for single labels, by the names of the probe and the label.
        probes: of its states, by name.
        curves: of its ablation, by name.
    """

    checkpoint_sha256: str
    neurons: Neurons
    name: str = ""
    dumps: dict[str, Dump] = field(default_factory=dict)
    rankings: dict[str, Ranking] = field(default_factory=dict)
    label_rankings: dict[tuple[str, str], Ranking] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)

    @property
    def findings(self) -> int:
        """Number of rankings, probes and curves."""
        return len(self.rankings) + len(self.probes) + len(self.curves)

    def unmasked(self, text: str) -> Dump | None:
        """The first dump of a text that was made without a mask; None if there is none."""
        return next((dump for dump in self.dumps.values() if dump.text == text and not dump.masked), None)


def shown_dump(model: Model, models: Sequence[Model]) -> Dump:
    """The dump to show of a model that has one: without a mask if possible, of the text that most models have read.

    Args:
        model: one of the models.
        models: all of a run.
    """
    texts = Counter(text for other in models for text in {dump.text for dump in other.dumps.values()})
    return max(model.dumps.values(), key=lambda dump: (not dump.masked, texts[dump.text]))
