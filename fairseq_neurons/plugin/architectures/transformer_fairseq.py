"""fairseq's ``transformer``, ``transformer_align`` and ``transformer_lm``, and their variants."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple

import torch
from fairseq.models.transformer import TransformerModel, TransformerModelBase
from fairseq.models.transformer_align import TransformerAlignModel
from fairseq.models.transformer_lm import TransformerLanguageModel
from torch import Tensor, nn

from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures.adapter import Adapter, register_adapter
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.step_decoder import StepDecoder
from fairseq_neurons.plugin.architectures.transformer_layers import HeadStates, LayerOutput, ReadStates
from fairseq_neurons.plugin.decoding.forced_decoding import log_probs_of_targets
from fairseq_neurons.plugin.decoding.shared_transformer import SharedTransformer, unsupported_in
from fairseq_neurons.plugin.decoding.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class ScoringAdapter(Adapter):
    """What translation and language models have in common."""

    @torch.no_grad()
    def log_probs(self, sample: Dict[str, Any]) -> Tensor:
        """See `Adapter.log_probs`; where the output layer allows, those of all other words are not kept."""
        decoder = self.model.decoder
        output = decoder.output_projection
        if type(output) is not nn.Linear or output.weight.dtype != torch.float32:
            return super().log_probs(sample)
        features, _ = self.features(sample["net_input"])  # (B, S, out)
        vocabulary = Vocabulary(output.weight, output.bias)
        return log_probs_of_targets(features, sample["target"], vocabulary, decoder.padding_idx)

    @abstractmethod
    def features(self, net_input: Dict[str, Any]) -> Tuple[Tensor, Any]:
        """(B, S, out) what the output layer reads, of whole sentences, and what fairseq returns beside it."""


@dataclass(frozen=True, eq=False)
class TransformerAdapter(ScoringAdapter):
    """A translation model: the outputs of the encoder's layers are its default states."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.model.encoder(net_input["src_tokens"], src_lengths=net_input["src_lengths"])

    def read_target(self, net_input: Dict[str, Any]) -> object:
        return self.features(net_input)

    def features(self, net_input: Dict[str, Any]) -> Tuple[Tensor, Any]:
        """See `ScoringAdapter.features`."""
        encoder_out = self.read(net_input)
        found: Tuple[Tensor, Any] = self.model.decoder.extract_features(
            net_input["prev_output_tokens"], encoder_out=encoder_out
        )
        return found

    def step_decoder(self) -> Optional[StepDecoder[Any]]:
        decoder = self.model.decoder
        return None if unsupported_in(decoder) else SharedTransformer(decoder)

    def unsupported_in_search(self) -> str:
        return unsupported_in(self.model.decoder)


@dataclass(frozen=True, eq=False)
class TransformerLanguageModelAdapter(ScoringAdapter):
    """A language model: the outputs of its layers are its default states."""

    def read(self, net_input: Dict[str, Any]) -> object:
        return self.features(net_input)

    def features(self, net_input: Dict[str, Any]) -> Tuple[Tensor, Any]:
        """See `ScoringAdapter.features`."""
        found: Tuple[Tensor, Any] = self.model.decoder.extract_features(net_input["src_tokens"], encoder_out=None)
        return found


@register_adapter(TransformerModelBase, TransformerModel, TransformerAlignModel)
def transformer(model: TransformerModelBase) -> Adapter:
    """All parts of the encoder's and of the decoder's layers."""
    encoder = _stack("encoder", model.encoder.layers, "source", feeds_attention=True)
    decoder = _stack("decoder", model.decoder.layers, "target")
    return TransformerAdapter(model, encoder + decoder, "encoder.*.out")


@register_adapter(TransformerLanguageModel)
def transformer_lm(model: TransformerLanguageModel) -> Adapter:
    """All parts of its layers, which attend to no encoder."""
    return TransformerLanguageModelAdapter(model, _stack("decoder", model.decoder.layers, "source"), "decoder.*.out")


def _stack(module: str, modules: Iterable[Any], side: str, feeds_attention: bool = False) -> Tuple[Layer, ...]:
    """The parts of all layers, each after those it reads.

    Args:
        module: ``encoder`` or ``decoder``.
        modules: its layers, from the bottom.
        side: whose words they read.
        feeds_attention: whether a decoder's attention reads the output of the top layer.
    """
    layers = list(modules)
    size = layers[0].embed_dim
    found: List[Layer] = [ReadStates(layers[0], (Block(module, 0, "in", size),), (), side)]
    for i, layer in enumerate(layers):
        below = found[-1]
        for part, attention in (("heads", layer.self_attn), ("cross", getattr(layer, "encoder_attn", None))):
            if attention is not None:
                block = Block(module, i, part, attention.embed_dim)
                found.append(HeadStates(attention.out_proj, (block,), (found[-1],), side, attention))
        found.append(ReadStates(layer.fc2, (Block(module, i, "ffn", layer.fc2.in_features),), (found[-1],), side))
        attended = feeds_attention and i == len(layers) - 1
        found.append(LayerOutput(layer, (Block(module, i, "out", size),), (found[-1], below), side, attended))
    return tuple(found)
