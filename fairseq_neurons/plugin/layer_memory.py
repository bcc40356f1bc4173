"""Layers that no mask touches give the same states for the same words: they are computed once."""

from contextlib import ExitStack, contextmanager
from typing import Any, Dict, Iterator, List, Tuple

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.plugin.architectures.adapter import Cell, adapter_for
from fairseq_neurons.plugin.replaced_forward import is_replaced, replaced_forward

LIMIT = 1 << 29


class LayerMemory:
    """The outputs of untouched layers, batch by batch.

    A mask on the upper layer leaves the lower one alone, one on the forward direction a backward stack of its own. What
    a layer reads decides: with an untouched layer below, an untouched layer repeats itself.

    Args:
        model: of an architecture that has neurons, in evaluation mode; its weights must not change.
        limit: bytes to keep; when they are used up, further batches are computed again.
    """

    def __init__(self, model: nn.Module, limit: int = LIMIT) -> None:
        self.cells = adapter_for(model).cells
        self.left = limit
        self._kept: Dict[Tuple[int, nn.Module], Any] = {}

    @contextmanager
    def remembering(self, batch: int) -> Iterator[None]:
        """While the context lasts the model reads this batch, the same words under this number every time."""
        with ExitStack() as stack:
            for cell in self._untouched():
                stack.enter_context(replaced_forward(cell.module, _Remembered(self, batch, cell.module)))
            yield

    def _untouched(self) -> List[Cell]:
        touched = {cell.module for cell in self.cells if is_replaced(cell.module)}
        untouched = []
        for cell in self.cells:  # from the bottom
            if cell.reads in touched:
                touched.add(cell.module)
            if cell.module not in touched:
                untouched.append(cell)
        return untouched

    def output(self, batch: int, module: nn.LSTM, x: Any, start: Any) -> Any:
        """What the module makes of the batch, from memory if it is there."""
        kept = self._kept.get((batch, module))
        if kept is not None:
            return kept
        output = nn.LSTM.forward(module, x, start)
        size = sum(part.numel() * part.element_size() for part in _tensors(output))
        if size <= self.left:
            self.left -= size
            self._kept[batch, module] = output
        return output


class _Remembered:
    """``nn.LSTM.forward`` for one batch."""

    def __init__(self, memory: LayerMemory, batch: int, module: nn.LSTM) -> None:
        self.memory, self.batch, self.module = memory, batch, module

    def __call__(self, x: Any, start: Any = None) -> Any:
        return self.memory.output(self.batch, self.module, x, start)


def _tensors(output: Any) -> List[torch.Tensor]:
    words, (h, c) = output
    return [words.data if isinstance(words, PackedSequence) else words, h, c]
