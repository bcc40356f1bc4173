"""The steps of an experiment, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fairseq_neurons.experiments import measures, models, text
from fairseq_neurons.experiments.settings import Experiment
from fairseq_neurons.experiments.summary import summarise


class Stage(NamedTuple):
    """A step.

    Args:
        about: what it does.
        run: does what an earlier run has not done.
    """

    about: str
    run: Callable[[Experiment], object]


def _text(experiment: Experiment) -> None:
    text.prepare_text(experiment)
    text.preprocess(experiment)


STAGES: dict[str, Stage] = {
    "text": Stage("texts, a part for each model, and labels", _text),
    "train": Stage("translation models and language models", models.train),
    "dump": Stage("the states of every word", measures.dump),
    "rank": Stage("neurons, ranked by other models and by themselves", measures.rank),
    "probe": Stage("what neurons know of words", measures.probe),
    "ablate": Stage("BLEU and perplexity without neurons", measures.ablate),
    "draw": Stage("figures, and a page to explore", measures.draw),
    "sum": Stage("the numbers of the tables", summarise),
}
