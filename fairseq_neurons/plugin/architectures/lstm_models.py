"""What the translation models, and the language models, made of LSTMs have in common, ours and fairseq's."""

from dataclasses import dataclass
from typing import Any, Dict, Optional

from torch import Tensor

from fairseq_neurons.plugin.architectures.adapter import Adapter
from fairseq_neurons.plugin.decoding.forced_decoding import forced_log_probs, predicted_log_probs
from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder, can_share, retains_dropout, unsupported_in


@dataclass(frozen=True, eq=False)
class TranslationLSTMAdapter(Adapter):
    """Encoder states of a model with fairseq's ``LSTMDecoder``."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.encoder(net_input["src_tokens"], net_input["src_lengths"])

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
    """Decoder states, without the output layer over the vocabulary."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.decoder.extract_features(net_input["src_tokens"])

    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        if getattr(self.model.decoder, "adaptive_softmax", None) is not None:
            return super().log_probs(sample)
        return predicted_log_probs(self.model, sample)
