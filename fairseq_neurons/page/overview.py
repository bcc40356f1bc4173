"""The static part of the page as values: what a run has, its tables, and where its figures are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.figures.run_figures import MODEL
from fairseq_neurons.page.curve_tables import comparison_table, curve_table
from fairseq_neurons.page.html_tables import DASH, Table, row
from fairseq_neurons.page.neuron_orders import short_name
from fairseq_neurons.page.page_sections import CurveSection, ModelSection, Overview, Picture, ProbeSection
from fairseq_neurons.page.probe_tables import (
    Link,
    accuracy_table,
    label_table,
    shared_neurons,
    subset_table,
)
from fairseq_neurons.runs.run_folder import Model, Probe, Run


def overview(run: Run, pictures: Sequence[Picture]) -> Overview:
    """Read it off a run."""
    signatures = [entry for model in run.models_by_name for entry in _signatures(model)]
    models = [_section(model, pictures) for model in run.models_by_name]
    return Overview(run.path.resolve().name, models, signatures, len(pictures))


def address(model: Model, neuron: int | None = None) -> str:
    """In the page: ``#/model/1/neuron/1902``."""
    return f"#/model/{quote(model.name, safe='')}" + ("" if neuron is None else f"/neuron/{neuron}")


def _section(model: Model, pictures: Sequence[Picture]) -> ModelSection:
    link = partial(_link, model, {name: i for i, name in enumerate(model.neurons.names)})

    def of(result: str) -> list[Picture]:
        return [picture for picture in pictures if picture.of == result]

    return ModelSection(
        name=model.name,
        checkpoint=model.checkpoint_sha256[:8],
        size=f"{len(model.neurons):,}" if model.neurons.blocks else DASH,
        address=address(model) if model.dumps else "",
        blocks=[(block.name, block.size) for block in model.neurons.blocks],
        dumps=_dumps(model),
        pictures=of(f"{MODEL}{model.name}"),
        curves=[
            _curve(curve, of(name))
            for name, curve in sorted(model.curves.items(), key=lambda named: named[1].metric.at_words)
        ],
        accuracy=accuracy_table(model) if model.probes else None,
        probes=[_probe(probe, link, of(name)) for name, probe in model.probes.items()],
        shared=[found for probe in model.probes.values() for found in shared_neurons(model, probe, link)],
    )


def _curve(curve: Curve, pictures: list[Picture]) -> CurveSection:
    return CurveSection(curve.name, curve_table(curve), comparison_table(curve), pictures)


def _probe(probe: Probe, link: Link, pictures: list[Picture]) -> ProbeSection:
    return ProbeSection(short_name(probe.name), subset_table(probe), label_table(probe, link), pictures)


def _link(model: Model, index_of: Mapping[str, int], name: str) -> str:
    """To a neuron; none where the page has no neurons of the model."""
    return address(model, index_of[name]) if model.dumps and name in index_of else ""


def _dumps(model: Model) -> Table:
    rows = []
    for name, dump in model.dumps.items():
        manifest = dump.activations.manifest
        side = "(words of the target)" if manifest.side == "target" else ""
        source = " ".join(filter(None, (manifest.data, manifest.subset, side)))
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
        yield f"{name}, accuracy", probe.results.accuracy_signature
        if probe.results.control_signature:
            yield f"{name}, control task", probe.results.control_signature
    for name, curve in model.curves.items():
        for point in curve.points:
            yield f"{name}, {point.neurons} neurons, {point.order}", point.signature
