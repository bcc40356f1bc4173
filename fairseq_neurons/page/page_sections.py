"""The sections of the static part of the page."""

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
        of: name of the curve or probe, or ``model NAME``.
        title: what it shows.
        signature: of the settings that made its numbers.
        width: in pixels, so that the browser reserves the space before it has loaded the file.
        height: in pixels.
    """

    name: str
    of: str
    title: str
    signature: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """The path of its files from the page, without ending."""
        return f"figures/{quote(self.name, safe='')}"


@dataclass(frozen=True)
class CurveSection:
    """The section of a curve.

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
    """The section of a probe.

    Args:
        name: of the labels.
        subsets: a table of the accuracy with a subset of the neurons.
        labels: a table of them.
        pictures: of it.
    """

    name: str
    subsets: Table
    labels: Table
    pictures: list[Picture]


@dataclass(frozen=True)
class ModelSection:
    """The section of a model.

    Args:
        name: of the model.
        checkpoint: start of its SHA-256.
        size: number of neurons.
        address: in the page, of its neurons; empty for a model without a dump.
        blocks: name and size of each.
        dumps: a table of them.
        pictures: of its rankings and neurons.
        curves: of its ablation.
        accuracy: of its probes; None if there are none.
        probes: the section of each probe.
        shared: neurons that labels share.
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
    """All sections.

    Args:
        title: the name of the run's folder.
        models: in the order of their names.
        signatures: the name and the signature of every result.
        figures: number of figures.
    """

    title: str
    models: list[ModelSection]
    signatures: list[tuple[str, str]]
    figures: int

    @property
    def browsable(self) -> bool:
        """Whether the page has neurons to explore."""
        return any(model.address for model in self.models)

    @property
    def shares(self) -> bool:
        """Whether labels share neurons."""
        return any(model.shared for model in self.models)

    @property
    def summary(self) -> str:
        """What the run consists of, in one sentence."""
        counts = {
            "model": len(self.models),
            "curve": len({curve.name for model in self.models for curve in model.curves}),
            "probe": sum(len(model.probes) for model in self.models),
            "figure": self.figures,
        }
        counted = [f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items() if count]
        return ", ".join(counted[:-1]) + f" and {counted[-1]}." if len(counted) > 1 else f"{counted[0]}."
