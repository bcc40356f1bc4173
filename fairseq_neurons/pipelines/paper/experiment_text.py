"""Prepare the texts and labels of an experiment: splits, one part of the training text for each model, labels."""

from __future__ import annotations

import shutil
from pathlib import Path

from fairseq_neurons.labels import LABELERS
from fairseq_neurons.labels.taggers import is_tagger, tag
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.recipes import binarisation
from fairseq_neurons.pipelines.recipes.labelled_text import check_labels, words_of
from fairseq_neurons.pipelines.recipes.parallel_text import read_parallel, write_parts
from fairseq_neurons.storage.files import read_lines, write_lines

SPLITS = ("train", "valid", "test")
# The text whose words train probes: the beginning of the training text.
PROBE_TEXT = "probe"
# The sentences that Figure 3 colours.
SENTENCES = "sentences"


def prepare_text(experiment: Experiment) -> None:
    """Write ``text/``: splits, a part for each model, the texts and labels of probes.

    Raises:
        InputError: if a file of the corpus is missing, the sides of a split differ in length, or labels do not fit
            their words.
    """
    text = experiment.folder / "text"
    if text.exists():
        return
    partial = text.with_name("text.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for split in SPLITS:
        _copy_split(experiment, split, partial)
    write_lines(partial / f"{PROBE_TEXT}.{experiment.src}", _train(partial, experiment)[: experiment.probe_sentences])
    if experiment.sentences:
        write_lines(partial / f"{SENTENCES}.{experiment.src}", experiment.sentences)
    for name, task in experiment.tasks.items():
        for part, own, labels, shared in (
            ("train", task.train_text, task.train_labels, f"{PROBE_TEXT}.{experiment.src}"),
            ("test", task.test_text, task.test_labels, f"test.{experiment.src}"),
        ):
            if own is not None:
                write_lines(partial / f"{name}.{part}", read_lines(Path(experiment.corpus) / own, "text"))
            words = partial / (f"{name}.{part}" if own is not None else shared)
            if labels not in LABELERS:
                found = _labels(Path(experiment.corpus), labels, words)
                check_labels(labels, found, read_lines(words, "text"))
                write_lines(partial / f"{name}.{part}.labels", found)
    partial.rename(text)


def preprocess(experiment: Experiment) -> None:
    """Binarise the text of each model; a language model reads the source side of a translation model's part."""
    parts = {model: part_of(model) for model in experiment.models}
    binarisation.preprocess(experiment.folder, experiment.languages, experiment.threshold, parts, experiment.workers)


def part_of(model: str) -> str:
    """The name in ``text/`` of what a model is trained on, without suffix."""
    return f"part{model.removeprefix('lm')}"


def labels_of_task(name: str, task: LabelTask, part: str) -> str:
    """The value of ``train.labels=`` or ``test.labels=``: a file in ``text/`` or a built-in labeler."""
    given = task.train_labels if part == "train" else task.test_labels
    return given if given in LABELERS else f"text/{name}.{part}.labels"


def text_of_task(name: str, task: LabelTask, part: str) -> str | None:
    """The name in ``text/`` of a task's own text; None if it has none."""
    own = task.train_text if part == "train" else task.test_text
    return own and f"{name}.{part}"


def _copy_split(experiment: Experiment, split: str, text: Path) -> None:
    prefix = Path(experiment.corpus) / getattr(experiment, split)
    for side, lines in zip(experiment.languages, read_parallel(prefix, experiment.languages), strict=True):
        write_lines(text / f"{split}.{side}", lines)
        if split == "train":
            write_parts(text, side, lines, [part_of(model) for model in experiment.translation_models])


def _labels(corpus: Path, given: str, words: Path) -> list[str]:
    """The lines of a label file, or a tagger's labels of a text."""
    if not is_tagger(given):
        return read_lines(corpus / given, "label file")
    return [" ".join(map(str, labels)) for labels in tag(words_of(read_lines(words, "text")), given)]


def _train(text: Path, experiment: Experiment) -> list[str]:
    return read_lines(text / f"train.{experiment.src}", "text")
