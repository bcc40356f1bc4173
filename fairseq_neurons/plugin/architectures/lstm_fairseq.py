"""fairseq's own ``lstm`` and ``lstm_lm``, and their variants."""

from functools import partial

from fairseq.models.lstm import LSTMModel
from fairseq.models.lstm_lm import LSTMLanguageModel

from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.decoder_layer import decoder_layers
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import (
    LanguageModelLSTMAdapter,
    input_layer,
    translation_adapter,
)
from fairseq_neurons.plugin.architectures.split_lstm import fused_cells_of, split_of


@register_adapter(LSTMModel)
def fairseq_lstm(model: LSTMModel) -> Adapter:
    """Each layer computes both directions or, unless the encoder is bidirectional, the forward one."""
    encoder = model.encoder
    split = split_of(encoder.lstm)
    bottom = input_layer("encoder", encoder.dropout_in_module, encoder.embed_tokens)
    stack = lstm_stack(
        "encoder",
        split.layers,
        ("fwd", "bwd") if encoder.bidirectional else ("fwd",),
        (bottom,),
        feeds_attention=model.decoder.attention is not None,
        running=partial(split.used, encoder.lstm),
    )
    return translation_adapter(model, bottom, stack)


@register_adapter(LSTMLanguageModel)
def fairseq_lstm_lm(model: LSTMLanguageModel) -> Adapter:
    """One direction; with residual connections between the layers, it is stepped through."""
    decoder = model.decoder
    if decoder.residuals:
        return LanguageModelLSTMAdapter(model, decoder_layers(decoder, (), side="source"))
    cells = fused_cells_of(decoder)
    running = partial(cells.used, decoder)
    bottom = input_layer("decoder", decoder.dropout_in_module, decoder.embed_tokens)
    stack = lstm_stack("decoder", cells.layers, ("fwd",), (bottom,), starts_decoder=False, running=running)
    return LanguageModelLSTMAdapter(model, (bottom, *stack))
