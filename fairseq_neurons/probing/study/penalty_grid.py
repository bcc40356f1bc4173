"""Measure accuracy for pairs of penalties (Dalvi et al. 2019, Figure 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tqdm import tqdm

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.path_state import load_state, save_state
from fairseq_neurons.probing.regularisation_path import path_order, regularisation_path
from fairseq_neurons.probing.result_parts import GridCell
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis, fit_of
from fairseq_neurons.probing.study.study_folder import GRID


def measure_grid(analysis: LinguisticAnalysis, values: Sequence[float]) -> list[GridCell]:
    """Measure accuracy for every pair of penalties, l1 first.

    Args:
        analysis: of a trained probe, whose other settings are used.
        values: of both penalties.
    """
    wanted, log = _signatures(analysis, values), analysis.records(GridCell)
    train, test = analysis.task.train, analysis.task.test
    probe = replace(analysis.settings, solver="certified").estimator(refit=True)
    order = [wanted[pair] for pair in path_order(values, values)]
    first = next((i for i, signature in enumerate(order) if signature not in log), len(order))
    if first == len(order):
        return [log[signature] for signature in wanted.values()]
    # A fit starts where the last one ended. Without its state, the path is fitted again, and known cells are kept.
    state = analysis.log.path.with_name(GRID)
    known = load_state(state, probe, train.design.device) if first else ""
    done = order.index(known) + 1 if known in order[:first] else 0
    if not done:
        probe = replace(analysis.settings, solver="certified").estimator(refit=True)
    fits = regularisation_path(train.design, train.y, values, values, probe, done)
    for fitted in tqdm(fits, total=len(order) - done, desc="penalties", disable=None):
        signature = wanted[fitted.l1, fitted.l2]
        if signature not in log:
            found = (*analysis.score(fitted.predict(test.design)), *fit_of(fitted), _nonzero(fitted))
            log.add(signature, GridCell(fitted.l1, fitted.l2, *found, signature, fitted.converged_))
        save_state(state, fitted, signature)
    return [log[signature] for signature in wanted.values()]


def _signatures(analysis: LinguisticAnalysis, values: Sequence[float]) -> dict[tuple[float, float], str]:
    # A fit starts at its neighbour's weights, so it depends on the whole grid.
    path = ",".join(f"{value:.9g}" for value in sorted(values))
    fit = f"path:{path}|max_iter:{analysis.settings.max_iter}|{analysis.refit_signature}"
    return {(a, b): analysis.signature(f"grid|l1:{a:.9g}|l2:{b:.9g}|{fit}") for a in values for b in values}


def _nonzero(fitted: ElasticNetProbe) -> float:
    return float((fitted.coef_ != 0).mean())
