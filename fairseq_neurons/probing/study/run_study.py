"""Run a probe study: the Python function of ``fairseq-neurons-probe``."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.unknown_share import report_unknown
from fairseq_neurons.options import takes
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import LabelledWordsSource, Sources
from fairseq_neurons.probing.study.confidence_intervals import Intervals
from fairseq_neurons.probing.study.labelled_words import Task, open_task
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.study_folder import StudyFolder
from fairseq_neurons.probing.study.study_options import StudyOptions, part_of
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.study_results import analyse
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.files import check_free
from fairseq_neurons.storage.results_log import LogFile

logger = logging.getLogger(__name__)


@takes(StudyOptions)
def probe(options: StudyOptions) -> ProbeResults:
    """Train a probe on labelled words, rank the neurons by its weights, and measure it all (Dalvi et al. 2019).

    Results are kept in ``OUT.partial`` as they are measured, and renamed to ``out`` when complete: an interrupted run
    resumes.

    Args:
        options: see `StudyOptions`; the function takes its fields as arguments.

    Returns:
        What ``results.json`` holds, as a value.

    Raises:
        InputError: if an argument cannot be used; nothing is left behind.
        TypeError: if there is no such option.
    """
    out = Path(options.out)
    check_free(out)
    settings, plan, intervals = part_of(ProbeSettings, options), part_of(Plan, options), part_of(Intervals, options)
    for checked in (settings, plan, intervals):
        checked.check()
    task = open_task(options)
    plan.check_task(task)
    _say_what_is_left_out(task)
    for part in options.dumps:
        _say_what_is_unknown(Activations(part.activations))
    # A value that is not finite is found before anything is trained, whichever dump has it.
    for words in (task.train, task.test):
        words.design.check()
    with StudyFolder(out) as study:
        trained = _train(task, settings, study.probe)
        analysis = LinguisticAnalysis(task, trained, settings, LogFile(study.measured), intervals)
        results = analyse(analysis, plan, study.folder, _sources(options))
        study.commit()
    return results


def _sources(options: StudyOptions) -> Sources:
    """Describe where words and labels are from, and how labels were renamed."""
    train, test = (
        LabelledWordsSource(str(part.activations), str(part.labels), Activations(part.activations).manifest.unknown)
        for part in options.dumps
    )
    return Sources(train, test, options.column, options.language, tuple(options.merge), tuple(options.ignore))


def _train(task: Task, settings: ProbeSettings, path: Path) -> TrainedProbe:
    """Train the probe, or load that of an interrupted run with the same settings."""
    if os.path.lexists(path):
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


def _say_what_is_unknown(dump: Activations) -> None:
    manifest = dump.manifest
    if manifest.unknown is not None:
        words = len(dump) - manifest.eos * (manifest.sentences - manifest.skipped)
        report_unknown(str(dump.path), manifest.unknown, words, only_many=True)
