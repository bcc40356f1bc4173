"""What is known of each architecture whose neurons can be dumped and masked, one file each."""

from fairseq_neurons.plugin.architectures.adapter import Adapter, adapter_for, find_adapter, register_adapter
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.padded_layer import PaddedLayer
from fairseq_neurons.plugin.architectures.word_rows import Batch

__all__ = [
    "Adapter",
    "Batch",
    "Layer",
    "MaskedUnits",
    "PaddedLayer",
    "adapter_for",
    "find_adapter",
    "register_adapter",
]
