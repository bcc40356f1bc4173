"""Apply a mask to a loaded model, where it can at the speed of the fused kernel, and take it away again."""

from contextlib import ExitStack, contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask, Site
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import Adapter, Cell, adapter_for
from fairseq_neurons.plugin.replaced_forward import replaced_forward
from fairseq_neurons.plugin.word_clamp import NotedBatch, WordClamp


@contextmanager
def masked(model: nn.Module, mask: Mask) -> Iterator[nn.Module]:
    """Hold the mask's neurons at their values while the context lasts.

    No parameter is changed, and on leaving, also by an exception, nothing of the mask is left. A mask at chosen words
    must be told of every batch before the model reads it: `note_batch`.

    Args:
        model: a loaded model of an architecture that has neurons.
        mask: for this model's neurons.

    Yields:
        The same model.

    Raises:
        InputError: if the mask is for other neurons, or the model is masked already.

    >>> with masked(loaded.model, Mask.of(neurons_of(loaded.model), [1902])):  # doctest: +SKIP
    ...     loaded.translate("test")
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
                values = torch.from_numpy(mask.values[inside])
                clamp: Callable[..., Any] = (
                    Clamp(cell, units, values, mask.site, adapter)
                    if mask.words is None
                    else WordClamp(cell, units, values, mask, adapter)
                )
                stack.enter_context(replaced_forward(cell.module, clamp))
            start += size
        yield model


def note_batch(model: nn.Module, sample: Dict[str, Any]) -> None:
    """Tell a mask at chosen words which sentences the model reads next; does nothing if there is no such mask.

    Args:
        model: masked or not.
        sample: as collated by fairseq, with ``id`` and ``net_input.src_lengths``.

    Raises:
        RuntimeError: if the sentences are not those of the data set in which the words were chosen.
    """
    forwards = (vars(module).get("forward") for module in model.modules())
    clamps = [forward for forward in forwards if isinstance(forward, WordClamp)]
    if clamps and "net_input" in sample:
        noted = NotedBatch.of(clamps[0].words, sample["id"], sample["net_input"]["src_lengths"])
        for clamp in clamps:
            clamp.noted = noted


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
