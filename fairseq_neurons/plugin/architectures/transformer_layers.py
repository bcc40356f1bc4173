"""The parts of a transformer's layer: what it reads, its heads of attention, its feed-forward units, its output."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Dict, Iterator, Mapping, Optional, Tuple

from torch import Tensor
from torch.utils.hooks import RemovableHandle

from fairseq_neurons.plugin.architectures.layer import Layer, Recall
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.padded_layer import PaddedLayer
from fairseq_neurons.plugin.architectures.word_rows import Batch, rows_of_padded


@dataclass(frozen=True, eq=False)
class ReadStates(Layer):
    """States that a module reads: its first argument, (T, B, units), padded on the side on which the batch is.

    Its site ``output`` overwrites what the module reads.
    """

    @property
    def sites(self) -> Tuple[str, ...]:
        return ("output",)

    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        return self.module.register_forward_pre_hook(lambda module, inputs: see(inputs[0]))

    def rows(self, states: Tensor, batch: Batch) -> Tensor:
        return rows_of_padded(states, batch)

    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        def overwrite(module: Any, inputs: Tuple[Any, ...]) -> Tuple[Any, ...]:
            return (units.overwrite(inputs[0]), *inputs[1:])

        # In front of the hooks that watch.
        return self.module.register_forward_pre_hook(overwrite, prepend=True)

    def remembered(self, recall: Recall) -> Optional[ContextManager[Any]]:
        return None  # the module's output is that of another layer


@dataclass(frozen=True, eq=False)
class HeadStates(ReadStates):
    """The outputs of the heads of an attention, head after head: what its output projection reads.

    fairseq's attention does not call that projection when it reads whole sentences, but hands its weights to PyTorch's
    fused attention. While the heads are watched or masked it computes the same step by step, to about 1e-6, and calls
    it.

    Args:
        attention: fairseq's ``MultiheadAttention``; ``module`` is its output projection.
    """

    attention: Any = None

    @property
    def groups(self) -> Mapping[str, range]:
        size = self.attention.head_dim
        return {f"{self.name}.h{h}": range(h * size, (h + 1) * size) for h in range(self.attention.num_heads)}

    @contextmanager
    def watch(self, see: Callable[[Any], None]) -> Iterator[None]:
        with self._step_by_step(), super().watch(see):
            yield

    @contextmanager
    def masked(self, units: MaskedUnits) -> Iterator[None]:
        with self._step_by_step(), super().masked(units):
            yield

    def _step_by_step(self) -> RemovableHandle:
        return self.attention.register_forward_pre_hook(_as_if_static, with_kwargs=True)


def _as_if_static(module: Any, args: Any, kwargs: Dict[str, Any]) -> Optional[Tuple[Any, Dict[str, Any]]]:
    """Without a cache, "static" keys make fairseq's attention leave the fused one aside, and change nothing else."""
    return None if kwargs.get("incremental_state") is not None else (args, {**kwargs, "static_kv": True})


@dataclass(frozen=True, eq=False)
class LayerOutput(PaddedLayer):
    """What a layer hands on: the first of what its module returns, or all if that is a tensor.

    Its site ``output`` overwrites it. ``context`` does the same and is a site of the top layer of an encoder, whose
    output nothing but the decoder's attention reads.

    Args:
        feeds_attention: whether it is the top layer of an encoder.
    """

    feeds_attention: bool = False

    @property
    def sites(self) -> Tuple[str, ...]:
        return ("output", "context") if self.feeds_attention else ("output",)

    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        return self.module.register_forward_hook(lambda module, inputs, output: see(_first(output)))

    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        def overwrite(module: Any, inputs: Any, output: Any) -> Any:
            states = units.overwrite(_first(output))
            return (states, *output[1:]) if isinstance(output, tuple) else states

        return self.module.register_forward_hook(overwrite, prepend=True)


def _first(output: Any) -> Tensor:
    states: Tensor = output[0] if isinstance(output, tuple) else output
    return states
