"""fairseq's own ``lstm`` and ``lstm_lm``, and their variants."""

from functools import partial

from fairseq.models.lstm import LSTMModel
from fairseq.models.lstm_lm import LSTMLanguageModel

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.lstm_layer import lstm_stack
from fairseq_neurons.plugin.architectures.lstm_models import LanguageModelLSTMAdapter, TranslationLSTMAdapter
from fairseq_neurons.plugin.architectures.split_lstm import fused_cells_of, split_of


@register_adapter(LSTMModel)
def fairseq_lstm(model: LSTMModel) -> Adapter:
    """Each layer computes both directions or, unless the encoder is bidirectional, the forward one."""
    stacked = model.encoder.lstm
    split = split_of(stacked)
    parts = ("fwd", "bwd") if stacked.bidirectional else ("fwd",)
    return TranslationLSTMAdapter(
        model, lstm_stack("encoder", split.layers, parts, running=partial(split.used, stacked))
    )


@register_adapter(LSTMLanguageModel)
def fairseq_lstm_lm(model: LSTMLanguageModel) -> Adapter:
    """One direction."""
    decoder = model.decoder
    if decoder.residuals:
        raise InputError("Language models trained with --residuals have no neurons that can be dumped or masked.")
    cells = fused_cells_of(decoder)
    running = partial(cells.used, decoder)
    return LanguageModelLSTMAdapter(
        model, lstm_stack("decoder", cells.layers, ("fwd",), starts_decoder=False, running=running)
    )
