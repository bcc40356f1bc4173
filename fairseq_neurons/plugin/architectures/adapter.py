"""The protocol of an architecture: all that masks, recorders, scorers and the search know of a model.

An architecture has one file with its :class:`Layer` and :class:`Adapter`, registered for the classes of its models:

>>> @register_adapter(MyModel)  # doctest: +SKIP
... def my_adapter(model: MyModel) -> Adapter: ...

The file may be anywhere; a user-dir that imports it is enough.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Dict, Optional, Tuple

import torch
from fairseq.models import MODEL_REGISTRY
from torch import Tensor, nn

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.replaced_forward import replaced_forward
from fairseq_neurons.plugin.architectures.step_decoder import StepDecoder
from fairseq_neurons.plugin.architectures.word_rows import Batch

Recall = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """A module that computes consecutive blocks of a model's neurons.

    Args:
        module: that runs; several layers may share one.
        blocks: in the order of the columns of :meth:`rows`.
        reads: the layers whose states this one is computed from; empty if it reads the words themselves.
    """

    module: nn.Module
    blocks: Tuple[Block, ...]
    reads: Tuple["Layer", ...] = ()

    @property
    def name(self) -> str:
        """The name of its first block."""
        return self.blocks[0].name

    @property
    def size(self) -> int:
        """Number of units in all blocks."""
        return sum(block.size for block in self.blocks)

    @property
    @abstractmethod
    def sites(self) -> Tuple[str, ...]:
        """The sites at which its units can be masked."""

    @abstractmethod
    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        """While the context lasts, call ``see`` with whatever holds the states, each time the layer has computed them.

        What is seen under a mask are the masked states, whether the mask was applied before or after this call.
        """

    @abstractmethod
    def rows(self, states: Any, batch: Batch) -> Tensor:
        """What ``see`` received -> (words, units), sentence after sentence in the order of the batch."""

    @abstractmethod
    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        """Run with some units masked while the context lasts; leaves nothing behind, also after an exception.

        Raises:
            RuntimeError: when a batch is read that was not announced, if the mask is at chosen words.
        """

    def remembered(self, recall: Recall) -> Optional[ContextManager[Any]]:
        """Take the output from memory while the context lasts, or None if it may not be remembered.

        Args:
            recall: called with a function that computes the output; returns what that returned for the same batch.
        """
        module = self.module

        def forward(*args: Any, **kwargs: Any) -> Any:
            return recall(lambda: type(module).forward(module, *args, **kwargs))

        return replaced_forward(module, forward)


@dataclass(frozen=True, eq=False)
class Adapter(ABC):
    """What the plugin must know of one model.

    Args:
        model: of the architecture.
        layers: in column order, each after those it reads.
    """

    model: Any
    layers: Tuple[Layer, ...]

    @property
    def neurons(self) -> Neurons:
        return Neurons.of(block for layer in self.layers for block in layer.blocks)

    @property
    def sites(self) -> Tuple[str, ...]:
        """The mask sites that any of its layers has."""
        return tuple(dict.fromkeys(site for layer in self.layers for site in layer.sites))

    @abstractmethod
    def read(self, net_input: Dict[str, Any]) -> object:
        """Run the layers that have neurons, and no more, over a batch as collated by fairseq."""

    def batch(self, sample: Dict[str, Any]) -> Batch:
        """The sentences of a batch as the layers read them: by default those of the source side.

        Args:
            sample: as collated by fairseq.
        """
        tokens, lengths = sample["net_input"]["src_tokens"], sample["net_input"]["src_lengths"].cpu()
        padding = getattr(self.model, "encoder", self.model.decoder).dictionary.pad()
        return Batch(lengths, left_padded=bool(tokens[:, 0].eq(padding).any()))

    @torch.no_grad()
    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        """Log-probabilities of the tokens of the targets, end-of-sentence symbols included.

        By default those of the model's own forward pass.

        Args:
            sample: as collated by fairseq, with ``target``, where the model is.

        Returns:
            float64 (B, S), natural logarithm; any number at padding.

        Raises:
            InputError: if the model cannot score targets.
        """
        output = self.model(**sample["net_input"])
        log_probs = self.model.get_normalized_probs(output, log_probs=True, sample=sample)  # (B, S, V)
        scores: Tensor = log_probs.gather(2, sample["target"].unsqueeze(2)).squeeze(2).double()
        return scores

    def step_decoder(self) -> Optional[StepDecoder[Any]]:
        """The decoder for the fast beam search, made of the present weights; None leaves the search to fairseq."""
        return None


_REGISTERED: Dict[type, Callable[[Any], Adapter]] = {}


def register_adapter(*models: type) -> Callable[[Callable[[Any], Adapter]], Callable[[Any], Adapter]]:
    """Make the neurons of these classes of models known, and of classes derived from them.

    Args:
        models: as registered with fairseq.

    Returns:
        A decorator of the function, or class, that makes the adapter of a model.
    """

    def register(make: Callable[[Any], Adapter]) -> Callable[[Any], Adapter]:
        _REGISTERED.update(dict.fromkeys(models, make))
        return make

    return register


def find_adapter(model: object) -> Optional[Adapter]:
    """The adapter of a model, or None if its architecture is not registered."""
    make = next((_REGISTERED[kind] for kind in type(model).__mro__ if kind in _REGISTERED), None)
    return None if make is None else make(model)


def adapter_for(model: object) -> Adapter:
    """The adapter of a model.

    Raises:
        InputError: if its architecture is not registered.
    """
    adapter = find_adapter(model)
    if adapter is None:
        raise InputError(f"{type(model).__name__} {has_no_neurons()}")
    return adapter


def is_registered(model: type) -> bool:
    """Whether models of a class have an adapter."""
    return any(kind in _REGISTERED for kind in model.__mro__)


def has_no_neurons() -> str:
    """The end of a message about another architecture; it names those that are registered."""
    *names, last = [name for name, kind in MODEL_REGISTRY.items() if kind in _REGISTERED]
    return f"has no neurons that can be dumped or masked: use {', '.join(names)} or {last}."
