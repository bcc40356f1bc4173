"""Measure accuracy with some of the neurons: the others masked out, or a probe trained on these alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from tqdm import tqdm

from fairseq_neurons.probing.neuron_subsets import Subset, subsets
from fairseq_neurons.probing.result_parts import RankingAccuracy
from fairseq_neurons.probing.study.confidence_intervals import pack
from fairseq_neurons.probing.study.linguistic_analysis import NO_FIT, Fit, LinguisticAnalysis, digest_of, fit_of
from fairseq_neurons.probing.study.measured_records import MeasuredRow

# Predicted label ids, (N,), and the fit of the probe that predicted them.
Predictions = Callable[[LinguisticAnalysis, np.ndarray], tuple[np.ndarray, Fit]]


def measure_ablation(
    analysis: LinguisticAnalysis, order: np.ndarray, fractions: Sequence[float], random: int
) -> list[MeasuredRow]:
    """Measure accuracy with only the top, bottom or random neurons, by masking-out and by retraining.

    These are Tables 2 and 4 to 6 of Dalvi et al. 2019.

    Args:
        analysis: of a trained probe.
        order: int64 (neurons,), all neurons of the model, most important first.
        fractions: of the neurons in the study.
        random: number of random subsets of each size.
    """
    chosen = list(subsets(analysis.positions(order), fractions, random, analysis.settings.seed))
    return [
        _measure(analysis, kind, subset, predictions)
        for subset in tqdm(chosen, desc="neurons kept", disable=None)
        for kind, predictions in (("mask", _masked), ("retrain", _retrained))
    ]


def measure_ranking(analysis: LinguisticAnalysis, neurons: np.ndarray, name: str) -> RankingAccuracy:
    """Measure the accuracy of a probe trained on the first neurons of a ranking.

    Args:
        analysis: of a trained probe.
        neurons: int64 (n,), positions among the neurons in the study.
        name: name of the ranking.
    """
    signature = analysis.signature(f"retrain|ranking:{name}|{digest_of(neurons)}|{analysis.refit_signature}")

    def measure() -> RankingAccuracy:
        fitted, test = analysis.refit(neurons)
        return RankingAccuracy(name, len(neurons), *analysis.score(fitted.predict(test)), *fit_of(fitted), signature)

    return analysis.records(RankingAccuracy).measure(signature, measure)


def _masked(analysis: LinguisticAnalysis, neurons: np.ndarray) -> tuple[np.ndarray, Fit]:
    return analysis.probe.predict(analysis.task.test, analysis.task, neurons), NO_FIT


def _retrained(analysis: LinguisticAnalysis, neurons: np.ndarray) -> tuple[np.ndarray, Fit]:
    fitted, test = analysis.refit(neurons)
    return fitted.predict(test), Fit(*fit_of(fitted))


def _measure(analysis: LinguisticAnalysis, kind: str, subset: Subset, predictions: Predictions) -> MeasuredRow:
    seed = f"|seed:{subset.seed}" if subset.seed is not None else ""
    stop = f"|{analysis.refit_signature}" if kind == "retrain" else ""
    kept = f"keep:{subset.keep}|fraction:{subset.fraction:.9g}{seed}|{digest_of(subset.neurons)}"
    signature = analysis.signature(f"{kind}|{kept}{stop}")

    def measure() -> MeasuredRow:
        predicted, fit = predictions(analysis, subset.neurons)
        place = (kind, subset.keep, subset.fraction, subset.seed, len(subset.neurons))
        correct = pack(predicted == analysis.task.test.y)
        return MeasuredRow(*place, *analysis.score(predicted), *fit, signature, correct)

    return analysis.records(MeasuredRow).measure(signature, measure)
