"""Inspect one neuron, as ``fairseq-neurons-inspect`` does."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from fairseq_neurons.inspection.inspection_settings import InspectionSettings
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.inspection.neuron_inspection import Inspection, View, inspect_neuron
from fairseq_neurons.inspection.terminal_colours import painter_for
from fairseq_neurons.options import takes


@takes(InspectionSettings)
def inspect(settings: InspectionSettings) -> Inspection:
    """Describe one neuron: its words and sentences, the labels it detects, its ranks, and similar neurons.

    Args:
        settings: see `InspectionSettings`; the function takes its fields as arguments.

    Returns:
        What is found; ``print`` shows it as the command does.

    Raises:
        InputError: if neither dump nor run is given, there is no such neuron, or something is missing, broken, or
            belongs to another model or to other words.

    >>> found = inspect(1902, run="demo")  # doctest: +SKIP
    >>> print(found)  # doctest: +SKIP
    >>> found.standings[0].rank  # doctest: +SKIP
    1
    """
    settings.check()
    view = View(settings.words, settings.sentences, painter_for(settings.color, sys.stdout, os.environ))
    known = known_from(
        settings.activations,
        settings.run,
        settings.labels,
        settings.column,
        settings.language,
        settings.rankings,
        settings.others,
    )
    found = inspect_neuron(known, known.dump.neurons.index(str(settings.neuron)))
    return replace(found, view=view)
