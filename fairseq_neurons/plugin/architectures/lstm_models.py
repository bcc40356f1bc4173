"""What the translation models, and the language models, made of LSTMs have in common, ours and fairseq's."""

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from torch import Tensor, nn

from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures.adapter import Adapter
from fairseq_neurons.plugin.architectures.decoder_layer import decoder_layers
from fairseq_neurons.plugin.architectures.input_layer import InputLayer
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.decoding.forced_decoding import forced_log_probs, predicted_log_probs
from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder, can_share, retains_dropout, unsupported_in


@dataclass(frozen=True, eq=False)
class TranslationLSTMAdapter(Adapter):
    """A model with an encoder of LSTMs and fairseq's ``LSTMDecoder``; a dump has the encoder's hidden states."""

    default_states: str = "encoder.*.?wd"

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.encoder(net_input["src_tokens"], net_input["src_lengths"])

    def read_target(self, net_input: Dict[str, Any]) -> object:
        return self.model.decoder.extract_features(net_input["prev_output_tokens"], self.read(net_input))

    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        decoder = self.model.decoder
        if can_share(decoder) or retains_dropout(decoder):  # the latter is refused
            return forced_log_probs(self.model, sample)
        return super().log_probs(sample)

    def step_decoder(self) -> Optional[SharedDecoder]:
        return SharedDecoder(self.model.decoder) if can_share(self.model.decoder) else None

    def unsupported_in_search(self) -> str:
        return unsupported_in(self.model.decoder)


@dataclass(frozen=True, eq=False)
class LanguageModelLSTMAdapter(Adapter):
    """A decoder of LSTMs; a dump has its hidden states."""

    default_states: str = "decoder.*.fwd"

    def read(self, net_input: Dict[str, Any]) -> object:
        """Everything but the output layer over the vocabulary."""
        return self.model.decoder.extract_features(net_input["src_tokens"])

    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        if getattr(self.model.decoder, "adaptive_softmax", None) is not None:
            return super().log_probs(sample)
        return predicted_log_probs(self.model, sample)


def input_layer(module: str, embedded: nn.Module, embedding: nn.Embedding) -> InputLayer:
    """What the bottom layer of an encoder, or of a language model, reads.

    Args:
        module: ``encoder`` or ``decoder``.
        embedded: returns the embedded words.
        embedding: of the words.
    """
    return InputLayer(embedded, (Block(module, 0, "in", embedding.embedding_dim),))


def translation_adapter(model: Any, bottom: InputLayer, stack: Tuple[Layer, ...]) -> TranslationLSTMAdapter:
    """The layers of both sides.

    Args:
        model: has fairseq's ``LSTMDecoder``.
        bottom: what the encoder's bottom layer reads.
        stack: of the encoder.
    """
    return TranslationLSTMAdapter(model, (bottom, *stack, *decoder_layers(model.decoder, stack)))
