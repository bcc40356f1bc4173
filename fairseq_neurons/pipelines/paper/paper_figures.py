"""Draw the paper's figures of an experiment, named by their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import unescape

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.activations import Activations
from fairseq_neurons.figures import (
    SignedFigure,
    ablation_curves,
    coloured_sentences,
    focus_bars,
    regularisation_grid,
    save,
)
from fairseq_neurons.pipelines.paper.best_single_neurons import best_single_neurons
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import SENTENCES
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE, short_ranking
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.storage.files import read_text

FOLDER = "figures"


def draw_figures(experiment: Experiment) -> None:
    """Write ``figures/figure-N….svg`` of everything that has been measured."""
    for name, figure in paper_figures(experiment):
        save(figure, experiment.folder / FOLDER / name, ["svg"])


def drawn(experiment: Experiment) -> dict[str, str]:
    """The signatures of the figures that ``draw_figures`` has written, by name."""
    files = sorted((experiment.folder / FOLDER).glob("figure-*.svg"))
    return {file.stem: signature_in(read_text(file, "figure")) for file in files}


def signature_in(svg: str) -> str:
    """The signature of a figure, from the metadata of its file; empty if it has none."""
    found = re.search(r"<dc:description>(.*?)</dc:description>", svg, re.DOTALL)
    return unescape(found[1]) if found else ""


def paper_figures(experiment: Experiment) -> Iterator[tuple[str, SignedFigure]]:
    """Figures 2 to 8 with their names: ``figure-2``, ``figure-3.LABEL``, ``figure-6.MODEL``, else the number.

    Figure 4 is of translation models, 5 of language models, 7 and 8 are of the first of each.

    Raises:
        InputError: if a result file is damaged.
    """
    yield from _of_probes(experiment)
    yield from _of_sentences(experiment)
    for name, lm in (("figure-4", False), ("figure-5", True)):
        models = [model for model in experiment.studied if is_language_model(model) == lm]
        yield from _of_curves(experiment, name, models, lambda point: point.ranking == CROSS_MODEL)
    for name, others in (("figure-7", list(SINGLE)), ("figure-8", list(experiment.tasks))):
        yield from _of_curves(experiment, name, experiment.first, _firsts_of([CROSS_MODEL, *others]))


def _of_probes(experiment: Experiment) -> Iterator[tuple[str, SignedFigure]]:
    """Figure 2, and Figure 6 of the first model of each kind: both of the first task, usually parts of speech."""
    task, settings = next(iter(experiment.tasks.items()))
    for model in experiment.first:
        file = experiment.folder / f"probes/{model}/{task}/results.json"
        if file.exists():
            results = ProbeResults.load(file)
            caption = f"{experiment.name}, model {model}, {settings.title}"
            if results.grid:
                yield "figure-2", regularisation_grid(results.grid, caption=caption)
            yield f"figure-6.{model}", focus_bars(results, caption=caption)


def _of_sentences(experiment: Experiment) -> Iterator[tuple[str, SignedFigure]]:
    """Figure 3: sentences in the colours of the first model's best single neurons."""
    model = experiment.translation_models[0]
    if not experiment.sentences:
        return
    dump = Activations(experiment.folder / f"activations/{model}.{SENTENCES}")
    for best in best_single_neurons(experiment, model):
        if best.neuron is not None:
            caption = f"{experiment.name}, model {model}: the best single neuron for {best.label}"
            every = range(dump.manifest.sentences)
            yield f"figure-3.{best.label}", coloured_sentences(dump, best.neuron, every, caption=caption)


def _of_curves(
    experiment: Experiment, name: str, models: Sequence[str], wanted: Callable[[Point], bool]
) -> Iterator[tuple[str, SignedFigure]]:
    """A panel a model, of the lines that are wanted."""
    folders = {model: experiment.folder / "curves" / model for model in models}
    measured = {model: Curve.read(folder) for model, folder in folders.items() if folder.exists()}
    curves = {model: curve.renamed(short_ranking).only(wanted) for model, curve in measured.items()}
    shown = {model: curve for model, curve in curves.items() if curve.points}
    if shown:
        which = f"models {', '.join(shown)} from the left" if len(shown) > 1 else f"model {next(iter(shown))}"
        caption = f"{experiment.name}, {which}"
        yield name, ablation_curves(*shown.values(), caption=caption)


def _firsts_of(rankings: Sequence[str]) -> Callable[[Point], bool]:
    return lambda point: point.order == "top" and point.ranking in rankings
