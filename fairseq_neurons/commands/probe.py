"""``fairseq-neurons-probe``: what single neurons know of a word property (Linguistic Correlation Analysis)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application

logger = logging.getLogger(__name__)


@dataclass
class WordsConfig:
    """A dump and the labels of its words."""

    activations: str = MISSING
    labels: str = MISSING


@dataclass
class ProbeConfig(CommandConfig):
    """The words, the labels that take part, the probe, and what is asked of it."""

    train: WordsConfig = field(default_factory=WordsConfig)
    test: WordsConfig = field(default_factory=WordsConfig)
    out: str = MISSING
    column: str | None = None
    language: str = "en"
    neurons: Any = None
    merge: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    min_count: int = 0
    most_frequent: int | None = None
    unseen: str = "error"
    balance: str = "none"
    per_label: int | None = None
    class_weight: str | None = None
    l1: float = 1e-5
    l2: float = 1e-5
    solver: str = "certified"
    tolerance: float = 1e-3
    refit_tolerance: float = 1e-2
    max_iter: int = 500
    seed: int = 1
    alpha: float = 1.0
    fractions: list[float] = field(default_factory=lambda: [0.1, 0.15, 0.2])
    random: int = 3
    control: bool = True
    grid: list[float] = field(default_factory=list)
    mass: list[float] = field(default_factory=lambda: [0.25])
    top: int = 50
    rankings: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [10, 20, 50])
    against: list[str] = field(default_factory=list)
    confidence: float = 0.95
    resamples: int = 1000


def run(train: dict[str, str], test: dict[str, str], out: str, neurons: Any, **options: Any) -> None:
    """Import the solver only when there is work: ``--help`` need not wait for it."""
    from fairseq_neurons.probing.study.run_study import probe
    from fairseq_neurons.probing.study.study_tables import summary

    results = probe(train, test, out, neurons=joined(neurons), **options)
    logger.info("\n%s\n", summary(results))
    logger.info("%s: probe.npz, ranking.json, results.json and tables; %s", out, results["signature"])


def joined(neurons: Any) -> str | None:
    """Neurons as people type them, ``5``, ``encoder.1.*`` or ``[0,1,'encoder.1.*']``, as one text."""
    if neurons is None:
        return None
    return ",".join(map(str, neurons)) if isinstance(neurons, list) else str(neurons)


main = application(
    "fairseq-neurons-probe",
    ProbeConfig,
    run,
    "Train a probe of word labels on a dump, rank the neurons by its weights, and measure it on another dump.",
)
