"""The texts and labels of an experiment, copied and cut: one part of the training text for each model."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import LABELERS
from fairseq_neurons.labels.taggers import is_tagger, tag
from fairseq_neurons.pipelines.jobs import run_all
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment, LabelTask
from fairseq_neurons.storage.files import read_lines, write_text_whole

SPLITS = ("train", "valid", "test")
# The words of a probe: the beginning of the training text, and the test text.
PROBE_TEXT = "probe"
# Those that Figure 3 colours.
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
    _write(partial / f"{PROBE_TEXT}.{experiment.src}", _train(partial, experiment)[: experiment.probe_sentences])
    if experiment.sentences:
        _write(partial / f"{SENTENCES}.{experiment.src}", experiment.sentences)
    for name, task in experiment.tasks.items():
        for part, own, labels, shared in (
            ("train", task.train_text, task.train_labels, f"{PROBE_TEXT}.{experiment.src}"),
            ("test", task.test_text, task.test_labels, f"test.{experiment.src}"),
        ):
            if own is not None:
                _write(partial / f"{name}.{part}", read_lines(Path(experiment.corpus) / own, "text"))
            words = partial / (f"{name}.{part}" if own is not None else shared)
            if labels not in LABELERS:
                found = _labels(Path(experiment.corpus), labels, words)
                _check_labels(labels, found, read_lines(words, "text"))
                _write(partial / f"{name}.{part}.labels", found)
    partial.rename(text)


def preprocess(experiment: Experiment) -> None:
    """Binarise: one dictionary for all, and a data folder for each model."""
    src, tgt = experiment.src, experiment.tgt
    pair, held_out = ["-s", src, "-t", tgt], ["--validpref", "text/valid", "--testpref", "text/test"]
    threshold = ["--thresholdsrc", str(experiment.threshold), "--thresholdtgt", str(experiment.threshold)]
    every = ["fairseq-preprocess", *pair, "--trainpref", "text/train", *held_out, *threshold, "--destdir", "bin/all"]
    if not (experiment.folder / "logs" / "preprocess.done").exists():
        # fairseq refuses to overwrite the dictionaries of a run that was killed.
        shutil.rmtree(experiment.folder / "bin" / "all", ignore_errors=True)
    run_all({"preprocess": every}, experiment.folder, experiment.workers)
    source = ["--srcdict", f"bin/all/dict.{src}.txt"]
    jobs = {
        f"preprocess{i}": [
            *("fairseq-preprocess", *pair, "--trainpref", f"text/part{i}", *held_out),
            *(*source, "--tgtdict", f"bin/all/dict.{tgt}.txt", "--destdir", f"bin/{i}"),
        ]
        for i in experiment.translation_models
    }
    for model in experiment.language_models:
        splits = {"train": f"part{model.removeprefix('lm')}", "valid": "valid", "test": "test"}
        prefixes = [word for split, name in splits.items() for word in (f"--{split}pref", f"text/{name}.{src}")]
        only_source = ["fairseq-preprocess", "--only-source", *source, *prefixes, "--destdir", f"bin/{model}"]
        jobs[f"preprocess-{model}"] = only_source
    run_all(jobs, experiment.folder, experiment.workers)


def labels_of_task(name: str, task: LabelTask, part: str) -> str:
    """What ``train.labels=`` or ``test.labels=`` is given: a file in ``text/`` or a labeler."""
    given = task.train_labels if part == "train" else task.test_labels
    return given if given in LABELERS else f"text/{name}.{part}.labels"


def text_of_task(name: str, task: LabelTask, part: str) -> str | None:
    """The text of a task's own, without suffix; None if it has none."""
    own = task.train_text if part == "train" else task.test_text
    return own and f"{name}.{part}"


def _copy_split(experiment: Experiment, split: str, text: Path) -> None:
    prefix = Path(experiment.corpus) / getattr(experiment, split)
    sides = {side: read_lines(Path(f"{prefix}.{side}"), "text") for side in (experiment.src, experiment.tgt)}
    if len({len(lines) for lines in sides.values()}) > 1:
        counts = " and ".join(f"{len(lines)} ({side})" for side, lines in sides.items())
        raise InputError(f"{prefix}: the sides have {counts} lines; line n of one must translate line n of the other.")
    for side, lines in sides.items():
        _write(text / f"{split}.{side}", lines)
        if split == "train":
            for i in range(experiment.size.models):
                _write(text / f"part{i + 1}.{side}", lines[i :: experiment.size.models])


def _labels(corpus: Path, given: str, words: Path) -> list[str]:
    """The lines of a label file, or what a tagger says of a text."""
    if not is_tagger(given):
        return read_lines(corpus / given, "label file")
    return [" ".join(map(str, labels)) for labels in tag([line.split() for line in read_lines(words, "text")], given)]


def _check_labels(given: str, labels: Sequence[str], words: Sequence[str]) -> None:
    """Tell now what probes would tell after hours of training."""
    if len(labels) != len(words):
        raise InputError(f"{given} has {len(labels)} lines of labels for {len(words)} sentences.")
    for number, (line, sentence) in enumerate(zip(labels, words, strict=True), start=1):
        if len(line.split()) != len(sentence.split()):
            counts = f"{len(line.split())} labels for {len(sentence.split())} words"
            raise InputError(f"{given}, line {number}, has {counts}.")


def _train(text: Path, experiment: Experiment) -> list[str]:
    return read_lines(text / f"train.{experiment.src}", "text")


def _write(path: Path, lines: Sequence[str]) -> None:
    write_text_whole(path, "".join(line + "\n" for line in lines))
