"""``fairseq-neurons-overlap``: how much rankings of one model's neurons agree."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from omegaconf import MISSING
from tabulate import tabulate

from fairseq_neurons import __version__
from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap
from fairseq_neurons.storage.files import check_writable, write_text_whole

logger = logging.getLogger(__name__)


@dataclass
class OverlapConfig(CommandConfig):
    """The rankings, how many of their first neurons are compared, and a file for the numbers."""

    rankings: list[str] = field(default_factory=lambda: MISSING)
    top: int = 50
    out: str | None = None


def run(rankings: list[str], top: int, out: str | None) -> None:
    """Print a table a measure, and save all of them."""
    loaded = dict(zip(shortest_names(rankings), map(Ranking.load, rankings), strict=True))
    for name, ranking in loaded.items():
        if not 1 <= top <= len(ranking.order):
            raise InputError(f"top={top}: {name} ranks {len(ranking.order)} neurons; give 1 to that many.")
    if out is not None:
        check_writable(Path(out))
    measures: dict[str, Callable[[Ranking, Ranking], float]] = {
        f"top-{top}": partial(top_overlap, k=top),
        f"average-{top}": partial(average_overlap, depth=top),
        "spearman": spearman,
    }
    found = {measure: overlap_matrix(loaded, function) for measure, function in measures.items()}
    for measure, matrix in found.items():
        logger.info("%s\n", _table(measure, list(loaded), matrix))
    if out is not None:
        write_text_whole(Path(out), json.dumps(_results(top, loaded, found), indent=2) + "\n")
        logger.info("%s", out)


def shortest_names(paths: Sequence[str]) -> list[str]:
    """What tells paths apart: of each, the fewest last parts that no other path ends with.

    >>> shortest_names(["a/pos/ranking.json", "a/sem/ranking.json", "max.json"])
    ['pos/ranking.json', 'sem/ranking.json', 'max.json']

    Raises:
        InputError: if there are fewer than two, or two are the same.
    """
    if len(paths) < 2:
        raise InputError("rankings= needs at least two files.")
    parts = [Path(path).absolute().parts for path in paths]
    for i, own in enumerate(parts):
        if own in parts[:i]:
            raise InputError(f"{paths[i]} is given twice.")
    names = []
    for own in parts:
        others = [other for other in parts if other != own]
        count = next(n for n in range(1, len(own) + 1) if all(other[-n:] != own[-n:] for other in others))
        names.append(str(Path(*own[-count:])))
    return names


def _table(measure: str, names: list[str], matrix: np.ndarray) -> str:
    rows = [[name, *(f"{value:.2f}" for value in row)] for name, row in zip(names, matrix.tolist(), strict=True)]
    return tabulate(rows, headers=[measure, *names], disable_numparse=True)


def _results(top: int, rankings: dict[str, Ranking], found: dict[str, np.ndarray]) -> dict[str, object]:
    """What the file holds; a Spearman correlation of one neuron is none."""
    return {
        "rankings": list(rankings),
        "methods": [ranking.method for ranking in rankings.values()],
        "signatures": [ranking.signature for ranking in rankings.values()],
        "by_chance": top / len(next(iter(rankings.values())).order),
        **{
            measure: [[None if math.isnan(value) else value for value in row] for row in matrix.tolist()]
            for measure, matrix in found.items()
        },
        "signature": f"overlap|top:{top}|rankings:{len(rankings)}|version:{__version__}",
    }


main = application(
    "fairseq-neurons-overlap",
    OverlapConfig,
    run,
    "How much rankings agree: the share of the first neurons that two have in common (at the top, and averaged over\n"
    "all depths down to it), and Spearman's correlation of all positions.",
)
