"""A whole Linguistic Correlation Analysis: everything asked of one probe, and the folder that holds the answers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis, finite
from fairseq_neurons.probing.study.method_comparison import accuracy_matrix, overlaps, rank_by
from fairseq_neurons.probing.study.paired_differences import differences, shown
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.weight_reading import read_weights
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.algorithm1 import rank, rank_label
from fairseq_neurons.storage.files import write_text_whole

# Format 1 calls the part of a block its direction.
FORMAT = 2
# Of 255 bytes, "ranking.", ".json" and ".partial" take some.
LONGEST_NAME = 200
PROBE = "linguistic"


def analyse(analysis: LinguisticAnalysis, plan: Plan, out: Path, sources: Mapping[str, Any]) -> dict[str, Any]:
    """Measure all of it, and write rankings, tables and ``results.json`` into ``out``.

    Args:
        analysis: of one probe.
        plan: what is measured.
        out: a folder.
        sources: where words and labels are from: ``activations`` and ``labels`` of ``train`` and ``test``, ``column``,
            ``language``, and ``merge`` and ``ignore`` of `LabelOptions`.

    Returns:
        What ``results.json`` holds.
    """
    ranking = _rank(analysis, plan, out)
    # First what reads all neurons of all words: a value that is not finite must show before anything is kept.
    known = {**_describe(analysis), **_accuracy(analysis)}
    ablation = analysis.ablation(ranking.order, plan.fractions, plan.random)
    results = {
        "format": FORMAT,
        "sources": dict(sources),
        **known,
        "ablation": [shown(entry) for entry in ablation],
        "differences": differences(ablation, analysis.task.test.sentence, analysis.intervals),
        **_control(analysis, plan),
        "grid": analysis.grid(plan.grid) if plan.grid else [],
        **read_weights(analysis.probe, analysis.task.neurons, plan),
        "rankings": _compare(analysis, ranking, plan, out),
    }
    write_results(results, out)
    return results


def write_results(results: dict[str, Any], out: Path) -> None:
    """``results.json``, and the tables in it as CSV."""
    tables = {
        "ablation": results["ablation"],
        "differences": results["differences"],
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
    same = ("accuracy", "low", "high", "majority", "majority_interval", "versus_majority", "unknown_words")
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
        "converged": probe.gap <= analysis.settings.tolerance * probe.objective,
        "iterations": probe.iterations,
        "nonzero": float((probe.weights[:, task.columns] != 0).mean()),
    }


def _control(analysis: LinguisticAnalysis, plan: Plan) -> dict[str, Any]:
    if not plan.control:
        nothing = ("control_accuracy", "selectivity", "selectivity_interval", "control_fit", "control_signature")
        return dict.fromkeys(nothing)
    measured = analysis.control()
    return {
        "control_accuracy": measured["accuracy"],
        "selectivity": measured["selectivity"],
        "selectivity_interval": measured["selectivity_interval"],
        "control_fit": {name: measured[name] for name in ("objective", "gap", "iterations")},
        "control_signature": measured["signature"],
    }


def _compare(analysis: LinguisticAnalysis, ranking: Ranking, plan: Plan, out: Path) -> dict[str, Any]:
    if not plan.rankings:
        return {}
    rankings = {PROBE: ranking}
    for method in plan.rankings:
        found = rank_by(method, analysis.task, analysis.settings.seed)
        rankings[method] = found.overall
        found.overall.save(out / "rankings" / f"{method}.json")
        for label, ranked in found.labels.items():
            ranked.save(out / "rankings" / f"{method}.{file_name(label)}.json")
    top = min(plan.top, len(analysis.task.columns))
    return {
        "names": list(rankings),
        "signatures": {name: other.signature for name, other in rankings.items()},
        "accuracy": accuracy_matrix(analysis, rankings, plan.counts),
        "overlap": overlaps(rankings, top, analysis.task.columns),
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
