"""The translation models ``lstm_dalvi2019`` and ``lstm_dalvi2019_joint``: the neurons of their encoders."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, Dict, Optional

from torch import Tensor

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.decoding.forced_decoding import forced_log_probs
from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder, can_share
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model


@dataclass(frozen=True, eq=False)
class TranslationLSTMAdapter(Adapter):
    """Encoder states of either model; both have fairseq's ``LSTMDecoder``."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.encoder(net_input["src_tokens"], net_input["src_lengths"])

    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        return forced_log_probs(self.model, sample)

    def step_decoder(self) -> Optional[SharedDecoder]:
        return SharedDecoder(self.model.decoder) if can_share(self.model.decoder) else None


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
