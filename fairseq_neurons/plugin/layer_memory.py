"""Compute the layers that no mask touches once: for the same words their states are the same."""

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Set, Tuple

from torch import Tensor, nn

from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.masking import masked_layers

LIMIT = 1 << 29


class LayerMemory:
    """The outputs of untouched layers, batch by batch.

    A mask on the upper layer does not change the lower one, and a mask on the forward direction does not change a
    backward stack of its own: a layer is untouched if it is not masked and reads untouched layers alone.

    Args:
        model: of an architecture that has neurons, in evaluation mode; its weights must not change.
        limit: bytes to keep; when they are used up, further batches are computed again.
    """

    def __init__(self, model: nn.Module, limit: int = LIMIT) -> None:
        self.model = model
        self.layers = adapter_for(model).layers
        self.left = limit
        self._kept: Dict[Tuple[int, str], Any] = {}

    @contextmanager
    def remembering(self, batch: int) -> Iterator[None]:
        """While the context lasts the model reads this batch, the same words under this number every time."""
        with ExitStack() as stack:
            for layer in self._untouched():
                if layer.side == "target":  # a search reads the target word by word
                    continue
                memory = layer.remembered(partial(self._recall, (batch, layer.name)))
                if memory is not None:
                    stack.enter_context(memory)
            yield

    def _untouched(self) -> List[Layer]:
        masked = masked_layers(self.model)
        touched: Set[Layer] = set()
        for layer in self.layers:  # each after those it reads
            if layer.name in masked or touched.intersection(layer.reads):
                touched.add(layer)
        return [layer for layer in self.layers if layer not in touched]

    def _recall(self, key: Tuple[int, str], compute: Callable[[], Any]) -> Any:
        if key in self._kept:
            return self._kept[key]
        output = compute()
        size = sum(part.numel() * part.element_size() for part in _tensors(output))
        if size <= self.left:
            self.left -= size
            self._kept[key] = output
        return output


def _tensors(output: Any) -> List[Tensor]:
    """All tensors of nested tuples; packed sequences are tuples, too."""
    if isinstance(output, Tensor):
        return [output]
    return [part for parts in output for part in _tensors(parts)] if isinstance(output, (tuple, list)) else []
