"""Record every layer's and direction's states while a model runs."""

from contextlib import contextmanager
from typing import Dict, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from fairseq_neurons.plugin.architectures.adapter import Adapter, adapter_for


class Recorder:
    """The states of the batch that the model has just read."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.neurons = adapter.neurons
        self._outputs: Dict[nn.Module, object] = {}

    def take(self, lengths: Tensor) -> np.ndarray:
        """The states of the last batch, once.

        Args:
            lengths: (B,) positions of each sentence.

        Returns:
            float32 (sum of lengths, neurons): sentence after sentence in the order of the batch, columns as in a dump.

        Raises:
            RuntimeError: if the model has read nothing since the last call.
        """
        if not self._outputs:
            raise RuntimeError("nothing to take: the model has read no batch since the last one")
        lengths = lengths.cpu()
        states = np.empty((int(lengths.sum()), len(self.neurons)), dtype=np.float32)
        start = 0
        for cell in self.adapter.cells:
            rows = cell.rows(self._outputs.pop(cell.module), lengths)  # type: ignore[arg-type]
            torch.from_numpy(states)[:, start : start + rows.size(1)] = rows.detach()
            start += rows.size(1)
        return states

    def see(self, module: nn.Module, _inputs: object, outputs: tuple) -> None:
        """The forward hook: keeps what the layer hands on."""
        self._outputs[module] = outputs[0]


@contextmanager
def recorded(model: nn.Module) -> Iterator[Recorder]:
    """Record while the context lasts; a mask applied to the model shows in what is recorded.

    Args:
        model: a loaded model of an architecture that has neurons.

    Raises:
        InputError: if it has none that we know of.

    >>> with recorded(model) as recorder:  # doctest: +SKIP
    ...     model.encoder(src_tokens, src_lengths)
    ...     states = recorder.take(src_lengths)
    """
    recorder = Recorder(adapter_for(model))
    hooks = [cell.module.register_forward_hook(recorder.see) for cell in recorder.adapter.cells]
    try:
        yield recorder
    finally:
        for hook in hooks:
            hook.remove()
