"""The translation models ``lstm_dalvi2019`` and ``lstm_dalvi2019_joint``."""

from itertools import chain

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import input_layer, translation_adapter
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model


@register_adapter(LSTMDalvi2019Model)
def separate_directions(model: LSTMDalvi2019Model) -> Adapter:
    """Each direction is its own stack; columns go layer by layer, forward before backward."""
    encoder = model.encoder
    bottom = input_layer("encoder", encoder.embed_tokens, encoder.embed_tokens)
    forward = lstm_stack("encoder", encoder.fwd, ("fwd",), (bottom,), feeds_attention=True)
    backward = lstm_stack("encoder", encoder.bwd, ("bwd",), (bottom,), backwards=True, feeds_attention=True)
    return translation_adapter(model, bottom, tuple(chain(*zip(forward, backward))))


@register_adapter(LSTMDalvi2019JointModel)
def joint_directions(model: LSTMDalvi2019JointModel) -> Adapter:
    """Each layer computes both directions."""
    encoder = model.encoder
    bottom = input_layer("encoder", encoder.embed_tokens, encoder.embed_tokens)
    stack = lstm_stack("encoder", encoder.layers, ("fwd", "bwd"), (bottom,), feeds_attention=True)
    return translation_adapter(model, bottom, stack)
