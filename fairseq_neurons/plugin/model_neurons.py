"""The neurons of a model, and what names, patterns and indices of them mean."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import adapter_for


@dataclass(frozen=True)
class ModelNeurons:
    """All neurons of a model and those that its dumps have by default.

    Args:
        default: in which indices count.
        every: of all layers.
        groups: units that have a name together, such as the heads of attention, by that name; units of its block.
    """

    default: Neurons
    every: Neurons
    groups: Mapping[str, range] = field(default_factory=dict)

    @classmethod
    def of(cls, model: nn.Module) -> ModelNeurons:
        """Those of a loaded model.

        Raises:
            InputError: if its architecture is not registered.
        """
        adapter = adapter_for(model)
        groups = {name: units for layer in adapter.layers for name, units in layer.groups.items()}
        return cls(adapter.neurons, adapter.all_neurons, groups)

    def select(self, patterns: str) -> tuple[Neurons, np.ndarray]:
        """The neurons that match a comma-separated list of indices, names and shell patterns.

        An index counts in the default states. A name is of any neuron or group. A pattern is looked for in the default
        states first, then in the same parts of both modules, then in all: ``encoder.*`` is all of the encoder's default
        states, ``encoder.*.ffn.*`` all of its feed-forward units.

        Args:
            patterns: for instance ``1902,encoder.1.bwd.*`` or ``decoder.0.ffn.*,encoder.3.heads.h2``.

        Returns:
            The default neurons if all that match are of these, otherwise those of the blocks that match; and sorted
            indices in them without repeats, int64 (n,).

        Raises:
            InputError: if an index is out of range or a name or pattern matches no neuron.
        """
        chosen: set[str] = set()
        for pattern in filter(None, (part.strip() for part in patterns.split(","))):
            chosen.update(self._matching(pattern))
        if not chosen:
            raise InputError(f"{patterns!r} names no neuron.")
        neurons = self.default
        if not chosen.issubset(neurons.names):
            blocks = {name.rpartition(".")[0] for name in chosen}
            neurons = Neurons.of(block for block in self.every.blocks if block.name in blocks)
        return neurons, np.flatnonzero([name in chosen for name in neurons.names]).astype(np.int64)

    def check(self, name: str, neurons: Neurons) -> None:
        """Refuse neurons that the model does not have.

        Args:
            name: of what has the neurons, for the message.
            neurons: some or all blocks of a model.

        Raises:
            InputError: naming both.
        """
        if not set(neurons.blocks) <= set(self.every.blocks):
            raise InputError(f"{name} and this model have different neurons: {neurons} and {self.every}.")

    def _matching(self, pattern: str) -> list[str]:
        if pattern.removeprefix("-").isdecimal():
            return [self.default.name(self.default.index(pattern))]
        for neurons in self._tiers():
            matched = fnmatch.filter(neurons.names, pattern) or list(self._in_groups(neurons, pattern))
            if matched:
                return matched
        if any(c in pattern for c in "*?["):
            raise InputError(f"No neuron matches {pattern!r}; this model has {self.every.summary}.")
        raise InputError(f"There is no neuron {pattern!r} in this model; it has {self.every.summary}.")

    def _tiers(self) -> Iterator[Neurons]:
        yield self.default
        parts = {block.part for block in self.default.blocks}
        yield Neurons.of(block for block in self.every.blocks if block.part in parts)
        yield self.every

    def _in_groups(self, neurons: Neurons, pattern: str) -> Iterator[str]:
        blocks = {block.name for block in neurons.blocks}
        for name in fnmatch.filter(self.groups, pattern):
            block = name.rpartition(".")[0]
            if block in blocks:
                yield from (f"{block}.{unit}" for unit in self.groups[name])
