"""``fairseq-neurons-demo``: from text to ablated models in minutes, on a built-in corpus or on the user's own."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines, read_text, write_text_whole

logger = logging.getLogger(__name__)


@dataclass
class DemoConfig(CommandConfig):
    """Options of the demo.

    Args:
        out: folder of everything that the demo writes.
        corpus: prefix of the user's parallel files; the built-in corpus by default.
        src: suffix of the source file.
        tgt: suffix of the target file.
        seed: of the built-in corpus, or of the split of the user's.
        hidden: units of each direction of each encoder layer.
        epochs: of the translation models.
    """

    out: str = MISSING
    corpus: str | None = None
    src: str = "en"
    tgt: str = "fr"
    seed: int = 1
    hidden: int = 64
    epochs: int = 17


def run(out: str, corpus: str | None, src: str, tgt: str, seed: int, hidden: int, epochs: int) -> None:
    """Train, dump, rank, probe, ablate and control; tables on screen, a figure and a page in ``out``.

    An interrupted demo resumes when it is called a second time.
    """
    from fairseq_neurons.pipelines.demo import demo_control as control
    from fairseq_neurons.pipelines.demo import demo_curves as curves
    from fairseq_neurons.pipelines.demo import demo_probes as probes
    from fairseq_neurons.pipelines.demo import demo_steps as models
    from fairseq_neurons.pipelines.demo.demo_text import prepare_text
    from fairseq_neurons.pipelines.jobs import run_all
    from fairseq_neurons.pipelines.recipes.measuring_commands import report_command
    from fairseq_neurons.pipelines.recipes.parallel_text import Languages

    if corpus is None and (src, tgt) != ("en", "fr"):
        raise InputError(f"The built-in corpus is English-French; for {src}-{tgt}, give corpus=PREFIX.")
    folder = Path(out).absolute()
    text = corpus and str(Path(corpus).absolute())
    _claim(folder, {"corpus": text, "src": src, "tgt": tgt, "seed": seed, "hidden": hidden, "epochs": epochs})
    languages = Languages(src, tgt)
    start = time.monotonic()

    def say(what: str) -> None:
        logger.info("\n[%3.0f s] %s", time.monotonic() - start, what)

    say("Text: train, valid and test; the training text in three parts, one for each model")
    prepare_text(folder, corpus, languages, seed)
    models.preprocess(folder, languages)
    say("Three translation models and a language model")
    models.train(folder, hidden, epochs)
    say("Translations of the test set, and the states of every word of it")
    models.dump(folder, languages)
    say("Neurons, ranked by similar neurons in the other models")
    models.rank(folder)
    say("Word properties, predicted by probes of the first model's neurons")
    probed = probes.probe(folder, languages, corpus)
    say("Neurons masked, from the top and from the bottom of the rankings" + ", and controlled" * (corpus is None))
    # A corpus of one's own has no gold tense to control.
    run_all({**curves.jobs(languages), **(control.jobs(folder, languages) if corpus is None else {})}, folder)
    shown = curves.columns(folder)
    curves.figure(folder)
    say("A page with all of it")
    run_all({"report": report_command(src)}, folder)
    say("Done")
    logger.info("\n%s\n", curves.table(shown))
    if probed:
        logger.info("%s\n", probes.table(folder, probed))
        logger.info("Probes of %s/probes, in percent of the test words; each results.json has signatures.", out)
    if corpus is None:
        logger.info("%s\n", control.table(folder))
        logger.info(
            "Translations that changed tense, of those that could: a tenth of the neurons masked at verbs of one"
        )
        logger.info("tense, with values twice as far away as the mean of the other; see %s/control.\n", out)
    logger.info("The figure is %s/curve.png; every point has its signature in the curve.jsonl of its folder.", out)
    logger.info("Look at the neurons themselves: open %s in a browser.", folder / "report" / "index.html")


def _claim(folder: Path, settings: dict[str, object]) -> None:
    """Begin a demo in a new folder, or resume one of the same settings."""
    mark = folder / "demo.json"
    if mark.is_file():
        if json.loads(read_text(mark, "settings")) != settings:
            raise InputError(f"{folder} is a demo with other settings; remove it or choose another name with out=.")
        logger.info("Resuming the demo in %s", folder)
    elif folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; remove it or choose another name with out=.")
    else:
        for language in (settings["src"], settings["tgt"]) if settings["corpus"] else ():
            read_lines(Path(f"{settings['corpus']}.{language}"), "text")
        write_text_whole(mark, json.dumps(settings) + "\n")


main = application(
    "fairseq-neurons-demo",
    DemoConfig,
    run,
    "From parallel text to ablated translations, on a built-in corpus or on your own text.",
)
