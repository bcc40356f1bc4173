"""A whole Linguistic Correlation Analysis: everything asked of one probe, and the folder that holds the answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairseq_neurons.analysis.comparison import accuracy_matrix, check_methods, overlaps, rank_by
from fairseq_neurons.analysis.focus import salient_counts
from fairseq_neurons.analysis.linguistic import LinguisticAnalysis, finite
from fairseq_neurons.analysis.probe import TrainedProbe
from fairseq_neurons.analysis.shared import most_shared, shared
from fairseq_neurons.errors import InputError
from fairseq_neurons.files import write_text_whole
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.linguistic import algorithm1, rank, rank_label

FORMAT = 1
PROBE = "linguistic"


@dataclass(frozen=True)
class Plan:
    """What is asked of a probe.

    Args:
        alpha: step of Algorithm 1 in percent.
        fractions: of the neurons that are kept in turn.
        random: random subsets of each size.
        control: whether to train on the control task, too.
        grid: values of both penalties; none for no grid.
        mass: shares of the weight mass to count neurons for (Figure 6).
        top: how many of the first neurons are compared between labels and rankings.
        rankings: other methods to compare with, by name.
        counts: how many of each ranking's first neurons a probe is trained on.
        against: folders of other probes of the same model, whose labels' neurons are compared.
    """

    alpha: float = 1.0
    fractions: Sequence[float] = (0.1, 0.15, 0.2)
    random: int = 3
    control: bool = True
    grid: Sequence[float] = ()
    mass: Sequence[float] = (0.25,)
    top: int = 50
    rankings: Sequence[str] = ()
    counts: Sequence[int] = (10, 20, 50)
    against: Sequence[str] = ()

    def check(self, neurons: int) -> None:
        """Refuse what cannot be, before anything is trained.

        Raises:
            InputError: if a number is out of range or a method or folder does not exist.
        """
        check_methods(self.rankings)
        for name, shares in {"fractions": self.fractions, "mass": self.mass}.items():
            if any(not 0 < share <= 1 for share in shares):
                raise InputError(f"{name}={list(shares)}: give numbers above 0 and up to 1 (0.1 is 10 %).")
        if self.rankings and any(not 1 <= count <= neurons for count in self.counts):
            raise InputError(f"counts={list(self.counts)}: this probe has {neurons} neurons.")
        if any(value < 0 for value in self.grid) or self.random < 0 or self.top < 1:
            raise InputError("grid, random and top are not negative, and top is at least 1.")
        for folder in self.against:
            TrainedProbe.load(Path(folder) / "probe.npz")


def analyse(analysis: LinguisticAnalysis, plan: Plan, out: Path) -> dict[str, Any]:
    """Measure all of it, and write rankings, tables and ``results.json`` into ``out``.

    Returns:
        What ``results.json`` holds.
    """
    task, probe = analysis.task, analysis.probe
    about = f"{probe.signature}|{task.checkpoint_sha256[:8]}"
    ranking = rank(probe.weights, task.neurons, about, task.checkpoint_sha256, plan.alpha)
    ranking.save(out / "ranking.json")
    for i, label in enumerate(task.labels):
        rank_label(probe.weights, i, task.neurons, about, task.checkpoint_sha256, plan.alpha).save(
            out / f"ranking.{file_name(label)}.json"
        )
    reached = analysis.accuracy()
    results = {
        "format": FORMAT,
        **_describe(analysis),
        **{name: reached[name] for name in ("accuracy", "low", "high", "majority", "majority_interval")},
        "unknown_words": reached["unknown_words"],
        "label_scores": reached["labels"],
        "ablation": analysis.ablation(ranking.order, plan.fractions, plan.random),
        **_control(analysis, plan),
        "grid": analysis.grid(plan.grid) if plan.grid else [],
        **_weights(probe, plan),
        "rankings": _compare(analysis, ranking, plan, out),
    }
    write_results(results, out)
    return results


def write_results(results: dict[str, Any], out: Path) -> None:
    """``results.json``, and the tables in it as CSV."""
    tables = {
        "ablation": results["ablation"],
        "grid": results["grid"],
        "labels": [{"label": label, **scores} for label, scores in results["label_scores"].items()],
        "rankings": results["rankings"].get("accuracy", []),
    }
    for name, rows in tables.items():
        if rows:
            write_text_whole(out / f"{name}.csv", _csv(rows))
    write_text_whole(out / "results.json", json.dumps(results, indent=1, allow_nan=False) + "\n")


def file_name(label: str) -> str:
    """A label as part of a file's name."""
    return label.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")


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
        return {"control_accuracy": None, "selectivity": None}
    measured = analysis.control()
    return {"control_accuracy": measured["accuracy"], "selectivity": measured["selectivity"]}


def _weights(probe: TrainedProbe, plan: Plan) -> dict[str, Any]:
    """What can be read off the weights alone."""
    selection = algorithm1(probe.weights, plan.alpha)
    counts = salient_counts(probe.weights, plan.mass)
    top = min(plan.top, probe.weights.shape[1])
    within = shared(probe.weights, top)
    neurons, labels = most_shared(probe.weights, top)
    return {
        "cutoffs": {"percent": selection.percents.tolist(), "neurons": selection.cutoffs.tolist()},
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
        "accuracy": accuracy_matrix(analysis, rankings, plan.counts),
        "overlap": overlaps(rankings, top),
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
