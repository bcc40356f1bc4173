"""Gather the numbers of an experiment from the files of its steps."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import partial
from pathlib import Path

from fairseq_neurons import __version__
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.metric_results import finite
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import is_finished
from fairseq_neurons.pipelines.paper.best_single_neurons import best_single_neurons
from fairseq_neurons.pipelines.paper.curve_summary import CurveSummary, OtherPoint, PointSummary, TestSummary
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import part_of
from fairseq_neurons.pipelines.paper.mean_squares import mean_squares
from fairseq_neurons.pipelines.paper.measure_steps import ablations
from fairseq_neurons.pipelines.paper.paper_figures import drawn
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE, short_ranking
from fairseq_neurons.pipelines.paper.run_summary import (
    FORMAT,
    ModelSummary,
    OverlapSummary,
    ProbeSummary,
    RunSummary,
)
from fairseq_neurons.pipelines.paper.train_models import read_seeds
from fairseq_neurons.pipelines.recipes.model_files import checkpoint, is_language_model
from fairseq_neurons.pipelines.recipes.translation_quality import best_validation
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import KeptAccuracy
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import overlap_matrix, top_overlap
from fairseq_neurons.storage.files import read_lines, sha256_of_file, write_text_whole
from fairseq_neurons.storage.json_records import record_to_json

# "Top 50" of 2,000 neurons; of fewer, the same share.
TOP_SHARE = 0.025


def summarise(experiment: Experiment) -> RunSummary:
    """Write ``summary.json``: all numbers of the tables, with their signatures.

    Raises:
        InputError: if a step has not been finished.
    """
    folder = experiment.folder
    for job in ablations(experiment):
        if not is_finished(folder, job):
            raise InputError(f"{folder}: {job} is not finished; steps=[ablate,sum] resumes it.")
    rankings = {model: _rankings(experiment, model) for model in experiment.studied}
    summary = RunSummary(
        format=FORMAT,
        name=experiment.name,
        size=experiment.size.name,
        arch=experiment.arch,
        version=__version__,
        models={model: _model(experiment, model) for model in experiment.models},
        tasks={name: task.title for name, task in experiment.tasks.items()},
        probes={
            model: {task: _probe(folder / "probes" / model / task) for task in (*experiment.tasks, POSITION)}
            for model in experiment.studied
        },
        curves={model: _curve(folder / "curves" / model) for model in experiment.studied},
        overlaps={model: _overlaps(rankings[model]) for model in experiment.studied},
        squares={model: mean_squares(experiment, model, rankings[model]) for model in experiment.studied},
        detectors={model: tuple(best_single_neurons(experiment, model)) for model in experiment.first},
        figures=drawn(experiment),
    )
    write_text_whole(folder / "summary.json", json.dumps(record_to_json(summary), ensure_ascii=False) + "\n")
    return summary


def _model(experiment: Experiment, model: str) -> ModelSummary:
    folder = experiment.folder
    return ModelSummary(
        kind="lm" if is_language_model(model) else "nmt",
        seed=read_seeds(experiment)[model],
        sentences=len(read_lines(folder / f"text/{part_of(model)}.{experiment.src}", "text")),
        perplexity=best_validation(folder, model).perplexity,
        checkpoint_sha256=sha256_of_file(folder / checkpoint(model)),
    )


def _probe(folder: Path) -> ProbeSummary:
    results = ProbeResults.load(folder)
    same = {item.name: getattr(results, item.name) for item in fields(ProbeSummary) if hasattr(results, item.name)}
    kept = [item.name for item in fields(KeptAccuracy)]
    return ProbeSummary(
        **{
            **same,
            "labels": {label: scores.support for label, scores in results.label_scores.items()},
            "ablation": tuple(KeptAccuracy(**{name: getattr(row, name) for name in kept}) for row in results.ablation),
        }
    )


def _curve(folder: Path) -> CurveSummary:
    curve = Curve.read(folder).renamed(short_ranking)
    points = (
        PointSummary(*point.choice, point.neurons, finite(point.score), point.low, point.high, point.p_value)
        for point in curve.points
    )
    tests = (
        TestSummary(
            *(found.choice.order, found.choice.seed, found.neurons, found.result.p_value, found.choice.ranking),
            OtherPoint(*found.against),
        )
        for found in curve.comparisons
        if found.against
    )
    first = curve.points[0]
    return CurveSummary(curve.metric.name, tuple(points), tuple(tests), first.signature, first.test)


def _rankings(experiment: Experiment, model: str) -> dict[str, Ranking]:
    """All rankings of a model by their short names, the cross-model one first."""
    folder = experiment.folder
    files = {name: folder / f"rankings/{model}/{name}.json" for name in (CROSS_MODEL, *SINGLE)}
    files.update({task: folder / f"probes/{model}/{task}/ranking.json" for task in (*experiment.tasks, POSITION)})
    return {name: Ranking.load(file) for name, file in files.items()}


def _overlaps(rankings: dict[str, Ranking]) -> OverlapSummary:
    """How many of their first neurons the rankings share, pair by pair."""
    neurons = rankings[CROSS_MODEL].neurons
    top = max(1, round(TOP_SHARE * len(neurons)))
    matrix = overlap_matrix(rankings, partial(top_overlap, k=top))
    return OverlapSummary(
        top=top,
        of=len(neurons),
        rankings=tuple(rankings),
        shared=tuple(map(tuple, matrix.tolist())),
        first={name: _first(ranking, top) for name, ranking in rankings.items()},
        signatures={name: ranking.signature for name, ranking in rankings.items()},
    )


def _first(ranking: Ranking, count: int) -> tuple[str, ...]:
    return tuple(ranking.neurons.name(i) for i in ranking.top(count).tolist())
