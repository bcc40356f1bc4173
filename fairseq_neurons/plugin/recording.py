"""Record the states of a model's neurons while it runs."""

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Dict, Iterator, List, Optional

import numpy as np
import torch
from torch import Tensor, nn

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import Adapter, adapter_for
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.word_rows import Batch


class Recorder:
    """The states of the batch that the model has just read.

    Args:
        adapter: of the model.
        neurons: the blocks that are recorded, all of one side; by default the default states.
    """

    def __init__(self, adapter: Adapter, neurons: Optional[Neurons] = None) -> None:
        self.adapter = adapter
        self.neurons = adapter.neurons if neurons is None else neurons
        self.side = adapter.side_of(self.neurons)
        self.layers = tuple(adapter.layers_of(self.neurons))
        self._states: Dict[Layer, Any] = {}

    def take(self, lengths: Tensor, left_padded: bool = False) -> np.ndarray:
        """The states of the last batch, once.

        Args:
            lengths: (B,) positions of each sentence.
            left_padded: whether the words that the model read were padded on the left; see `Adapter.batch`.

        Returns:
            float32 (sum of lengths, neurons): sentence after sentence in the order of the batch, columns as in a dump.

        Raises:
            InputError: if a state is NaN or infinite.
            RuntimeError: if the model has read nothing since the last call.
        """
        if not self._states:
            raise RuntimeError("nothing to take: the model has read no batch since the last one")
        batch = Batch(lengths.cpu(), left_padded)
        states = np.empty((int(batch.lengths.sum()), len(self.neurons)), dtype=np.float32)
        spans = dict(self.neurons.spans())
        for layer in self.layers:
            rows = layer.rows(self._states.pop(layer), batch)  # (words, units)
            for block, units in Neurons.of(layer.blocks).spans():
                if block in spans:
                    torch.from_numpy(states)[:, spans[block]] = rows[:, units].detach()
        self._check_finite(states)
        return states

    def _check_finite(self, states: np.ndarray) -> None:
        with np.errstate(over="ignore"):  # the sum of finite states may be infinite
            if np.isfinite(states.sum()):
                return
        broken = np.flatnonzero(~np.isfinite(states).all(axis=0))
        if len(broken):
            raise InputError(
                f"The model computes NaN or infinite states in {len(broken)} neurons, such as "
                f"{self.neurons.name(int(broken[0]))}: its weights, or the values of its mask, are too large."
            )

    def take_sentences(self, sample: Dict[str, Any]) -> List[np.ndarray]:
        """The states of the last batch, once, split into its sentences.

        Args:
            sample: the batch, as collated by fairseq.

        Returns:
            For each sentence float32 (positions, neurons), views of one array.
        """
        batch = self.adapter.batch(sample, self.side)
        return np.split(self.take(*batch), np.cumsum(batch.lengths)[:-1])

    def keep(self, layer: Layer, states: Any) -> None:
        """Keep what holds the states of a layer until they are taken."""
        self._states[layer] = states


@contextmanager
def recorded(model: nn.Module, neurons: Optional[Neurons] = None) -> Iterator[Recorder]:
    """Record while the context lasts; a mask applied to the model shows in what is recorded.

    Args:
        model: a loaded model of an architecture that has neurons.
        neurons: the blocks that are recorded, see `Adapter.states`; by default the default states.

    Raises:
        InputError: if its architecture is not registered, or the blocks are of both sides.

    >>> with recorded(model) as recorder:  # doctest: +SKIP
    ...     model.encoder(src_tokens, src_lengths)
    ...     states = recorder.take(src_lengths)
    """
    recorder = Recorder(adapter_for(model), neurons)
    with ExitStack() as hooks:
        for layer in recorder.layers:
            hooks.enter_context(layer.watch(partial(recorder.keep, layer)))
        yield recorder
