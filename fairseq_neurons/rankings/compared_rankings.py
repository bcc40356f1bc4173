"""Compare rankings of one model's neurons, every pair of them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tabulate import tabulate

from fairseq_neurons import __version__
from fairseq_neurons.errors import InputError
from fairseq_neurons.options import takes
from fairseq_neurons.rankings.overlap_settings import OverlapSettings
from fairseq_neurons.rankings.ranking import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, overlap_matrix, spearman, top_overlap
from fairseq_neurons.storage.files import check_new_file, write_text_whole
from fairseq_neurons.terminal_text import shown


@dataclass(frozen=True)
class RankingOverlap:
    """How much n rankings agree; ``print`` shows it as ``fairseq-neurons-overlap`` does.

    Args:
        names: of the rankings, the shortest ends of their paths that differ.
        methods: that made them.
        signatures: of the rankings.
        top: how many of the first neurons were compared.
        by_chance: the expected top overlap of random rankings.
        top_overlap: float64 (n, n), the share of the first ``top`` neurons that two rankings have in common.
        average_overlap: float64 (n, n), the same share, averaged over the depths 1 to ``top``.
        spearman: float64 (n, n), Spearman's rho of all positions; nan for models with a single neuron.
    """

    names: list[str]
    methods: list[str]
    signatures: list[str]
    top: int
    by_chance: float
    top_overlap: np.ndarray
    average_overlap: np.ndarray
    spearman: np.ndarray

    @property
    def measures(self) -> dict[str, np.ndarray]:
        """The matrices by the names that they have in tables and files."""
        return {
            f"top-{self.top}": self.top_overlap,
            f"average-{self.top}": self.average_overlap,
            "spearman": self.spearman,
        }

    def to_json(self) -> dict[str, object]:
        """The content of the file; nan is null."""
        return {
            "rankings": self.names,
            "methods": self.methods,
            "signatures": self.signatures,
            "by_chance": self.by_chance,
            **{
                measure: [[None if math.isnan(value) else value for value in row] for row in matrix.tolist()]
                for measure, matrix in self.measures.items()
            },
            "signature": f"overlap|top:{self.top}|rankings:{len(self.names)}|version:{__version__}",
        }

    def __str__(self) -> str:
        return "\n\n".join(_table(measure, self.names, matrix) for measure, matrix in self.measures.items())


@takes(OverlapSettings)
def overlap(settings: OverlapSettings) -> RankingOverlap:
    """Compare every pair of rankings by top overlap, average overlap and Spearman's rho.

    Args:
        settings: see `OverlapSettings`; the function takes its fields as arguments.

    Raises:
        InputError: if there are fewer than two files, one is not a ranking or too short, or they are of different
            neurons or models.

    >>> print(overlap(["max.json", "variance.json"], top=100))  # doctest: +SKIP
    """
    top = settings.top
    rankings = dict(zip(shortest_names(settings.rankings), map(Ranking.load, settings.rankings), strict=True))
    for name, ranking in rankings.items():
        if not 1 <= top <= len(ranking.order):
            raise InputError(f"top={top}: {name} ranks {len(ranking.order)} neurons; give 1 to that many.")
    if settings.out is not None:
        check_new_file(Path(settings.out))
    found = RankingOverlap(
        names=list(rankings),
        methods=[ranking.method for ranking in rankings.values()],
        signatures=[ranking.signature for ranking in rankings.values()],
        top=top,
        by_chance=top / len(next(iter(rankings.values())).order),
        top_overlap=overlap_matrix(rankings, partial(top_overlap, k=top)),
        average_overlap=overlap_matrix(rankings, partial(average_overlap, depth=top)),
        spearman=overlap_matrix(rankings, spearman),
    )
    if settings.out is not None:
        write_text_whole(Path(settings.out), json.dumps(found.to_json(), indent=2) + "\n")
    return found


def shortest_names(paths: Sequence[str]) -> list[str]:
    """The shortest end of each path that no other path has.

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
    names = list(map(shown, names))
    rows = [[name, *(f"{value:.2f}" for value in row)] for name, row in zip(names, matrix.tolist(), strict=True)]
    return tabulate(rows, headers=[measure, *names], disable_numparse=True)
