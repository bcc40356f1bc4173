"""The language model ``lstm_lm_dalvi2019``: the neurons of its decoder."""

from dataclasses import dataclass
from typing import Any, Dict

from torch import Tensor

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.decoding.forced_decoding import predicted_log_probs
from fairseq_neurons.plugin.models.language_model_lstm import LSTMLanguageModelDalvi2019


@dataclass(frozen=True, eq=False)
class LanguageModelLSTMAdapter(Adapter):
    """Decoder states, without the output layer over the vocabulary."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.decoder.extract_features(net_input["src_tokens"])

    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        return predicted_log_probs(self.model, sample)


@register_adapter(LSTMLanguageModelDalvi2019)
def language_model(model: LSTMLanguageModelDalvi2019) -> Adapter:
    """One direction."""
    return LanguageModelLSTMAdapter(model, lstm_stack("decoder", model.decoder.layers, ("fwd",), starts_decoder=False))
