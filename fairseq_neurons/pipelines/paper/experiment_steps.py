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


class Stage(NamedTuple):
    """A step.

    Args:
        about: what it does.
        run: does what an earlier run has not done.
        makes: what is in the experiment's folder as soon as it has begun.
        needs: steps before it.
    """

    about: str
    run: Callable[[Experiment], object]
    makes: str
    needs: tuple[str, ...] = ()


def chosen(experiment: Experiment) -> list[str]:
    """The steps of ``steps=``, in the order in which they depend on each other.

    Raises:
        InputError: if one needs another that is neither chosen nor has ever been run.
    """
    steps = [step for step in STAGES if step in experiment.steps]
    for step in steps:
        for need in STAGES[step].needs:
            made = experiment.folder / STAGES[need].makes
            if need not in steps and not made.exists():
                raise InputError(f"steps=[{step}] goes on from {made}, which is not there; without steps=, it is made.")
    return steps


def _text(experiment: Experiment) -> None:
    text.prepare_text(experiment)
    text.preprocess(experiment)


def _sum_up(experiment: Experiment) -> None:
    write_tables(experiment.folder, summarise(experiment))


STAGES: dict[str, Stage] = {
    "text": Stage("texts, a part for each model, and labels", _text, "bin"),
    "train": Stage("translation models and language models", models.train, "models", ("text",)),
    "dump": Stage("the states of every word", measures.dump, "activations", ("train",)),
    "rank": Stage("neurons, ranked by other models and by themselves", measures.rank, "rankings", ("dump",)),
    "probe": Stage("what neurons know of words", measures.probe, "probes", ("dump",)),
    "ablate": Stage("BLEU and perplexity without neurons", measures.ablate, "curves", ("rank", "probe")),
    "draw": Stage("figures, and a page to explore", measures.draw, "report", ("rank",)),
    "sum": Stage("the numbers and the tables", _sum_up, "summary.json", ("rank", "probe", "ablate")),
}
