"""``fairseq-neurons-demo``: from text to ablated models in minutes, on a built-in corpus or on the user's own."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.translation_quality import LEAST_BLEU
from fairseq_neurons.storage.files import reading, write_text_whole
from fairseq_neurons.storage.json_fields import read_object

logger = logging.getLogger(__name__)

SETTINGS = "demo.json"
DEFAULT_ARCH = "lstm_dalvi2019_joint"


@dataclass
class DemoConfig(CommandConfig):
    """Options of the demo.

    Args:
        out: folder of everything that the demo writes.
        corpus: prefix of the user's parallel files; the built-in corpus by default.
        src: suffix of the source file.
        tgt: suffix of the target file.
        labels: files with labels of the corpus's source words: a line a sentence, a label a word.
        seed: of the built-in corpus, or of the split of the user's.
        arch: of the translation models, such as transformer_iwslt_de_en.
        hidden: units of each direction of each encoder layer of an LSTM, or of each layer of a transformer.
        layers: of the encoder, and of the decoder; by default as many as the architecture has.
        epochs: of the translation models.
        least_bleu: of the unablated translation models; with less the demo stops after their training.
    """

    out: str = MISSING
    corpus: str | None = None
    src: str = "en"
    tgt: str = "fr"
    labels: list[str] = field(default_factory=list)
    seed: int = 1
    arch: str = DEFAULT_ARCH
    hidden: int = 64
    layers: int | None = None
    epochs: int = 17
    least_bleu: float = LEAST_BLEU


def run(
    out: str,
    corpus: str | None,
    src: str,
    tgt: str,
    labels: list[str],
    seed: int,
    arch: str,
    hidden: int,
    layers: int | None,
    epochs: int,
    least_bleu: float,
) -> None:
    """Train, dump, rank, probe, ablate and control; tables on screen, a figure and a page in ``out``.

    An interrupted demo resumes when it is called a second time. One whose models do not translate stops.
    """
    from fairseq_neurons.pipelines.demo import demo_control as control
    from fairseq_neurons.pipelines.demo import demo_curves as curves
    from fairseq_neurons.pipelines.demo import demo_probes as probes
    from fairseq_neurons.pipelines.demo import demo_steps as models
    from fairseq_neurons.pipelines.demo.demo_quality import Quality
    from fairseq_neurons.pipelines.demo.demo_text import has_text, prepare_text
    from fairseq_neurons.pipelines.demo.own_text import OwnText, label_sets
    from fairseq_neurons.pipelines.jobs import run_all
    from fairseq_neurons.pipelines.recipes.measuring_commands import report_command
    from fairseq_neurons.pipelines.recipes.parallel_text import Languages

    if corpus is None:
        _check_built_in(src, tgt, labels)
    folder = Path(out).absolute()
    text = corpus and str(Path(corpus).absolute())
    own_labels = list(label_sets(labels))
    settings: dict[str, object] = {
        "corpus": text,
        "src": src,
        "tgt": tgt,
        "seed": seed,
        "hidden": hidden,
        "epochs": epochs,
    }
    if arch != DEFAULT_ARCH or layers is not None:
        from fairseq_neurons.plugin.known_models import check_translation_architecture

        check_translation_architecture(arch)
        settings |= {"arch": arch, "layers": layers}
    if labels:
        settings["labels"] = [str(Path(file).absolute()) for file in labels]
    is_new = _check_folder(folder, settings)
    languages = Languages(src, tgt)
    own = None if corpus is None or has_text(folder) else OwnText.read(corpus, languages, labels)
    if is_new:
        write_text_whole(folder / SETTINGS, json.dumps(settings) + "\n")
    start = time.monotonic()

    def say(what: str) -> None:
        logger.info("\n[%3.0f s] %s", time.monotonic() - start, what)

    say("Text: train, valid and test; the training text in three parts, one for each model")
    prepare_text(folder, own, languages, seed)
    models.preprocess(folder, languages)
    say("Three translation models and a language model")
    models.train(folder, models.training_of(arch, hidden, epochs, layers))
    say("Translations of the test set, and the states of every word of it")
    models.dump(folder, languages)
    Quality.read(folder, src, epochs).check(least_bleu)
    say("Neurons, ranked by similar neurons in the other models")
    models.rank(folder)
    say("Word properties, predicted by probes of the first model's neurons")
    probed = probes.probe(folder, languages, None if corpus is None else own_labels)
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


def _check_built_in(src: str, tgt: str, labels: list[str]) -> None:
    """Refuse options that only the user's own corpus can have."""
    if (src, tgt) != ("en", "fr"):
        raise InputError(f"The built-in corpus is English-French; for {src}-{tgt}, give corpus=PREFIX.")
    if labels:
        raise InputError("The built-in corpus has labels of its own; with labels=, give corpus=PREFIX.")


def _check_folder(folder: Path, settings: Mapping[str, object]) -> bool:
    """Whether a demo is to begin in this folder; False if one of the same settings is to be resumed."""
    mark = folder / SETTINGS
    if os.path.lexists(mark):
        if read_object(mark, "settings").content != settings:
            raise InputError(f"{folder} is a demo with other settings; remove it or choose another name with out=.")
        logger.info("Resuming the demo in %s", folder)
        return False
    with reading(folder, "folder"):
        is_filled = os.path.lexists(folder) and any(folder.iterdir())
    if is_filled:
        raise InputError(f"{folder} is not empty; remove it or choose another name with out=.")
    return True


main = application(
    "fairseq-neurons-demo",
    DemoConfig,
    run,
    "From parallel text to ablated translations, on a built-in corpus or on your own text.",
)
