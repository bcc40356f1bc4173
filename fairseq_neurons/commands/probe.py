"""``fairseq-neurons-probe``: what single neurons know of a word property (Linguistic Correlation Analysis)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.probing.study.study_options import LabelledDump, StudyOptions

logger = logging.getLogger(__name__)

missing = partial(LabelledDump, MISSING, MISSING)


@dataclass(kw_only=True)
class ProbeConfig(CommandConfig, StudyOptions):
    """The fields of `StudyOptions`, those with types that only Python knows anew; neurons may be a number or a list."""

    train: LabelledDump = field(default_factory=missing)
    test: LabelledDump = field(default_factory=missing)
    out: str = MISSING
    neurons: Any = None


def run(neurons: Any, **options: Any) -> None:
    """Import the solver only when there is work: ``--help`` need not wait for it."""
    from fairseq_neurons.probing.study.run_study import probe
    from fairseq_neurons.probing.study.study_tables import summary

    results = probe(neurons=joined(neurons), **options)
    logger.info("\n%s\n", summary(results))
    logger.info("%s: probe.npz, ranking.json, results.json and tables; %s", options["out"], results.signature)


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
