"""Gather the numbers of an experiment from the files of its steps; the tables are made of them."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Any

from fairseq_neurons import __version__
from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import is_finished
from fairseq_neurons.pipelines.paper.best_single_neurons import best_single_neurons
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import part_of
from fairseq_neurons.pipelines.paper.mean_squares import mean_squares
from fairseq_neurons.pipelines.paper.measure_steps import ablations
from fairseq_neurons.pipelines.paper.paper_figures import drawn
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE, short_ranking
from fairseq_neurons.pipelines.paper.train_models import read_seeds
from fairseq_neurons.pipelines.recipes.model_files import checkpoint, is_language_model
from fairseq_neurons.pipelines.recipes.translation_quality import best_validation
from fairseq_neurons.probing.ablation_table import AblationTable
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import KeptAccuracy
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import overlap_matrix, top_overlap
from fairseq_neurons.storage.files import read_lines, sha256_of_file, write_text_whole
from fairseq_neurons.storage.json_fields import Fields
from fairseq_neurons.storage.json_records import read_record

FORMAT = 1
# "Top 50" of 2,000 neurons; of fewer, the same share.
TOP_SHARE = 0.025
OF_POINTS = ("ranking", "order", "seed", "neurons", "score", "low", "high", "p_value")


def summarise(experiment: Experiment) -> dict[str, Any]:
    """Write ``summary.json``: all numbers of the tables, with their signatures.

    Raises:
        InputError: if a step has not been finished.
    """
    folder = experiment.folder
    for job in ablations(experiment):
        if not is_finished(folder, job):
            raise InputError(f"{folder}: {job} is not finished; steps=[ablate,sum] resumes it.")
    rankings = {model: _rankings(experiment, model) for model in experiment.studied}
    summary = {
        "format": FORMAT,
        "name": experiment.name,
        "size": experiment.size.name,
        "arch": experiment.arch,
        "version": __version__,
        "models": {model: _model(experiment, model) for model in experiment.models},
        "tasks": {name: task.title for name, task in experiment.tasks.items()},
        "probes": {
            model: {task: _probe(folder / "probes" / model / task) for task in (*experiment.tasks, POSITION)}
            for model in experiment.studied
        },
        "curves": {model: _curve(folder / "curves" / model) for model in experiment.studied},
        "overlaps": {model: _overlaps(rankings[model]) for model in experiment.studied},
        "squares": {model: mean_squares(experiment, model, rankings[model]) for model in experiment.studied},
        "detectors": {
            model: [asdict(best) for best in best_single_neurons(experiment, model)] for model in experiment.first
        },
        "figures": drawn(experiment),
    }
    write_text_whole(folder / "summary.json", json.dumps(summary, ensure_ascii=False) + "\n")
    return summary


def _model(experiment: Experiment, model: str) -> dict[str, Any]:
    folder = experiment.folder
    return {
        "kind": "lm" if is_language_model(model) else "nmt",
        "seed": read_seeds(experiment)[model],
        "sentences": len(read_lines(folder / f"text/{part_of(model)}.{experiment.src}", "text")),
        "perplexity": best_validation(folder, model).perplexity,
        "checkpoint_sha256": sha256_of_file(folder / checkpoint(model)),
    }


def _probe(folder: Path) -> dict[str, Any]:
    results = ProbeResults.load(folder)
    content = results.to_json()
    same = (
        *("accuracy", "low", "high", "majority", "majority_interval", "versus_majority", "control_accuracy"),
        *("selectivity", "objective", "gap", "nonzero", "neurons_used", "train_words", "test_words", "grid"),
        *("focus", "differences", "signature"),
    )
    return {
        **{name: content[name] for name in same},
        "labels": {label: scores.support for label, scores in results.label_scores.items()},
        "ablation": [{item.name: getattr(row, item.name) for item in fields(KeptAccuracy)} for row in results.ablation],
    }


def _curve(folder: Path) -> dict[str, Any]:
    curve = Curve.read(folder).renamed(short_ranking)
    points = [point.to_json() for point in curve.points]
    return {
        "metric": curve.metric.name,
        "points": [{name: point.get(name) for name in OF_POINTS} for point in points],
        "comparisons": [
            {
                **{"order": found.choice.order, "seed": found.choice.seed, "neurons": found.neurons},
                **{"p_value": found.result.p_value, "ranking": found.choice.ranking},
                "against": found.against._asdict(),
            }
            for found in curve.comparisons
            if found.against
        ],
        "signature": curve.points[0].signature,
        "test": curve.points[0].test,
    }


def _rankings(experiment: Experiment, model: str) -> dict[str, Ranking]:
    """All rankings of a model by their short names, the cross-model one first."""
    folder = experiment.folder
    files = {name: folder / f"rankings/{model}/{name}.json" for name in (CROSS_MODEL, *SINGLE)}
    files.update({task: folder / f"probes/{model}/{task}/ranking.json" for task in (*experiment.tasks, POSITION)})
    return {name: Ranking.load(file) for name, file in files.items()}


def _overlaps(rankings: dict[str, Ranking]) -> dict[str, Any]:
    """How many of their first neurons the rankings share, pair by pair."""
    neurons = rankings[CROSS_MODEL].neurons
    top = max(1, round(TOP_SHARE * len(neurons)))
    matrix = overlap_matrix(rankings, partial(top_overlap, k=top))
    return {
        "top": top,
        "of": len(neurons),
        "rankings": list(rankings),
        "shared": matrix.tolist(),
        "first": {name: _first(ranking, top) for name, ranking in rankings.items()},
        "signatures": {name: ranking.signature for name, ranking in rankings.items()},
    }


def _first(ranking: Ranking, count: int) -> list[str]:
    return [ranking.neurons.name(i) for i in ranking.top(count).tolist()]


def curve_of(summary: dict[str, Any], model: str) -> Curve:
    """The curve of a model as a summary has it, with short names of the rankings.

    Raises:
        InputError: if a field is missing or mistyped.
    """
    place, content = f"{summary['name']}, curve of {model}", summary["curves"][model]
    added = {"metric": content["metric"], "signature": content["signature"]}
    points = (Point.read(Fields({**point, **added}, place)) for point in content["points"])
    tests = (Comparison.read(Fields({"score": None, **found, **added}, place)) for found in content["comparisons"])
    return Curve(tuple(points), tuple(tests), {"metric": content["metric"]}, name=model)


def scores_of(curve: Curve, ranking: str, order: str) -> dict[int, list[float]]:
    """Scores by ascending number of neurons, one a seed; infinite where a perplexity exceeds all numbers."""
    return {point.neurons: point.scores for point in curve.line(ranking, order).points}


def subset_accuracy(probe: dict[str, Any], kind: str, keep: str, fraction: float) -> float:
    """Mean accuracy of a probe of the summary with only some neurons, over random seeds.

    Raises:
        InputError: if it was not measured.
    """
    table = AblationTable([read_record(KeptAccuracy, Fields(row, "the summary")) for row in probe["ablation"]])
    mean = table.cell(kind, keep, fraction).mean
    if mean is None:
        raise InputError(f"The summary has no accuracy of a probe for {kind}, {keep} {100 * fraction:g} %.")
    return mean
