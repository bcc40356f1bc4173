"""Dumps of activations: writing, reading, and pooling of subwords."""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

if TYPE_CHECKING:
    from fairseq_neurons.activations.manifest import Manifest
    from fairseq_neurons.activations.reader import Activations
    from fairseq_neurons.activations.writer import ActivationWriter

__all__ = ["ActivationWriter", "Activations", "Manifest"]

if not TYPE_CHECKING:  # a type checker would take every unknown name for an existing one
    __getattr__ = lazily(__name__, {"ActivationWriter": "writer", "Activations": "reader", "Manifest": "manifest"})
