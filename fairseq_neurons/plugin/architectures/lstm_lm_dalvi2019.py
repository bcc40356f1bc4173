"""The language model ``lstm_lm_dalvi2019``."""

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import LanguageModelLSTMAdapter, input_layer
from fairseq_neurons.plugin.models.language_model_lstm import LSTMLanguageModelDalvi2019


@register_adapter(LSTMLanguageModelDalvi2019)
def language_model(model: LSTMLanguageModelDalvi2019) -> Adapter:
    """One direction."""
    decoder = model.decoder
    bottom = input_layer("decoder", decoder.embed_tokens, decoder.embed_tokens)
    stack = lstm_stack("decoder", decoder.layers, ("fwd",), (bottom,), starts_decoder=False)
    return LanguageModelLSTMAdapter(model, (bottom, *stack))
