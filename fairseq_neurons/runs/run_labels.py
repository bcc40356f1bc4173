"""Labels of the words of a run: those of its probes, and built-in ones that need only the words."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import LABELERS, LabelOptions, labels_of
from fairseq_neurons.labels.taggers import is_tagger
from fairseq_neurons.probing.result_parts import Sources
from fairseq_neurons.runs.run_folder import Dump, Model, Run

logger = logging.getLogger(__name__)

WordLabels = list[str | None]

BUILT_IN = ("position", "numbers", "negation", "months")
# A labeler that finds fewer words of its second label does not describe a text.
LEAST = 10


def labels_for(run: Run, model: Model, dump: Dump, language: str = "en") -> dict[str, WordLabels]:
    """All sets of labels for the words of a dump.

    A probe's ``results.json`` names the labels of its words, which apply to any dump of the same words. Its paths are
    tried from the current folder, then from the run's. Labels that are missing or no longer fit are skipped.

    Args:
        run: the probes of all its models count.
        model: that the dump is of; its probes come first.
        dump: whose words they are.
        language: of the words, for the built-in labelers.

    Returns:
        By the name of the probe without its folder, or of the labeler: (words,) labels, None where a word has none.
        Built-in labelers are included if they find at least 10 words of two labels, and differ from a probe's labels.
    """
    found: dict[str, WordLabels] = {}
    others = {name: probe for other in run.models for name, probe in other.probes.items()}
    for name, probe in {**model.probes, **others}.items():
        labels = _labels_of_probe(run, dump, name, probe.results.sources) if probe.results.sources else None
        short = name.rsplit("/", 1)[-1]
        if labels is not None and labels != found.get(short):
            found[name if short in found else short] = labels
    for name in BUILT_IN:
        labels = _labels_or_none(dump, name, name, None, language) if name not in found else None
        if labels and _has_two_labels(labels) and _label_numbers(labels) not in map(_label_numbers, found.values()):
            found[name] = labels
    return found


def _labels_of_probe(run: Run, dump: Dump, name: str, sources: Sources) -> WordLabels | None:
    """A probe's labels of these words, renamed as for the probe; None if there are none."""
    texts = {other.path.resolve(): other.text for model in run.models for other in model.dumps.values()}
    texts[dump.path.resolve()] = dump.text
    options = LabelOptions(merge=list(sources.merge), ignore=list(sources.ignore))
    for source in (sources.test, sources.train):
        for base in (Path(), run.path):
            if "\0" not in source.activations and texts.get((base / source.activations).resolve()) == dump.text:
                spec = _where_labels_are(source.labels, (base, Path(), run.path))
                labels = _labels_or_none(dump, name, spec, sources.column, sources.language)
                return labels and [None if label is None else options.rename(label) for label in labels]
    return None


def _where_labels_are(labels: str, bases: Iterable[Path]) -> str:
    """The labels' file, from the first folder where it is; a labeler or a tagger as it is."""
    if labels in LABELERS or is_tagger(labels):
        return labels
    return next((str(base / labels) for base in bases if os.path.exists(base / labels)), labels)


def _labels_or_none(dump: Dump, name: str, spec: str, column: str | None, language: str) -> WordLabels | None:
    sentences = dump.activations.sentences  # raises if words.txt is damaged, which is not an error of the labels
    try:
        return labels_of(sentences, spec, column, language, dump.activations.manifest.eos)
    except InputError as error:
        logger.info("%s: its labels are left out. %s", name, error)
        return None


def _has_two_labels(labels: WordLabels) -> bool:
    counts = Counter(label for label in labels if label is not None)
    return sum(count >= LEAST for count in counts.values()) >= 2


def _label_numbers(labels: WordLabels) -> list[int | None]:
    """Labels numbered in order of first occurrence: equal for labelings that differ only in their names."""
    numbers: dict[str, int] = {}
    return [None if label is None else numbers.setdefault(label, len(numbers)) for label in labels]
