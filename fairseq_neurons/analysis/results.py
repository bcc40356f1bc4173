"""A whole Linguistic Correlation Analysis: everything asked of one probe, and the folder that holds the answers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fairseq_neurons.analysis.comparison import accuracy_matrix, overlaps, rank_by
from fairseq_neurons.analysis.focus import salient_counts
from fairseq_neurons.analysis.linguistic import LinguisticAnalysis, finite
from fairseq_neurons.analysis.plan import Plan
from fairseq_neurons.analysis.probe import TrainedProbe
from fairseq_neurons.analysis.shared import most_shared, shared
from fairseq_neurons.files import write_text_whole
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.linguistic import algorithm1, rank, rank_label

FORMAT = 1
# Of 255 bytes, "ranking.", ".json" and ".partial" take some.
LONGEST_NAME = 200
PROBE = "linguistic"


def analyse(analysis: LinguisticAnalysis, plan: Plan, out: Path) -> dict[str, Any]:
    """Measure all of it, and write rankings, tables and ``results.json`` into ``out``.

    Returns:
        What ``results.json`` holds.
    """
    ranking = _rank(analysis, plan, out)
    results = {
        "format": FORMAT,
        **_describe(analysis),
        **_accuracy(analysis),
        "ablation": analysis.ablation(ranking.order, plan.fractions, plan.random),
        **_control(analysis, plan),
        "grid": analysis.grid(plan.grid) if plan.grid else [],
        **_weights(analysis.probe, plan),
        "rankings": _compare(analysis, ranking, plan, out),
    }
    write_results(results, out)
    return results


def write_results(results: dict[str, Any], out: Path) -> None:
    """``results.json``, and the tables in it as CSV."""
    tables = {
        "ablation": results["ablation"],
        "grid": results["grid"],
        "labels": [
            {"label": label, **scores, "signature": results["accuracy_signature"]}
            for label, scores in results["label_scores"].items()
        ],
        "rankings": results["rankings"].get("accuracy", []),
    }
    for name, rows in tables.items():
        if rows:
            write_text_whole(out / f"{name}.csv", _csv(rows))
    write_text_whole(out / "results.json", json.dumps(results, indent=1, allow_nan=False) + "\n")


def file_name(label: str) -> str:
    """A label as part of a file's name; a long one is cut, and told from its like by a digest."""
    name = label.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    if len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{start}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def _rank(analysis: LinguisticAnalysis, plan: Plan, out: Path) -> Ranking:
    """The overall ranking; saved, as are those of single labels."""
    task, weights = analysis.task, analysis.probe.weights
    about = (task.neurons, f"{analysis.probe.signature}|{task.checkpoint_sha256[:8]}", task.checkpoint_sha256)
    for i, label in enumerate(task.labels):
        rank_label(weights, i, *about, plan.alpha).save(out / f"ranking.{file_name(label)}.json")
    ranking = rank(weights, *about, plan.alpha)
    ranking.save(out / "ranking.json")
    return ranking


def _accuracy(analysis: LinguisticAnalysis) -> dict[str, Any]:
    reached = analysis.accuracy()
    same = ("accuracy", "low", "high", "majority", "majority_interval", "unknown_words")
    return {
        **{name: reached[name] for name in same},
        "label_scores": reached["labels"],
        "accuracy_signature": reached["signature"],
    }


def _describe(analysis: LinguisticAnalysis) -> dict[str, Any]:
    task, probe = analysis.task, analysis.probe
    return {
        "signature": probe.signature,
        "labels": list(task.labels),
        "neurons": task.neurons.to_json(),
        "neurons_used": len(task.columns),
        "train_words": len(task.train),
        "test_words": len(task.test),
        "unseen": dict(task.unseen),
        "objective": probe.objective,
        "gap": finite(probe.gap),
        "stationarity": probe.stationarity,
        "iterations": probe.iterations,
        "nonzero": float((probe.weights[:, task.columns] != 0).mean()),
    }


def _control(analysis: LinguisticAnalysis, plan: Plan) -> dict[str, Any]:
    if not plan.control:
        return {"control_accuracy": None, "selectivity": None, "control_signature": None}
    measured = analysis.control()
    return {
        "control_accuracy": measured["accuracy"],
        "selectivity": measured["selectivity"],
        "control_signature": measured["signature"],
    }


def _weights(probe: TrainedProbe, plan: Plan) -> dict[str, Any]:
    """What can be read off the weights alone."""
    selection = algorithm1(probe.weights, plan.alpha)
    counts = salient_counts(probe.weights, plan.mass)
    top = min(plan.top, probe.weights.shape[1])
    within = shared(probe.weights, top)
    neurons, labels = most_shared(probe.weights, top)
    return {
        "cutoffs": {"alpha": plan.alpha, "percent": selection.percents.tolist(), "neurons": selection.cutoffs.tolist()},
        "focus": {
            f"{mass:g}": dict(zip(probe.labels, counts[:, m].tolist(), strict=True)) for m, mass in enumerate(plan.mass)
        },
        "shared": {
            "top": top,
            "counts": within.counts.tolist(),
            "expected": within.expected.tolist(),
            "most_shared": [
                {"neuron": neuron, "labels": count}
                for neuron, count in zip(neurons[:top].tolist(), labels[:top].tolist(), strict=True)
            ],
        },
        "against": [_against(probe, folder, top) for folder in plan.against],
    }


def _against(probe: TrainedProbe, folder: str, top: int) -> dict[str, Any]:
    other = TrainedProbe.load(Path(folder) / "probe.npz")
    across = shared(probe.weights, top, other.weights)
    return {
        "probe": str(folder),
        "signature": other.signature,
        "labels": list(other.labels),
        "counts": across.counts.tolist(),
        "expected": across.expected.tolist(),
    }


def _compare(analysis: LinguisticAnalysis, ranking: Ranking, plan: Plan, out: Path) -> dict[str, Any]:
    if not plan.rankings:
        return {}
    rankings = {PROBE: ranking}
    for method in plan.rankings:
        rankings[method] = rank_by(method, analysis.task, analysis.settings.seed)
        rankings[method].save(out / "rankings" / f"{method}.json")
    top = min(plan.top, len(analysis.task.columns))
    return {
        "names": list(rankings),
        "signatures": {name: other.signature for name, other in rankings.items()},
        "accuracy": accuracy_matrix(analysis, rankings, plan.counts),
        "overlap": overlaps(rankings, top),
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
