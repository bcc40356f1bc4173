"""Measure accuracy for pairs of penalties (Dalvi et al. 2019, Figure 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tqdm import tqdm

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.regularisation_path import regularisation_path
from fairseq_neurons.probing.result_parts import GridCell
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis, fit_of


def measure_grid(analysis: LinguisticAnalysis, values: Sequence[float]) -> list[GridCell]:
    """Measure accuracy for every pair of penalties, l1 first.

    Args:
        analysis: of a trained probe, whose other settings are used.
        values: of both penalties.
    """
    wanted, log = _signatures(analysis, values), analysis.records(GridCell)
    train, test = analysis.task.train, analysis.task.test
    probe = replace(analysis.settings, solver="certified").estimator(refit=True)
    fits = regularisation_path(train.design, train.y, values, values, probe, lambda l1, l2: wanted[l1, l2] in log)
    missing = sum(signature not in log for signature in wanted.values())
    for fitted in tqdm(fits, total=missing, desc="penalties", disable=None):
        signature, score = wanted[fitted.l1, fitted.l2], analysis.score(fitted.predict(test.design))
        cell = GridCell(fitted.l1, fitted.l2, *score, *fit_of(fitted), _nonzero(fitted), signature, fitted.converged_)
        log.add(signature, cell)
    return [log[signature] for signature in wanted.values()]


def _signatures(analysis: LinguisticAnalysis, values: Sequence[float]) -> dict[tuple[float, float], str]:
    # A fit starts at its neighbour's weights, so it depends on the whole grid, up to the tolerance.
    path = ",".join(f"{value:.9g}" for value in sorted(values))
    fit = f"path:{path}|max_iter:{analysis.settings.max_iter}|{analysis.refit_signature}"
    return {(a, b): analysis.signature(f"grid|l1:{a:.9g}|l2:{b:.9g}|{fit}") for a in values for b in values}


def _nonzero(fitted: ElasticNetProbe) -> float:
    return float((fitted.coef_ != 0).mean())
