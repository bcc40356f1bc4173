"""Make all measurements of a probe study, and write them to its folder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fairseq_neurons.probing.label_file_names import FILES, file_name, file_names
from fairseq_neurons.probing.probe_results import FILE, FORMAT, ProbeResults
from fairseq_neurons.probing.result_parts import ControlFit, Interval, MethodComparison, Sources
from fairseq_neurons.probing.study.accuracy_measurements import measure_accuracy, measure_control_task
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis, finite
from fairseq_neurons.probing.study.method_comparison import accuracy_matrix, overlaps, rank_by
from fairseq_neurons.probing.study.paired_differences import differences
from fairseq_neurons.probing.study.penalty_grid import measure_grid
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.subset_measurements import measure_ablation
from fairseq_neurons.probing.study.weight_reading import read_weights
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.algorithm1 import rank, rank_label
from fairseq_neurons.storage.files import write_text_whole
from fairseq_neurons.storage.json_fields import JsonObject
from fairseq_neurons.storage.json_records import record_to_json, records_to_json
from fairseq_neurons.storage.sealed_json import sealed

PROBE = "linguistic"


class ControlResults(NamedTuple):
    """The fields of `ProbeResults` for the control task; all None if it is not measured."""

    control_accuracy: float | None = None
    selectivity: float | None = None
    selectivity_interval: Interval | None = None
    control_fit: ControlFit | None = None
    control_signature: str | None = None


def analyse(analysis: LinguisticAnalysis, plan: Plan, out: Path, sources: Sources) -> ProbeResults:
    """Make all measurements, and write rankings, tables and ``results.json`` to ``out``.

    Args:
        analysis: of one probe.
        plan: what is measured.
        out: a folder.
        sources: where words and labels are from.
    """
    ranking = _rank(analysis, plan, out)
    reached = measure_accuracy(analysis)
    task, probe = analysis.task, analysis.probe
    measured = measure_ablation(analysis, ranking.order, plan.fractions, plan.random)
    weights = read_weights(probe, task.neurons, plan)
    results = ProbeResults(
        format=FORMAT,
        sources=sources,
        signature=probe.signature,
        labels=tuple(task.labels),
        neurons=task.neurons,
        neurons_used=len(task.columns),
        train_words=len(task.train),
        test_words=len(task.test),
        unseen=dict(task.unseen),
        objective=probe.objective,
        gap=finite(probe.gap),
        stationarity=probe.stationarity,
        converged=probe.gap <= analysis.settings.tolerance * probe.objective,
        iterations=probe.iterations,
        nonzero=float((probe.weights[:, task.columns] != 0).mean()),
        accuracy=reached.accuracy,
        low=reached.low,
        high=reached.high,
        majority=reached.majority,
        majority_interval=reached.majority_interval,
        versus_majority=reached.versus_majority,
        unknown_words=reached.unknown_words,
        label_scores=reached.labels,
        accuracy_signature=reached.signature,
        ablation=tuple(row.without_words() for row in measured),
        differences=tuple(differences(measured, task.test.sentence, analysis.intervals)),
        **_control_task(analysis, plan)._asdict(),
        grid=tuple(measure_grid(analysis, plan.grid)) if plan.grid else (),
        **weights._asdict(),
        rankings=_compare(analysis, ranking, plan, out),
        standardised=task.scales is not None,
    )
    write_results(results, out)
    return results


def write_results(results: ProbeResults, out: Path) -> None:
    """Write ``results.json``, and its tables as CSV."""
    tables: dict[str, list[JsonObject]] = {
        "ablation": records_to_json(results.ablation),
        "differences": records_to_json(results.differences),
        "grid": records_to_json(results.grid),
        "labels": [
            {"label": label, **record_to_json(scores), "signature": results.accuracy_signature}
            for label, scores in results.label_scores.items()
        ],
        "rankings": records_to_json(results.rankings.accuracy if results.rankings else ()),
    }
    for name, rows in tables.items():
        if rows:
            write_text_whole(out / f"{name}.csv", _csv(rows))
    write_text_whole(out / FILE, json.dumps(sealed(results.to_json()), indent=1, allow_nan=False) + "\n")


def _rank(analysis: LinguisticAnalysis, plan: Plan, out: Path) -> Ranking:
    """Rank the neurons by the probe's weights, for all labels and for each; save all rankings and return the first."""
    task, weights = analysis.task, analysis.probe.weights
    about = (task.neurons, f"{analysis.probe.signature}|{task.checkpoint_sha256[:8]}", task.checkpoint_sha256)
    files = file_names(task.labels)
    for i, file in enumerate(files.values()):
        rank_label(weights, i, *about, plan.alpha).save(out / file)
    write_text_whole(out / FILES, json.dumps(files, indent=1, ensure_ascii=False) + "\n")
    ranking = rank(weights, *about, plan.alpha)
    ranking.save(out / "ranking.json")
    return ranking


def _control_task(analysis: LinguisticAnalysis, plan: Plan) -> ControlResults:
    if not plan.control:
        return ControlResults()
    found = measure_control_task(analysis)
    fit = ControlFit(found.objective, found.gap, found.iterations)
    return ControlResults(found.accuracy, found.selectivity, found.selectivity_interval, fit, found.signature)


def _compare(analysis: LinguisticAnalysis, ranking: Ranking, plan: Plan, out: Path) -> MethodComparison | None:
    if not plan.rankings:
        return None
    rankings = {PROBE: ranking}
    for method in plan.rankings:
        found = rank_by(method, analysis.task, analysis.settings.seed)
        rankings[method] = found.overall
        found.overall.save(out / "rankings" / f"{method}.json")
        for label, ranked in found.labels.items():
            ranked.save(out / "rankings" / f"{method}.{file_name(label)}.json")
    top = min(plan.top, len(analysis.task.columns))
    return MethodComparison(
        tuple(rankings),
        {name: other.signature for name, other in rankings.items()},
        tuple(accuracy_matrix(analysis, rankings, plan.counts)),
        overlaps(rankings, top, analysis.task.columns),
    )


def _csv(rows: Sequence[JsonObject]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
