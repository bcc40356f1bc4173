"""The static part of the page as values: what a run has, its tables, and where its figures are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from fairseq_neurons.report.page.curves import comparison_table, curve_table
from fairseq_neurons.report.page.probes import (
    Link,
    SharedNeurons,
    accuracy_table,
    label_table,
    shared_neurons,
    subset_table,
)
from fairseq_neurons.report.page.sorts import short_name
from fairseq_neurons.report.page.tables import Table, reading, row
from fairseq_neurons.report.run import Curve, Model, Probe, Run


@dataclass(frozen=True)
class Picture:
    """A figure beside the page.

    Args:
        name: of its files, without ending.
        title: what it shows.
        signature: of the settings that made its numbers.
        width: in pixels; the browser keeps the place free before it has the file.
        height: likewise.
    """

    name: str
    title: str
    signature: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """Of its files, without ending, from the page."""
        return f"figures/{quote(self.name, safe='')}"

    def is_of(self, result: str) -> bool:
        """Whether it shows a result, by the result's name: figures end their titles with it."""
        return self.title.endswith(f": {result}")


@dataclass(frozen=True)
class CurveSection:
    """What the overview tells of a curve.

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
    """What the overview tells of a probe.

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
    """What the overview tells of a model.

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
        models: those of which most is known first.
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
            "curve": sum(len(model.curves) for model in self.models),
            "probe": sum(len(model.probes) for model in self.models),
            "figure": self.figures,
        }
        told = [f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items() if count]
        return ", ".join(told[:-1]) + f" and {told[-1]}." if len(told) > 1 else f"{told[0]}."


def overview(run: Run, pictures: Sequence[Picture]) -> Overview:
    """Read it off a run."""
    signatures = [entry for model in run.models for entry in _signatures(model)]
    models = [_section(model, pictures) for model in run.models]
    return Overview(run.path.resolve().name, models, signatures, len(pictures))


def address(model: Model, neuron: int | None = None) -> str:
    """In the page: ``#/model/1/neuron/1902``."""
    return f"#/model/{quote(model.name, safe='')}" + ("" if neuron is None else f"/neuron/{neuron}")


def _section(model: Model, pictures: Sequence[Picture]) -> ModelSection:
    link = partial(_link, model, {name: i for i, name in enumerate(model.neurons.names)})

    def of(result: str) -> list[Picture]:
        return [picture for picture in pictures if picture.is_of(result)]

    return ModelSection(
        name=model.name,
        checkpoint=model.checkpoint_sha256[:8],
        size=f"{len(model.neurons):,}",
        address=address(model) if model.dumps else "",
        blocks=[(block.name, block.size) for block in model.neurons.blocks],
        dumps=_dumps(model),
        pictures=of(model.name),
        curves=[
            _curve(curve, of(name))
            for name, curve in sorted(model.curves.items(), key=lambda named: named[1].settings["metric"] == "control")
        ],
        accuracy=accuracy_table(model) if model.probes else None,
        probes=[_probe(probe, link, of(name)) for name, probe in model.probes.items()],
        shared=[found for probe in model.probes.values() for found in shared_neurons(model, probe, link)],
    )


def _curve(curve: Curve, pictures: list[Picture]) -> CurveSection:
    with reading(curve.path):
        return CurveSection(curve.name, curve_table(curve), comparison_table(curve), pictures)


def _probe(probe: Probe, link: Link, pictures: list[Picture]) -> ProbeSection:
    with reading(probe.path):
        return ProbeSection(short_name(probe.name), subset_table(probe), label_table(probe, link), pictures)


def _link(model: Model, index_of: Mapping[str, int], name: str) -> str:
    """To a neuron; none where the page has no neurons of the model."""
    return address(model, index_of[name]) if model.dumps and name in index_of else ""


def _dumps(model: Model) -> Table:
    rows = []
    for name, dump in model.dumps.items():
        manifest = dump.activations.manifest
        source = " ".join(filter(None, (manifest.data, manifest.subset)))
        versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
        counts = (f"{manifest.sentences:,}", f"{manifest.words:,}")
        cells = [*counts, manifest.dtype, manifest.pooling, manifest.mask or "none", source, versions]
        rows.append(row(name, cells))
    header = ["Dump", "Sentences", "Words", "Type", "Pooling", "Mask", "Data", "Versions"]
    return Table(f"Dumps of {model.name}", header, rows)


def _signatures(model: Model) -> Iterator[tuple[str, str]]:
    for name, ranking in model.rankings.items():
        yield name, ranking.signature
    for name, probe in model.probes.items():
        yield f"{name}, accuracy", probe.results["accuracy_signature"]
        if probe.results.get("control_signature"):
            yield f"{name}, control task", probe.results["control_signature"]
    for name, curve in model.curves.items():
        for point in curve.points:
            yield f"{name}, {point['neurons']} neurons, {point['order']}", point["signature"]
