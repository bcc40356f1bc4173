"""The options of a command, from its config."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig
from fairseq_neurons.commands.typed_options import options_of


@dataclass
class Part:
    """A part.

    Args:
        labels: a file.
    """

    labels: str = MISSING


@dataclass
class Config(CommandConfig):
    """All.

    Args:
        names: of it,
            on two lines.
    """

    part: Part = field(default_factory=Part)
    names: list[str] = field(default_factory=lambda: ["a"])
    column: str | None = None
    neuron: int | str = 0
    seed: int = 1
    more: dict[str, Any] = field(default_factory=dict)


def test_options__are_flat_with_their_defaults_and_descriptions():
    found = options_of(Config)
    assert list(found) == ["part.labels", "names", "column", "neuron", "seed", "more"]
    assert (found["part.labels"].default, found["names"].default, found["seed"].default) == (MISSING, ["a"], 1)
    assert (found["part.labels"].description, found["names"].description) == ("a file.", "of it, on two lines.")


def test_kinds__follow_the_annotations():
    found = options_of(Config)
    assert [name for name in found if found[name].is_text] == ["part.labels", "column", "neuron"]
    assert [name for name in found if found[name].is_list_of_text] == ["names"]
    assert [name for name in found if found[name].is_optional] == ["column"]
    assert [name for name in found if found[name].is_mapping] == ["more"]
