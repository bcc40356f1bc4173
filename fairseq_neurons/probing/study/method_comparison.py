"""Rankings made in different ways from the same labels: how much they agree, how well a probe does with their first."""

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
    """Refuse names that are no methods.

    Raises:
        InputError: naming those there are.
    """
    for method in methods:
        if method not in METHODS:
            raise InputError(f"There is no ranking {method!r} from labels; there are {', '.join(METHODS)}.")


@dataclass(frozen=True)
class MethodRankings:
    """What a method makes of a task.

    Args:
        overall: for all labels together.
        labels: for every label on its own, by name.
    """

    overall: Ranking
    labels: Mapping[str, Ranking]


def rank_by(method: str, task: Task, seed: int) -> MethodRankings:
    """One of `METHODS` on a task's training words; neurons that do not take part come last."""
    found = METHODS[method](task.train.design, task.train.y, len(task.labels), seed=seed)
    signature = f"method:{method}|seed:{seed}|{task.signature}|version:{__version__}"
    labels = {
        label: _ranking(method, task, scores, f"{signature}|label:{label}")
        for label, scores in zip(task.labels, found.per_label, strict=True)
    }
    return MethodRankings(_ranking(method, task, found.overall, signature), labels)


def _ranking(method: str, task: Task, found: np.ndarray, signature: str) -> Ranking:
    """Of all neurons, from scores of those that take part, (D,)."""
    scores = np.full(len(task.neurons), min(0.0, float(found.min())) - 1.0)
    scores[task.columns] = found
    return Ranking.from_scores(method, task.neurons, scores, signature, task.checkpoint_sha256)


def accuracy_matrix(
    analysis: LinguisticAnalysis, rankings: Mapping[str, Ranking], counts: Sequence[int]
) -> list[RankingAccuracy]:
    """Accuracy of a probe trained on the first n neurons of every ranking, for every n."""
    most = len(analysis.task.columns)
    for count in counts:
        if not 1 <= count <= most:
            raise InputError(f"counts: {count} neurons cannot be kept of {most}.")
    positions = {name: analysis.positions(ranking.order) for name, ranking in rankings.items()}
    return [measure_ranking(analysis, positions[name][:count], name) for name in rankings for count in counts]


def overlaps(rankings: Mapping[str, Ranking], top: int, columns: np.ndarray) -> dict[str, Rows]:
    """How alike the rankings are, by name of the measure: a matrix with one row and column a ranking.

    Args:
        rankings: by name.
        top: how many of the first neurons the overlaps look at.
        columns: int64 (D,), ascending: the neurons that take part, and alone are compared.
    """
    # The others stand last, in the same order everywhere: with them, any two rankings would look alike.
    among = {name: _among(ranking, columns) for name, ranking in rankings.items()}
    measures: dict[str, Callable[[Ranking, Ranking], float]] = {
        f"top-{top}": partial(top_overlap, k=top),
        f"average-{top}": partial(average_overlap, depth=top),
        "spearman": spearman,
    }
    return {name: tuple(map(tuple, overlap_matrix(among, measure).tolist())) for name, measure in measures.items()}


def _among(ranking: Ranking, columns: np.ndarray) -> Ranking:
    """These neurons only, in the same order, numbered anew."""
    kept = np.isin(ranking.order, columns)
    blocks = [
        replace(block, size=int(np.count_nonzero((columns >= span.start) & (columns < span.stop))))
        for block, span in ranking.neurons.spans()
    ]
    neurons = Neurons.of(block for block in blocks if block.size)
    order = np.searchsorted(columns, ranking.order[kept])
    return replace(ranking, neurons=neurons, order=order, scores=ranking.scores[kept])
