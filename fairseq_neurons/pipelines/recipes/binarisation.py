"""Binarise the texts with ``fairseq-preprocess``: one dictionary for all models, a data folder for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fairseq_neurons.pipelines.jobs import WORKERS, remove_unfinished, run_all
from fairseq_neurons.pipelines.recipes.model_files import data_folder, is_language_model
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

WHOLE = "all"
HELD_OUT = ("--validpref", "text/valid", "--testpref", "text/test")


def preprocess(
    folder: Path, languages: Languages, threshold: int, parts: Mapping[str, str], workers: int = WORKERS
) -> None:
    """Write ``bin/all`` with the dictionaries, then ``bin/MODEL`` of each model.

    Args:
        folder: of the pipeline; its ``text`` has the texts.
        languages: of the texts.
        threshold: words seen less often in the training text are unknown.
        parts: for each model, the name in ``text`` of what it is trained on, without suffix.
        workers: how many commands run at a time.

    Raises:
        InputError: if a command fails.
    """
    # fairseq refuses to overwrite the dictionaries of a run that was killed.
    remove_unfinished(folder, "preprocess", data_folder(WHOLE))
    run_all({"preprocess": _whole(languages, threshold)}, folder, workers)
    run_all(dict(_of_model(languages, model, part) for model, part in parts.items()), folder, workers)


def _whole(languages: Languages, threshold: int) -> list[str]:
    rare = ["--thresholdsrc", str(threshold), "--thresholdtgt", str(threshold)]
    train = ["--trainpref", "text/train"]
    return ["fairseq-preprocess", *_pair(languages), *train, *rare, *HELD_OUT, "--destdir", data_folder(WHOLE)]


def _of_model(languages: Languages, model: str, part: str) -> tuple[str, list[str]]:
    """A job: its name and its command."""
    source, target = (f"{data_folder(WHOLE)}/dict.{language}.txt" for language in languages)
    destination = ["--destdir", data_folder(model)]
    if is_language_model(model):
        train, valid, test = (f"text/{name}.{languages.src}" for name in (part, "valid", "test"))
        texts = ["--trainpref", train, "--validpref", valid, "--testpref", test]
        command = ["fairseq-preprocess", "--only-source", "--srcdict", source, *texts, *destination]
        return f"preprocess-{model}", command
    texts = ["--trainpref", f"text/{part}", *HELD_OUT]
    dictionaries = ["--srcdict", source, "--tgtdict", target]
    return f"preprocess{model}", ["fairseq-preprocess", *_pair(languages), *texts, *dictionaries, *destination]


def _pair(languages: Languages) -> list[str]:
    return ["-s", languages.src, "-t", languages.tgt]
