"""Apply a mask to a loaded model, at the speed of the fused kernel, and take it away again."""

from contextlib import ExitStack, contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask, Site
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.adapters import Adapter, Cell, adapter_for


@contextmanager
def masked(model: nn.Module, mask: Mask) -> Iterator[nn.Module]:
    """Hold the mask's neurons at their values while the context lasts.

    No parameter is changed, and on leaving, also by an exception, nothing of the mask is left.

    Args:
        model: a loaded model of an architecture that has neurons.
        mask: for this model's neurons.

    Yields:
        The same model.

    Raises:
        InputError: if the mask is for other neurons, or the model is masked already.

    >>> with masked(loaded.model, Mask.of(neurons_of(loaded.model), [1902])):  # doctest: +SKIP
    ...     translate(loaded, "test")
    """
    adapter = adapter_for(model)
    if mask.neurons != adapter.neurons:
        raise InputError(f"The mask is for other neurons ({mask.neurons}) than this model's ({adapter.neurons}).")
    with ExitStack() as stack:
        start = 0
        for cell in adapter.cells:
            size = sum(block.size for block in cell.blocks)
            inside = (mask.indices >= start) & (mask.indices < start + size)
            if inside.any():
                units = torch.from_numpy(mask.indices[inside] - start)
                clamp = Clamp(cell, units, torch.from_numpy(mask.values[inside]), mask.site, adapter)
                stack.enter_context(_replaced_forward(cell.module, clamp))
            start += size
        yield model


def neurons_of(model: nn.Module) -> Neurons:
    """The neurons of a loaded model, in the column order of its dumps.

    Raises:
        InputError: if its architecture has none that we know of.
    """
    return adapter_for(model).neurons


class Clamp:
    """A forward pass of one LSTM layer in which some units are constant.

    Holding unit j at v inside the recurrence is the same as zeroing column j of ``weight_hh``, adding
    ``weight_hh[:, j] * v`` to a gate bias and overwriting output j: the kernel does the loop, not Python.

    Args:
        cell: the layer.
        units: (n,) columns of its output.
        values: (n,).
        site: see ``Mask``.
        adapter: says where the final state goes.
    """

    def __init__(self, cell: Cell, units: Tensor, values: Tensor, site: Site, adapter: Adapter) -> None:
        self.module = cell.module
        self.recurrent = site == "recurrent"
        self.clamps_final_state = self.recurrent or adapter.hands_on_final_state
        size = cell.module.hidden_size * len(cell.blocks)
        self.clamped = torch.zeros(size, dtype=torch.bool).index_fill(0, units, True)  # (units,)
        self.values = torch.zeros(size).index_copy(0, units, values)  # (units,)
        # Called with other weights instead of the module's own, so that those are never touched.
        self.kernel = nn.LSTM(
            cell.module.input_size, cell.module.hidden_size, bidirectional=cell.module.bidirectional, device="meta"
        )

    def __call__(
        self, x: Union[Tensor, PackedSequence], start: Optional[Tuple[Tensor, Tensor]] = None
    ) -> Tuple[Union[Tensor, PackedSequence], Tuple[Tensor, Tensor]]:
        """``nn.LSTM.forward``: packed or (T, B, input) words, optional (h, c) -> words, (h, c)."""
        weights: Dict[str, Tensor] = dict(self.module.named_parameters())
        self._move_to(weights["weight_hh_l0"])
        if self.recurrent:
            for name, clamped, values in self._directions():
                columns = weights[f"weight_hh_{name}"]  # (4 H, H)
                weights[f"weight_hh_{name}"] = columns.masked_fill(clamped, 0.0)
                weights[f"bias_hh_{name}"] = weights[f"bias_hh_{name}"] + columns @ values
        self.kernel.train(self.module.training)
        output, (h, c) = functional_call(self.kernel, weights, (x, start))
        if isinstance(output, PackedSequence):
            output = output._replace(data=torch.where(self.clamped, self.values, output.data))
        else:
            output = torch.where(self.clamped, self.values, output)
        if self.clamps_final_state:
            directions = h.size(0)
            clamped, values = self.clamped.view(directions, 1, -1), self.values.view(directions, 1, -1)
            h = torch.where(clamped, values, h)
        return output, (h, c)

    def _directions(self) -> List[Tuple[str, Tensor, Tensor]]:
        names = ["l0", "l0_reverse"] if self.module.bidirectional else ["l0"]
        return list(zip(names, self.clamped.chunk(len(names)), self.values.chunk(len(names))))

    def _move_to(self, weight: Tensor) -> None:
        self.clamped = self.clamped.to(weight.device)
        self.values = self.values.to(weight)


@contextmanager
def _replaced_forward(module: nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    if "forward" in vars(module):
        raise InputError("This model is masked already: leave the first mask before entering another.")
    module.forward = forward
    try:
        yield
    finally:
        del module.forward
