"""Layers whose states are one padded tensor, as in most architectures that are not recurrent."""

from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Tuple

from torch import Tensor

from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.word_rows import Batch, rows_of_padded


@dataclass(frozen=True, eq=False)
class PaddedLayer(Layer):
    """A module that returns its states as (T, B, units), padded on the side on which the batch is.

    Its site ``output`` overwrites what the module returns.
    """

    @property
    def sites(self) -> Tuple[str, ...]:
        return ("output",)

    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        return self.module.register_forward_hook(lambda module, inputs, output: see(output))

    def rows(self, states: Tensor, batch: Batch) -> Tensor:
        return rows_of_padded(states, batch)

    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        # In front of the hooks that watch.
        return self.module.register_forward_hook(lambda module, inputs, output: units.overwrite(output), prepend=True)
