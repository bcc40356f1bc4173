"""Every option belongs to one part of a study, and reaches it."""

from __future__ import annotations

from dataclasses import MISSING, fields

import pytest

from fairseq_neurons.probing.study.confidence_intervals import Intervals
from fairseq_neurons.probing.study.study_options import (
    IntervalOptions,
    LabelOptions,
    MeasurementOptions,
    StudyData,
    StudyOptions,
    TrainingOptions,
    part_of,
)
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.trained_probe import ProbeSettings

PARTS = (StudyData, LabelOptions, TrainingOptions, MeasurementOptions, IntervalOptions)


def test_options__are_those_of_the_parts_each_in_one_and_only_the_seed_in_several():
    of_parts = [item.name for part in PARTS for item in fields(part)]
    assert {item.name for item in fields(StudyOptions)} == set(of_parts)
    assert {name for name in of_parts if of_parts.count(name) > 1} == {"seed"}


@pytest.mark.parametrize("kind", [ProbeSettings, Plan, Intervals])
def test_part__has_the_values_of_the_options(kind):
    changed = {item.name: f"changed {item.name}" for item in fields(kind)}
    options = StudyOptions({}, {}, "out", **changed)
    assert vars(part_of(kind, options)) == changed
    assert vars(part_of(kind, StudyOptions({}, {}, "out"))) == vars(kind())


def test_defaults__are_not_shared_between_options():
    first, second = StudyOptions({}, {}, "a"), StudyOptions({}, {}, "b")
    for item in fields(StudyOptions):
        if item.default_factory is not MISSING:
            assert getattr(first, item.name) is not getattr(second, item.name)
