"""The steps of an experiment, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import experiment_text as text
from fairseq_neurons.pipelines.paper import measure_steps as measures
from fairseq_neurons.pipelines.paper import train_models as models
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_summary import summarise
from fairseq_neurons.pipelines.paper.run_tables import write_tables
from fairseq_neurons.pipelines.paper.unablated_bleu import warn_of_low_bleu


class Stage(NamedTuple):
    """A step of an experiment.

    Args:
        about: what it does.
        run: do what an earlier run has not done.
        makes: a file or folder of the experiment that exists as soon as the step has begun.
        needs: steps whose results it reads.
    """

    about: str
    run: Callable[[Experiment], object]
    makes: str
    needs: tuple[str, ...] = ()


def chosen(experiment: Experiment) -> list[str]:
    """The chosen steps in the order in which they depend on each other, each once.

    Raises:
        InputError: if a step needs another that is neither chosen nor was ever begun.
    """
    steps = [step for step in STAGES if step in experiment.steps]
    for step in steps:
        for need in STAGES[step].needs:
            made = experiment.folder / STAGES[need].makes
            if need not in steps and not made.exists():
                raise InputError(f"steps=[{step}] needs {made}, which does not exist; run without steps= to make it.")
    return steps


def _text(experiment: Experiment) -> None:
    text.prepare_text(experiment)
    text.preprocess(experiment)


def _ablate(experiment: Experiment) -> None:
    measures.ablate(experiment)
    warn_of_low_bleu(experiment)


def _sum_up(experiment: Experiment) -> None:
    write_tables(experiment.folder, summarise(experiment))


STAGES: dict[str, Stage] = {
    "text": Stage("texts, a part for each model, and labels", _text, "bin"),
    "train": Stage("translation models and language models", models.train, "models", ("text",)),
    "dump": Stage("the states of every word", measures.dump, "activations", ("train",)),
    "rank": Stage("neurons, ranked by other models and by each model alone", measures.rank, "rankings", ("dump",)),
    "probe": Stage("probes of word properties", measures.probe, "probes", ("dump",)),
    "ablate": Stage("BLEU and perplexity with neurons masked", _ablate, "curves", ("rank", "probe")),
    "draw": Stage("figures, and a page to explore", measures.draw, "report", ("rank",)),
    "sum": Stage("the numbers and the tables", _sum_up, "summary.json", ("rank", "probe", "ablate")),
}
