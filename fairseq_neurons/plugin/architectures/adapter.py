"""The protocol of an architecture: all that masks, recorders, scorers and the search know of a model.

An architecture has one file with its :class:`Layer` and :class:`Adapter`, registered for the classes of its models:

>>> @register_adapter(MyModel)  # doctest: +SKIP
... def my_adapter(model: MyModel) -> Adapter: ...

The file may be anywhere; a user-dir that imports it is enough.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Optional, Sequence, Tuple, Union

import torch
from fairseq.models import MODEL_REGISTRY
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.step_decoder import StepDecoder
from fairseq_neurons.plugin.architectures.word_rows import Batch


@dataclass(frozen=True, eq=False)
class Adapter(ABC):
    """What the plugin must know of one model.

    Args:
        model: of the architecture.
        layers: of the whole model, in column order, each after those it reads.
        default_states: patterns of the blocks that a dump holds if nobody chooses, all of one side.
    """

    model: Any
    layers: Tuple[Layer, ...]
    default_states: str = "*"

    @property
    def all_neurons(self) -> Neurons:
        """The neurons of all layers."""
        return Neurons.of(block for layer in self.layers for block in layer.blocks)

    @property
    def neurons(self) -> Neurons:
        """The neurons of the default states, in which an index counts unless a ranking or a dump has other blocks."""
        return self.all_neurons.states(self.default_states)

    def states(self, patterns: Union[str, Sequence[str], None]) -> Neurons:
        """The neurons of the blocks that a dump is asked for.

        Args:
            patterns: see `Neurons.states`; the default states if there are none.

        Raises:
            InputError: if a pattern matches no block, or the blocks are of both sides.
        """
        neurons = self.all_neurons.states(patterns) if patterns else self.neurons
        self.side_of(neurons)
        return neurons

    def side_of(self, neurons: Neurons) -> str:
        """The side that some blocks of the model read.

        Raises:
            InputError: if they read both.
        """
        sides = [layer.side for layer in self.layers_of(neurons)]
        if len(set(sides)) > 1:
            raise InputError(
                f"A dump has either states at source words or states at target words, not both ({neurons.summary}): "
                "dump the encoder's states and the decoder's separately."
            )
        return sides[0]

    def layers_of(self, neurons: Neurons) -> Iterator[Layer]:
        """The layers that compute any of some blocks, in column order."""
        return (layer for layer in self.layers if set(layer.blocks).intersection(neurons.blocks))

    @property
    def sites(self) -> Tuple[str, ...]:
        """The mask sites that any of its layers has."""
        return tuple(dict.fromkeys(site for layer in self.layers for site in layer.sites))

    @abstractmethod
    def read(self, net_input: Dict[str, Any]) -> object:
        """Run the layers that read the source, and no more, over a batch as collated by fairseq."""

    def read_target(self, net_input: Dict[str, Any]) -> object:
        """Run the layers that read the target over a batch with ``prev_output_tokens``: all its words in one pass."""
        return self.model(**net_input)

    def batch(self, sample: Dict[str, Any], side: str = "source") -> Batch:
        """The sentences of a batch as the layers read them.

        Args:
            sample: as collated by fairseq.
            side: ``source``, or ``target``: its words and, before them, the symbol with which a translation begins.
        """
        if side == "target":
            tokens = sample["net_input"]["prev_output_tokens"]
            padding = self.model.decoder.dictionary.pad()
            lengths = tokens.ne(padding).sum(1).cpu()
        else:
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

    def unsupported_in_search(self) -> str:
        """What keeps the model from the fast beam search, for the log: "adaptive softmax"; empty if nothing special."""
        return ""


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
    make = _maker_of(type(model))
    return None if make is None else make(model)


def _maker_of(model: type) -> Optional[Callable[[Any], Adapter]]:
    """That of a class or of one it derives from.

    fairseq's own classes that derive from others compute something else or read other files: each is registered itself.
    """
    kinds = [model] if model.__module__.startswith("fairseq.") else model.__mro__
    return next((_REGISTERED[kind] for kind in kinds if kind in _REGISTERED), None)


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
    return _maker_of(model) is not None


def has_no_neurons() -> str:
    """The end of a message about another architecture; it names those that are registered."""
    *names, last = [name for name, kind in MODEL_REGISTRY.items() if kind in _REGISTERED]
    return f"has no neurons that can be dumped or masked: use {', '.join(names)} or {last}."
