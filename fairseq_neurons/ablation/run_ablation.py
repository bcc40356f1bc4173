"""One call that does what ``fairseq-neurons-ablate`` does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.ablation_sources import Sources, read_sources
from fairseq_neurons.ablation.comparisons import compare, with_significance
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_points import Point, plan
from fairseq_neurons.ablation.measurement import Measurement
from fairseq_neurons.ablation.metrics.controlling import words_of
from fairseq_neurons.ablation.metrics.metric import open_metric
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import load_checkpoint
from fairseq_neurons.plugin.masking import neurons_of
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap
from fairseq_neurons.storage.results_log import Entry


class Curves(NamedTuple):
    """What is in the folder now: the lines of ``curve.jsonl`` and of ``comparisons.jsonl``."""

    points: list[Entry]
    comparisons: list[Entry]


def ablate(settings: AblationSettings) -> Curves:
    """A score over the number of clamped neurons, in order of one or more rankings (Figures 4, 5, 7 and 8).

    Every point is in the folder when it is done. A run that was interrupted goes on where it stopped, and a finished
    one can be given more points, rankings and seeds; points and tests are those of one undisturbed run, while
    ``overlap.json`` is of the last run's rankings.

    Args:
        settings: which model, which neurons, and what is measured.

    Returns:
        All points of the folder and the tests between them.

    Raises:
        InputError: if anything given cannot be used; nothing is left behind.
    """
    settings.check()
    sources = read_sources(settings)
    points = plan(settings, sources.rankings, sources.means)
    processes = settings.processes(torch.cuda.is_available())
    with CurveFolder(Path(settings.out), sources.identity, sources.contents) as place, _threads(processes):
        loaded = load_checkpoint(settings.checkpoint, settings.data)
        _check_neurons(sources, loaded.model)
        metric = open_metric(settings, loaded)
        words = words_of(settings, loaded)
        points = [point.at(words) for point in points]
        place.begin()
        made_by = f"subset:{settings.subset}|checkpoint:{sources.checkpoint[:8]}"
        Measurement(loaded.model, metric, place, made_by).measure(points, processes)
        comparisons = compare(metric, place, processes)
        curve = with_significance(place.curve.records, comparisons, metric.test_signature)
        place.finish(curve, comparisons, _overlap(sources.rankings, points))
    return Curves(curve, comparisons)


@contextmanager
def _threads(processes: int) -> Iterator[None]:
    """One thread each where there are several processes: threads that were at work cannot be forked."""
    before = torch.get_num_threads()
    if processes > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _check_neurons(sources: Sources, model: torch.nn.Module) -> None:
    neurons = neurons_of(model)
    for name, ranking in sources.rankings.items():
        if ranking.neurons != neurons:
            raise InputError(f"{name} ranks other neurons ({ranking.neurons}) than this model's ({neurons}).")


def _overlap(rankings: Mapping[str, Ranking], points: Sequence[Point]) -> dict[str, Any] | None:
    """How much the rankings agree, a matrix a measure; None for a single one."""
    if len(rankings) < 2:
        return None
    counts = sorted({point.neurons for point in points} - {0})
    return {
        "rankings": list(rankings),
        "top": {str(count): overlap_matrix(rankings, partial(top_overlap, k=count)).tolist() for count in counts},
        "average_overlap": {
            str(count): overlap_matrix(rankings, partial(average_overlap, depth=count)).tolist() for count in counts
        },
        "spearman": [[None if math.isnan(rho) else rho for rho in row] for row in _spearman(rankings)],
    }


def _spearman(rankings: Mapping[str, Ranking]) -> list[list[float]]:
    matrix: list[list[float]] = overlap_matrix(rankings, spearman).tolist()
    return matrix
