"""The translation models ``lstm_dalvi2019`` and ``lstm_dalvi2019_joint``: the neurons of their encoders."""

from itertools import chain

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import TranslationLSTMAdapter
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model


@register_adapter(LSTMDalvi2019Model)
def separate_directions(model: LSTMDalvi2019Model) -> Adapter:
    """Each direction is its own stack; columns go layer by layer, forward before backward."""
    forward = lstm_stack("encoder", model.encoder.fwd, ("fwd",))
    backward = lstm_stack("encoder", model.encoder.bwd, ("bwd",), backwards=True)
    return TranslationLSTMAdapter(model, tuple(chain(*zip(forward, backward))))


@register_adapter(LSTMDalvi2019JointModel)
def joint_directions(model: LSTMDalvi2019JointModel) -> Adapter:
    """Each layer computes both directions."""
    return TranslationLSTMAdapter(model, lstm_stack("encoder", model.encoder.layers, ("fwd", "bwd")))
