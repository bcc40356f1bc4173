"""A layer of a model: how its states are watched, recorded, masked and remembered."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Mapping, Optional, Tuple

from torch import Tensor, nn

from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.replaced_forward import replaced_forward
from fairseq_neurons.plugin.architectures.word_rows import Batch

Recall = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """A module that computes consecutive blocks of a model's neurons.

    Args:
        module: that runs; several layers may share one.
        blocks: in the order of the columns of :meth:`rows`.
        reads: the layers whose states this one is computed from; empty if it reads the words themselves.
        side: whose words it reads, ``source`` or ``target``: a translation model's decoder reads the target. Its state
            at a target word is the one after reading that word, as in a language model.
    """

    module: nn.Module
    blocks: Tuple[Block, ...]
    reads: Tuple["Layer", ...] = ()
    side: str = "source"

    @property
    def name(self) -> str:
        """The name of its first block."""
        return self.blocks[0].name

    @property
    def size(self) -> int:
        """Number of units in all blocks."""
        return sum(block.size for block in self.blocks)

    @property
    def groups(self) -> Mapping[str, range]:
        """Units that have a name together, by that name, such as the heads of attention: ``encoder.3.heads.h2``."""
        return {}

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

        Only layers that read the source are asked: those that read the target do so word by word in a search.

        Args:
            recall: called with a function that computes the output; returns what that returned for the same batch.
        """
        module = self.module

        def forward(*args: Any, **kwargs: Any) -> Any:
            return recall(lambda: type(module).forward(module, *args, **kwargs))

        return replaced_forward(module, forward)
