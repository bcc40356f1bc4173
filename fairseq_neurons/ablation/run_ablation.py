"""Measure an ablation curve: what ``fairseq-neurons-ablate`` does, in one call."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.ablation_sources import identity_of, read_means, read_sources
from fairseq_neurons.ablation.comparisons import compare, with_significance
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.measurement import Measurement
from fairseq_neurons.ablation.metrics.metric import LoadedSubset
from fairseq_neurons.ablation.metrics.metric_registry import metric_named
from fairseq_neurons.ablation.planned_points import PlannedPoint, plan
from fairseq_neurons.masks import Mask
from fairseq_neurons.options import takes
from fairseq_neurons.plugin.checkpoints import load_checkpoint
from fairseq_neurons.plugin.known_dictionary import check_dictionary_of
from fairseq_neurons.plugin.masking import check_mask
from fairseq_neurons.plugin.unknown_words import report_unknown_of
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap


@takes(AblationSettings)
def ablate(settings: AblationSettings) -> Curve:
    """Measure a score against the number of masked neurons, by one or more rankings (Figures 4, 5, 7 and 8).

    Every point is in the folder when it is done. An interrupted run resumes, and a finished one can be given more
    points, rankings and seeds: points and tests are then those of one undisturbed run, while ``overlap.json`` is of the
    last run's rankings.

    Args:
        settings: see `AblationSettings`; the function takes its fields as arguments.

    Returns:
        All points of the folder and the tests between them.

    Raises:
        InputError: if an option or a file is invalid; nothing is left behind.
    """
    settings.check()
    metric = metric_named(settings.metric)
    options = settings.of(metric)
    sources = read_sources(settings.checkpoint, settings.rankings)
    means = read_means(settings.means, sources, settings.checkpoint, partial(metric.means, options))
    points = plan(settings, sources.rankings, means, metric.mask_settings(options))
    of_metric = {"max_tokens": settings.max_tokens, **metric.identity(options)}
    identity = identity_of(settings, settings, of_metric, metric.files(options), sources, means)
    processes = settings.processes(torch.cuda.is_available())
    out = Path(settings.out)
    with CurveFolder(out, identity, sources.contents) as place, _threads(processes):
        loaded = load_checkpoint(settings.checkpoint, settings.data)
        check_dictionary_of(settings.means, loaded.task)
        report_unknown_of(loaded, settings.subset)
        subset = LoadedSubset(loaded, settings.subset, settings.max_tokens)
        opened, words = metric.open(subset, options), metric.words(subset, options)
        for name, ranking in sources.rankings.items():
            check_mask(loaded.model, Mask.of(ranking.neurons, ranking.order, site=settings.site, words=words), name)
        points = [point.at(words) for point in points]
        place.begin()
        made_by = f"subset:{settings.subset}|checkpoint:{sources.checkpoint[:8]}"
        Measurement(loaded.model, opened, place, made_by).measure(points, processes)
        comparisons = compare(opened, place, processes)
        curve = with_significance(place.curve.records, comparisons, opened.test_signature, metric.beside)
        place.finish(curve, comparisons, _overlap(sources.rankings, points))
    return Curve(tuple(curve), tuple(comparisons), identity, out, out.name)


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


def _overlap(rankings: Mapping[str, Ranking], points: Sequence[PlannedPoint]) -> dict[str, Any] | None:
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
