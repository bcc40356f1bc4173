"""What single neurons of the first translation model know of words: probes of the corpus's gold labels."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tabulate import tabulate

from fairseq_neurons.activations import Activations
from fairseq_neurons.labels import LABELERS
from fairseq_neurons.labels.word_lists import LANGUAGES
from fairseq_neurons.number_format import percent
from fairseq_neurons.pipelines.jobs import remove_unfinished, run_all
from fairseq_neurons.pipelines.recipes.measuring_commands import extract_command, probe_command
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.probing.ablation_table import KINDS, AblationTable
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import read_lines, write_lines
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS

logger = logging.getLogger(__name__)

SENTENCES = 3000
SHARE = 0.1
ENDS = ("top", "bottom")
# Most words have no number and no tense; elsewhere "-" is the class of the other words.
IGNORED = {"number": "-", "tense": "-"}
# Control needs neurons in which the tenses lie far apart; the probe's own ranking asks what a neuron adds to others.
# The smallest of models has 4 neurons to compare the two by.
ALSO_RANKED_BY = {"tense": ["rankings=[f-test]", "counts=[4]"]}
LABELERS_TO_TRY = ("position", "numbers", "negation", "months")
FEWEST = 10


def probe(folder: Path, languages: Languages, own: Sequence[str] | None) -> list[str]:
    """Dump the first training sentences, train the probes on them, and test them on the words of the test set.

    Args:
        folder: of the demo.
        languages: of the corpus.
        own: the label sets of the user's own corpus, to which built-in labelers add; None for the built-in corpus.

    Returns:
        The names of the label sets, each of which ``probes`` has a folder of.
    """
    _dump(folder, languages, LABEL_SETS if own is None else own)
    sets = _gold(languages) if own is None else {**_own(languages, own), **_labelers(folder, languages)}
    for name in sets:
        remove_unfinished(folder, f"probe-{name}", f"probes/{name}")
    dumps, settings = ("activations/train", "activations/1"), [f"fractions=[{SHARE:g}]", "random=1"]
    jobs = {f"probe-{name}": probe_command(dumps, labels, f"probes/{name}", settings) for name, labels in sets.items()}
    run_all(jobs, folder)
    return list(sets)


def table(folder: Path, names: list[str]) -> str:
    """One row per label set: accuracy with all neurons and with a tenth of them, and the first neurons."""
    kept = f"{' / '.join(ENDS)} {100 * SHARE:g} %"
    header = ["labels", "accuracy", "majority", "selectivity", f"{kept},\nmasking-out", f"{kept},\nretraining"]
    rows = [_row(folder / "probes" / name, name) for name in names]
    align = ["left", *["right"] * 5, "left"]
    return tabulate(rows, [*header, "first neurons"], tablefmt="simple", disable_numparse=True, colalign=align)


def _row(probed: Path, name: str) -> list[str]:
    results = ProbeResults.load(probed)
    ranking = Ranking.load(probed / "ranking.json")
    kept = AblationTable(results.ablation)
    return [
        name,
        *map(percent, (results.accuracy, results.majority, results.selectivity)),
        *(kept.line(kind, SHARE).shown(ENDS) for kind in KINDS),
        ", ".join(ranking.neurons.name(i) for i in ranking.top(3).tolist()),
    ]


def _dump(folder: Path, languages: Languages, label_sets: Sequence[str]) -> None:
    """Write down the states of the first training sentences, and these with their labels."""
    (folder / "probes").mkdir(exist_ok=True)
    for suffix in ("", *(f".{name}" for name in label_sets)):
        lines = read_lines(folder / "text" / f"train.{languages.src}{suffix}", "text")
        write_lines(folder / "probes" / f"train.{languages.src}{suffix}", lines[:SENTENCES])
    remove_unfinished(folder, "extract", "activations/train")
    run_all({"extract": extract_command("1", f"probes/train.{languages.src}", "activations/train")}, folder)


def _own(languages: Languages, names: Sequence[str]) -> dict[str, list[str]]:
    """The options of a probe for every label set of the user's corpus; rare labels may be in the test set alone."""
    return {name: [*_files(languages, name), "unseen=ignore"] for name in names}


def _files(languages: Languages, name: str) -> list[str]:
    train, test = (f"{part}.{languages.src}.{name}" for part in ("probes/train", "text/test"))
    return [f"train.labels={train}", f"test.labels={test}"]


def _gold(languages: Languages) -> dict[str, list[str]]:
    """The options of a probe for every label set of the built-in corpus."""
    return {
        name: [
            *_files(languages, name),
            *([f"ignore=[{IGNORED[name]}]"] if name in IGNORED else []),
            *ALSO_RANKED_BY.get(name, []),
        ]
        for name in LABEL_SETS
    }


def _labelers(folder: Path, languages: Languages) -> dict[str, list[str]]:
    """The options of a probe for every built-in labeler that finds at least two labels in these words."""
    parts = [Activations(folder / "activations" / part).sentences for part in ("train", "1")]
    language = languages.src if languages.src in LANGUAGES else "en"
    found: dict[str, list[str]] = {}
    for name in LABELERS_TO_TRY if languages.src in LANGUAGES else LABELERS_TO_TRY[:1]:
        counts = [Counter(label for labels in LABELERS[name](part, language) for label in labels) for part in parts]
        if _has_classes(counts[0]) and counts[1].keys() <= counts[0].keys():
            found[name] = [f"train.labels={name}", f"test.labels={name}", f"language={language}"]
    logger.info("Built-in labelers that find labels in your corpus: %s", ", ".join(found) or "none")
    return found


def _has_classes(counts: Mapping[Any, int]) -> bool:
    return len(counts) >= 2 and min(counts.values()) >= FEWEST
