"""``fairseq-neurons-demo``: the main job in minutes, on a built-in corpus or on the user's own text."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError

logger = logging.getLogger(__name__)


@dataclass
class DemoConfig(CommandConfig):
    """Where to, and what on."""

    out: str = MISSING
    corpus: str | None = None
    src: str = "en"
    tgt: str = "fr"
    seed: int = 1


def run(out: str, corpus: str | None, src: str, tgt: str, seed: int) -> None:
    """Text, training, dumps, rankings, ablation; a table on screen and a figure in ``out``."""
    from fairseq_neurons.demo import curves, pipeline

    folder = Path(out).absolute()
    if os.path.lexists(folder):
        raise InputError(f"{out} already exists; remove it or choose another name.")
    languages, sizes = pipeline.Languages(src, tgt), pipeline.Sizes()
    start = time.monotonic()

    def say(what: str) -> None:
        logger.info("\n[%3.0f s] %s", time.monotonic() - start, what)

    say("Text: train, valid and test; the training text in three parts, one for each model")
    pipeline.prepare_text(folder, corpus, languages, seed)
    pipeline.preprocess(folder, languages)
    say("Three translation models and a language model")
    pipeline.train(folder, sizes)
    say("Translations of the test set, and the states of every word of it")
    pipeline.dump(folder, languages)
    say("Neurons, ranked by their likes in the other models")
    pipeline.rank(folder)
    say("Neurons switched off, from the top and from the bottom of the rankings")
    points = curves.measure(folder, languages)
    curves.figure(points, folder / "curve.png")
    say("Done")
    logger.info("\n%s\n", curves.table(points))
    logger.info("The figure is %s/curve.png, every point with its signature is in %s/curve.jsonl.", out, out)


main = application(
    "fairseq-neurons-demo",
    DemoConfig,
    run,
    "From parallel text to ablated translations, on a built-in corpus or on your own text.",
)
