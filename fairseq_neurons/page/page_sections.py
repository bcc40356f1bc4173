"""What the static part of the page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fairseq_neurons.page.html_tables import Table
from fairseq_neurons.page.probe_tables import SharedNeurons


@dataclass(frozen=True)
class Picture:
    """A figure beside the page.

    Args:
        name: of its files, without ending.
        of: the curve or probe by its name, or ``model NAME``.
        title: what it shows.
        signature: of the settings that made its numbers.
        width: in pixels; the browser keeps the place free before it has the file.
        height: likewise.
    """

    name: str
    of: str
    title: str
    signature: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """Of its files, without ending, from the page."""
        return f"figures/{quote(self.name, safe='')}"


@dataclass(frozen=True)
class CurveSection:
    """What the overview shows of a curve.

    Args:
        name: of the curve.
        scores: a table of them.
        comparisons: of rankings and orders; None if there are none.
        pictures: of it.
    """

    name: str
    scores: Table
    comparisons: Table | None
    pictures: list[Picture]


@dataclass(frozen=True)
class ProbeSection:
    """What the overview shows of a probe.

    Args:
        name: of the labels.
        subsets: what is left with some of the neurons.
        labels: a table of them.
        pictures: of it.
    """

    name: str
    subsets: Table
    labels: Table
    pictures: list[Picture]


@dataclass(frozen=True)
class ModelSection:
    """What the overview shows of a model.

    Args:
        name: of the model.
        checkpoint: start of its SHA-256.
        size: how many neurons it has.
        address: in the page, of its neurons; empty for a model without a dump.
        blocks: name and size of each.
        dumps: a table of them.
        pictures: of its rankings and neurons.
        curves: of its ablation.
        accuracy: of its probes; None if there are none.
        probes: one by one.
        shared: neurons between labels.
    """

    name: str
    checkpoint: str
    size: str
    address: str
    blocks: list[tuple[str, int]]
    dumps: Table
    pictures: list[Picture]
    curves: list[CurveSection]
    accuracy: Table | None
    probes: list[ProbeSection]
    shared: list[SharedNeurons]


@dataclass(frozen=True)
class Overview:
    """All of it.

    Args:
        title: the name of the run's folder.
        models: in the order of their names.
        signatures: of every result: what it is, and the string.
        figures: how many there are.
    """

    title: str
    models: list[ModelSection]
    signatures: list[tuple[str, str]]
    figures: int

    @property
    def browsable(self) -> bool:
        """Whether there are neurons to see."""
        return any(model.address for model in self.models)

    @property
    def shares(self) -> bool:
        """Whether labels share neurons."""
        return any(model.shared for model in self.models)

    @property
    def summary(self) -> str:
        """Of what the run consists, in a sentence."""
        counts = {
            "model": len(self.models),
            "curve": len({curve.name for model in self.models for curve in model.curves}),
            "probe": sum(len(model.probes) for model in self.models),
            "figure": self.figures,
        }
        told = [f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items() if count]
        return ", ".join(told[:-1]) + f" and {told[-1]}." if len(told) > 1 else f"{told[0]}."
