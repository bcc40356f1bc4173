"""The dump on disk: write, open, word pooling."""

from fairseq_neurons.activations.manifest import Manifest
from fairseq_neurons.activations.reader import Activations
from fairseq_neurons.activations.writer import ActivationWriter

__all__ = ["ActivationWriter", "Activations", "Manifest"]
