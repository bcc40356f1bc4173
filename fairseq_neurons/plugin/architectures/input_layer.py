"""Part ``in``: what the bottom layer reads, the embedded words."""

from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Tuple

from torch import Tensor, nn

from fairseq_neurons.plugin.architectures.layer import Layer, Recall
from fairseq_neurons.plugin.architectures.lstm_layer import SITES
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.word_rows import Batch, rows_of_padded


@dataclass(frozen=True, eq=False)
class InputLayer(Layer):
    """A module that returns the embedded words (B, T, E) of a batch, once in a pass, for an LSTM.

    Its sites mean the same, so that it is masked together with the hidden states at either.

    Where embeddings are shared, the module is not the embedding itself, which both sides run.

    Args:
        padded_at_end: whether the model moves padding to the end, on whatever side the batch has it.
    """

    padded_at_end: bool = True

    @property
    def sites(self) -> Tuple[str, ...]:
        return SITES

    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        return self.module.register_forward_hook(lambda module, inputs, output: see(output))

    def rows(self, states: Tensor, batch: Batch) -> Tensor:
        return rows_of_padded(states.transpose(0, 1), Batch(batch.lengths) if self.padded_at_end else batch)

    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        def overwrite(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
            if units.at is None:
                return units.overwrite(output)
            return units.overwrite(output.transpose(0, 1), self.padded_at_end).transpose(0, 1)

        return self.module.register_forward_hook(overwrite, prepend=True)

    def remembered(self, recall: Recall) -> None:
        """Nothing to save: looking up words is cheap."""
        return None
