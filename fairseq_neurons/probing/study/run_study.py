"""One call that does what ``fairseq-neurons-probe`` does."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from fairseq_neurons.activations.writer import check_free
from fairseq_neurons.labels import LabelOptions
from fairseq_neurons.probing.study.confidence_intervals import Intervals
from fairseq_neurons.probing.study.labelled_words import LabelSource, Task, open_task
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.study_folder import Workplace
from fairseq_neurons.probing.study.study_results import analyse
from fairseq_neurons.probing.study.study_settings import Plan
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.results_log import EntryLog

logger = logging.getLogger(__name__)


def probe(
    train: Mapping[str, str],
    test: Mapping[str, str],
    out: str | Path,
    column: str | None = None,
    language: str = "en",
    neurons: str | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Train a probe on labelled words, rank the neurons by its weights, and measure it all (Dalvi et al. 2019).

    Results are kept in ``OUT.partial`` as they are measured, and renamed to ``out`` when all are there: a run that was
    interrupted goes on where it stopped.

    Args:
        train: ``activations``, a dump, and ``labels``, see `LabelSource`.
        test: likewise, of the same model.
        out: the folder of the results; must not exist.
        column: of CoNLL-U label files.
        language: for built-in labelers.
        neurons: only these take part: indices, names, patterns.
        options: the fields of `LabelOptions`, `ProbeSettings`, `Intervals` and `Plan`.

    Returns:
        What ``results.json`` holds.

    Raises:
        InputError: if anything given cannot be used; nothing is left behind.
        TypeError: if there is no such option.
    """
    check_free(Path(out))
    _refuse_unknown(options)
    settings, plan = ProbeSettings(**_of(ProbeSettings, options)), Plan(**_of(Plan, options))
    intervals = Intervals(**_of(Intervals, options))
    for part in (settings, plan, intervals):
        part.check()
    sources = [LabelSource(part["activations"], part["labels"], column, language) for part in (train, test)]
    labels = LabelOptions(**_of(LabelOptions, options))
    task = open_task(sources[0], sources[1], labels, neurons)
    plan.check_task(task)
    _say_what_is_left_out(task)
    with Workplace(Path(out)) as place:
        trained = _train(task, settings, place.probe)
        analysis = LinguisticAnalysis(task, trained, settings, EntryLog(place.ledger), intervals)
        results = analyse(analysis, plan, place.results, _given(sources, labels))
        place.commit()
    return results


def _given(sources: Sequence[LabelSource], labels: LabelOptions) -> dict[str, Any]:
    """Where the words and their labels are from and what names these go by, for who looks at the results later."""
    parts = {
        name: {"activations": str(source.activations), "labels": str(source.labels)}
        for name, source in zip(("train", "test"), sources, strict=True)
    }
    options = {"merge": list(labels.merge), "ignore": list(labels.ignore)}
    return {**parts, "column": sources[0].column, "language": sources[0].language, **options}


def _train(task: Task, settings: ProbeSettings, path: Path) -> TrainedProbe:
    """The probe; the one of an interrupted run if it was trained with the same settings."""
    if path.exists():
        earlier = TrainedProbe.load(path)
        if earlier.signature == settings.signature(task):
            return earlier
    logger.info("%d words, %d neurons, %d labels", len(task.train), len(task.columns), len(task.labels))
    trained = TrainedProbe.fit(task, settings)
    trained.save(path)
    return trained


def _say_what_is_left_out(task: Task) -> None:
    if task.unseen:
        names = ", ".join(f"{label} ({count})" for label, count in task.unseen.items())
        logger.warning("left out of the test words, since no training word has their label: %s", names)


def _refuse_unknown(options: Mapping[str, Any]) -> None:
    known = {item.name for kind in (LabelOptions, ProbeSettings, Intervals, Plan) for item in fields(kind)}
    if unknown := sorted(options.keys() - known):
        raise TypeError(f"probe() got an unexpected keyword argument {unknown[0]!r}")


def _of(kind: type, options: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {name: value for name, value in options.items() if name in names}
