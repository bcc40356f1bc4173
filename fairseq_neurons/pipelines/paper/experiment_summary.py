"""The numbers of an experiment, gathered from the files of its steps: what the tables are made of."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from fairseq_neurons import __version__
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import is_finished
from fairseq_neurons.pipelines.paper.best_single_neurons import best_single_neurons
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import part_of
from fairseq_neurons.pipelines.paper.mean_squares import mean_squares
from fairseq_neurons.pipelines.paper.measure_steps import ablations
from fairseq_neurons.pipelines.paper.paper_figures import drawn
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE, short_ranking
from fairseq_neurons.pipelines.paper.train_models import best_perplexity, read_seeds
from fairseq_neurons.pipelines.recipes.model_files import checkpoint, is_language_model
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import overlap_matrix, top_overlap
from fairseq_neurons.storage.files import read_lines, read_text, sha256_of_file, write_text_whole

FORMAT = 1
# "Top 50" of 2,000 neurons; of fewer, the same share.
TOP_SHARE = 0.025
OF_ABLATION = ("kind", "keep", "fraction", "seed", "neurons", "accuracy", "low", "high")
OF_POINTS = ("ranking", "order", "seed", "neurons", "score", "low", "high", "p_value")


def summarise(experiment: Experiment) -> dict[str, Any]:
    """Write ``summary.json``: everything that the document's tables need, and what made it.

    Raises:
        InputError: if a step has not been done.
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
        "perplexity": best_perplexity(folder, model),
        "checkpoint_sha256": sha256_of_file(folder / checkpoint(model)),
    }


def _probe(folder: Path) -> dict[str, Any]:
    results = _json(folder / "results.json")
    same = (
        *("accuracy", "low", "high", "majority", "majority_interval", "versus_majority", "control_accuracy"),
        *("selectivity", "objective", "gap", "nonzero", "neurons_used", "train_words", "test_words", "grid"),
        *("focus", "differences", "signature"),
    )
    return {
        **{name: results[name] for name in same},
        "labels": {label: scores["support"] for label, scores in results["label_scores"].items()},
        "ablation": [{name: entry[name] for name in OF_ABLATION} for entry in results["ablation"]],
    }


def _curve(folder: Path) -> dict[str, Any]:
    points = [json.loads(line) for line in read_lines(folder / "curve.jsonl", "curve")]
    comparisons = [json.loads(line) for line in read_lines(folder / "comparisons.jsonl", "comparison")]
    return {
        "metric": points[0]["metric"],
        "points": [
            {**{name: point.get(name) for name in OF_POINTS}, "ranking": short_ranking(point["ranking"])}
            for point in points
        ],
        "comparisons": [
            {
                **{name: found[name] for name in ("order", "seed", "neurons", "p_value")},
                "ranking": short_ranking(found["ranking"]),
                "against": {**found["against"], "ranking": short_ranking(found["against"]["ranking"])},
            }
            for found in comparisons
            if found["against"]
        ],
        "signature": points[0]["signature"],
        "test": points[0]["test"],
    }


def _rankings(experiment: Experiment, model: str) -> dict[str, Ranking]:
    """All of a model, by their short names, the cross-model one first."""
    folder = experiment.folder
    files = {name: folder / f"rankings/{model}/{name}.json" for name in (CROSS_MODEL, *SINGLE)}
    files.update({task: folder / f"probes/{model}/{task}/ranking.json" for task in (*experiment.tasks, POSITION)})
    return {name: Ranking.load(file) for name, file in files.items()}


def _overlaps(rankings: dict[str, Ranking]) -> dict[str, Any]:
    """How many of the first neurons rankings share, and by how much a neuron of position is in the others."""
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


def _json(path: Path) -> Any:
    return json.loads(read_text(path, "result"))


def points_of(curve: dict[str, Any], ranking: str, order: str) -> dict[int, list[float]]:
    """Scores by number of neurons, one a seed; random orders depend on no ranking.

    Args:
        curve: one of ``curves``.
        ranking: its short name.
        order: ``top``, ``bottom`` or ``random``.

    Returns:
        In ascending order of the number of neurons; a perplexity that exceeds all numbers is infinite.
    """
    chosen: dict[int, list[float]] = {}
    for point in curve["points"]:
        if point["order"] == order and point["ranking"] == ranking:
            # A perplexity that exceeds all numbers is null in JSON.
            score = math.inf if point["score"] is None else float(point["score"])
            chosen.setdefault(point["neurons"], []).append(score)
    return dict(sorted(chosen.items()))


def kept(ablation: Sequence[dict[str, Any]], kind: str, keep: str, fraction: float) -> list[float]:
    """Accuracies of a probe with only some neurons, one a seed."""
    wanted = (kind, keep, fraction)
    return [entry["accuracy"] for entry in ablation if (entry["kind"], entry["keep"], entry["fraction"]) == wanted]
