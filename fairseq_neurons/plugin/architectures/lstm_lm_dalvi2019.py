"""The language model ``lstm_lm_dalvi2019``: the neurons of its decoder."""

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import LanguageModelLSTMAdapter
from fairseq_neurons.plugin.models.language_model_lstm import LSTMLanguageModelDalvi2019


@register_adapter(LSTMLanguageModelDalvi2019)
def language_model(model: LSTMLanguageModelDalvi2019) -> Adapter:
    """One direction."""
    return LanguageModelLSTMAdapter(model, lstm_stack("decoder", model.decoder.layers, ("fwd",), starts_decoder=False))
