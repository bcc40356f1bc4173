"""Compare rankings by different methods from the same labels: their overlap, and accuracy with their first neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from fairseq_neurons import __version__
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.result_parts import RankingAccuracy
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.subset_measurements import measure_ranking
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.label_methods import METHODS
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap

# A matrix, row by row.
Rows = tuple[tuple[float, ...], ...]


def check_methods(methods: Sequence[str]) -> None:
    """Check that all methods exist.

    Raises:
        InputError: naming the methods there are.
    """
    for method in methods:
        if method not in METHODS:
            raise InputError(f"There is no ranking {method!r} from labels; there are {', '.join(METHODS)}.")


@dataclass(frozen=True)
class MethodRankings:
    """The rankings that a method makes from a task.

    Args:
        overall: for all labels together.
        labels: for each label, by name.
    """

    overall: Ranking
    labels: Mapping[str, Ranking]


def rank_by(method: str, task: Task, seed: int) -> MethodRankings:
    """Rank neurons by one of `METHODS` on a task's training words; neurons outside the study come last."""
    found = METHODS[method](task.train.design, task.train.y, len(task.labels), seed=seed)
    signature = f"method:{method}|seed:{seed}|{task.signature}|version:{__version__}"
    labels = {
        label: _ranking(method, task, scores, f"{signature}|label:{label}")
        for label, scores in zip(task.labels, found.per_label, strict=True)
    }
    return MethodRankings(_ranking(method, task, found.overall, signature), labels)


def _ranking(method: str, task: Task, found: np.ndarray, signature: str) -> Ranking:
    """Rank all neurons by the scores of those in the study, (D,)."""
    scores = np.full(len(task.neurons), min(0.0, float(found.min())) - 1.0)
    scores[task.columns] = found
    return Ranking.from_scores(method, task.neurons, scores, signature, task.checkpoint_sha256)


def accuracy_matrix(
    analysis: LinguisticAnalysis, rankings: Mapping[str, Ranking], counts: Sequence[int]
) -> list[RankingAccuracy]:
    """Measure the accuracy of a probe trained on the first n neurons of every ranking, for every n.

    Raises:
        InputError: if a number of neurons is below 1 or above those in the study.
    """
    most = len(analysis.task.columns)
    for count in counts:
        if not 1 <= count <= most:
            raise InputError(f"counts: {count} is out of range; the study has {most} neurons.")
    positions = {name: analysis.positions(ranking.order) for name, ranking in rankings.items()}
    return [measure_ranking(analysis, positions[name][:count], name) for name in rankings for count in counts]


def overlaps(rankings: Mapping[str, Ranking], top: int, columns: np.ndarray) -> dict[str, Rows]:
    """Compute the similarity of all pairs of rankings: a matrix for each measure, by name.

    Args:
        rankings: by name.
        top: number of first neurons that the overlaps compare.
        columns: int64 (D,), ascending: the neurons in the study; only these are compared.
    """
    # All rankings have the other neurons last, in the same order, which would make any two similar.
    among = {name: _among(ranking, columns) for name, ranking in rankings.items()}
    measures: dict[str, Callable[[Ranking, Ranking], float]] = {
        f"top-{top}": partial(top_overlap, k=top),
        f"average-{top}": partial(average_overlap, depth=top),
        "spearman": spearman,
    }
    return {name: tuple(map(tuple, overlap_matrix(among, measure).tolist())) for name, measure in measures.items()}


def _among(ranking: Ranking, columns: np.ndarray) -> Ranking:
    """Restrict a ranking to these neurons, renumbered, in the same order."""
    kept = np.isin(ranking.order, columns)
    blocks = [
        replace(block, size=int(np.count_nonzero((columns >= span.start) & (columns < span.stop))))
        for block, span in ranking.neurons.spans()
    ]
    neurons = Neurons.of(block for block in blocks if block.size)
    order = np.searchsorted(columns, ranking.order[kept])
    return replace(ranking, neurons=neurons, order=order, scores=ranking.scores[kept])
