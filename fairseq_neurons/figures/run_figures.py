"""Draw all figures of a run folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from fairseq_neurons.activations import Activations
from fairseq_neurons.figures.curve_figure import ablation_curves
from fairseq_neurons.figures.figure_style import SignedFigure
from fairseq_neurons.figures.focus_figure import focus_bars
from fairseq_neurons.figures.grid_figure import regularisation_grid
from fairseq_neurons.figures.layer_figure import layer_histogram
from fairseq_neurons.figures.overlap_figure import overlap_matrix, overlaps
from fairseq_neurons.figures.sentence_figure import coloured_sentences
from fairseq_neurons.probing.study.weight_focus import FIGURE_6
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Model, Probe, Run
from fairseq_neurons.statistics.neuron_columns import column_of
from fairseq_neurons.statistics.strongest_sentences import strongest_sentences

TOP = 50
# Number of sentences with the highest values, and with the lowest.
SENTENCES = 3
# Distinguishes a model from a curve or probe of the same name.
MODEL = "model "


@dataclass(frozen=True)
class Drawing:
    """A figure of a run.

    Args:
        name: name of its files without suffix, unique in the run.
        of: name of the curve or probe, or ``model NAME``.
        figure: the figure.
    """

    name: str
    of: str
    figure: SignedFigure

    @property
    def title(self) -> str:
        """What the figure shows, in one line."""
        return f"{self.figure.title}: {self.of}"

    @property
    def signature(self) -> str:
        """The signature of the figure."""
        return self.figure.signature


def figures_of(run: Run) -> Iterator[Drawing]:
    """Draw curves, grids, focused labels, overlaps, layers and sentences, as far as the run has results for them.

    Each figure is drawn when it is requested: ``for drawing in figures_of(run): save(drawing.figure,
    folder / drawing.name)``.

    Raises:
        InputError: if a result file lacks a field that a figure needs.
    """
    taken: set[str] = set()
    # Models with the same checkpoint share their curves.
    drawn: set[str] = set()
    for model in run.models:
        for curve in model.curves.values():
            if curve.points and curve.name not in drawn:
                drawn.add(curve.name)
                yield Drawing(_name("curves", curve.name, taken), curve.name, ablation_curves(curve))
        for kind, of_what, figure in _of_model(run, model):
            yield Drawing(_name(kind, of_what, taken), of_what, figure)


def _of_model(run: Run, model: Model) -> Iterator[tuple[str, str, SignedFigure]]:
    """Yield the kind of a figure, what it is of, and the figure."""
    for probe in model.probes.values():
        yield from _of_probe(model, probe)
    rankings = _of_whole_model(model)
    if rankings:
        of_what = f"{MODEL}{model.name}"
        yield from _of_rankings(of_what, rankings)
        if model.dumps:
            # Preferably a ranking without labels, whose first neuron has yet to be described.
            ranking = next((rankings[name] for name in rankings if name not in model.probes), None)
            first = ranking or next(iter(rankings.values()))
            yield "sentences", of_what, _sentences(run.dump_of(model).activations, first)


def _of_probe(model: Model, probe: Probe) -> Iterator[tuple[str, str, SignedFigure]]:
    if probe.results.grid:
        yield "grid", probe.name, regularisation_grid(probe.results.grid)
    for mass in probe.results.focus:
        yield (
            f"focus{'' if float(mass) == FIGURE_6 else f'-{mass}'}",
            probe.name,
            focus_bars(probe.results, float(mass)),
        )
    methods = {
        "probe" if name == probe.name else name.removeprefix(f"{probe.name}/"): ranking
        for name, ranking in model.rankings.items()
        if name == probe.name or name.startswith(f"{probe.name}/")
    }
    if len(methods) > 1:
        yield from _of_rankings(probe.name, methods)


def _of_rankings(name: str, rankings: Mapping[str, Ranking]) -> Iterator[tuple[str, str, SignedFigure]]:
    top = min(TOP, len(next(iter(rankings.values())).order))
    if len(rankings) > 1:
        yield "overlap", name, overlap_matrix(overlaps(rankings, top))
    yield "places", name, layer_histogram(rankings, top)


def _of_whole_model(model: Model) -> dict[str, Ranking]:
    """All rankings except those by other methods for the labels of a probe, which have figures of their own."""
    of_methods = tuple(f"{probe}/" for probe in model.probes)
    return {name: ranking for name, ranking in model.rankings.items() if not name.startswith(of_methods)}


def _sentences(dump: Activations, ranking: Ranking) -> SignedFigure:
    """The sentences with the highest and the lowest values of the first neuron of a ranking."""
    neuron = int(ranking.top(1)[0])
    values = column_of(dump, neuron)
    ends = (strongest_sentences(values, dump.offsets, SENTENCES, lowest) for lowest in (False, True))
    return coloured_sentences(dump, neuron, list(dict.fromkeys(chain.from_iterable(ends))))


def _name(kind: str, of_what: str, taken: set[str]) -> str:
    """``curves`` of ``curves/nmt`` -> ``curves.nmt``; a number makes the name unique."""
    for before in ("curves/", "probes/", MODEL):
        of_what = of_what.removeprefix(before)
    base = name = f"{kind}.{of_what.replace('/', '.')}"
    number = 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name
