"""A masked LSTM layer at the speed of the fused kernel."""

from typing import Dict, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits


class FusedMaskedLSTM:
    """The forward pass of an LSTM layer in which some units are constant.

    Setting unit j to v inside the recurrence is the same as zeroing column j of ``weight_hh``, adding
    ``weight_hh[:, j] * v`` to a gate bias and overwriting output j: the kernel does the loop, not Python.

    Args:
        module: a single-layer ``nn.LSTM``.
        units: masked at any site of `LSTMLayer`, at all words.
        starts_decoder: whether its final hidden state starts a decoder.
    """

    def __init__(self, module: nn.LSTM, units: MaskedUnits, starts_decoder: bool) -> None:
        self.module, self.units = module, units
        self.recurrent = units.site == "recurrent"
        self.masks_final_state = self.recurrent or starts_decoder
        # Called with other weights instead of the module's own, so that those are never touched.
        self.kernel = nn.LSTM(module.input_size, module.hidden_size, bidirectional=module.bidirectional, device="meta")

    def __call__(
        self, x: Union[Tensor, PackedSequence], start: Optional[Tuple[Tensor, Tensor]] = None
    ) -> Tuple[Union[Tensor, PackedSequence], Tuple[Tensor, Tensor]]:
        """``nn.LSTM.forward``: packed or (T, B, input) words, optional (h, c) -> words, (h, c)."""
        weights: Dict[str, Tensor] = dict(self.module.named_parameters())
        self.units.move_to(weights["weight_hh_l0"])
        if self.recurrent:
            for name, masked, values in self._directions():
                columns = weights[f"weight_hh_{name}"]  # (4 H, H)
                weights[f"weight_hh_{name}"] = columns.masked_fill(masked, 0.0)
                weights[f"bias_hh_{name}"] = weights[f"bias_hh_{name}"] + columns @ values
        self.kernel.train(self.module.training)
        output, (h, c) = functional_call(self.kernel, weights, (x, start))
        masked, values = self.units.masked, self.units.values
        if isinstance(output, PackedSequence):
            output = output._replace(data=torch.where(masked, values, output.data))
        else:
            output = torch.where(masked, values, output)
        if self.masks_final_state:
            directions = h.size(0)
            h = torch.where(masked.view(directions, 1, -1), values.view(directions, 1, -1), h)
        return output, (h, c)

    def _directions(self) -> List[Tuple[str, Tensor, Tensor]]:
        names = ["l0", "l0_reverse"] if self.module.bidirectional else ["l0"]
        return list(zip(names, self.units.masked.chunk(len(names)), self.units.values.chunk(len(names))))
