"""Architecture ``lstm_lm_dalvi2019``: the paper's language model."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn.functional as F
from fairseq.data import Dictionary
from fairseq.dataclass import FairseqDataclass
from fairseq.models import FairseqIncrementalDecoder, FairseqLanguageModel, register_model
from fairseq.models.lstm import LSTM, Embedding, Linear
from fairseq.modules import FairseqDropout
from fairseq.tasks import FairseqTask
from omegaconf import II
from torch import Tensor, nn

from fairseq_neurons.plugin.models.decoder_sizes import check_shared_embedding, out_embed_dim_of

IncrementalState = Dict[str, Dict[str, Optional[Tensor]]]


@dataclass
class LSTMLanguageModelDalvi2019Config(FairseqDataclass):
    """Sizes of the paper's language model: 2 layers, 500-dimensional embeddings and states ("Neural Models")."""

    decoder_embed_dim: int = field(default=500, metadata={"help": "decoder embedding dimension"})
    decoder_hidden_size: int = field(default=500, metadata={"help": "decoder hidden size"})
    decoder_layers: int = field(default=2, metadata={"help": "number of decoder layers"})
    decoder_out_embed_dim: Optional[int] = field(
        default=None, metadata={"help": "decoder output embedding dimension (default: the decoder's hidden size)"}
    )
    share_decoder_input_output_embed: bool = field(
        default=False, metadata={"help": "share decoder input and output embeddings"}
    )
    dropout: float = field(default=0.3, metadata={"help": "dropout probability"})
    tokens_per_sample: int = II("task.tokens_per_sample")


class FusedLSTMDecoder(FairseqIncrementalDecoder):
    """Stacked single-layer ``nn.LSTM`` over whole sentences.

    Computes the same numbers as fairseq's ``LSTMDecoder`` without an encoder, which steps through time with
    ``LSTMCell``. No step needs attention here, so the fused kernel runs over time.
    """

    def __init__(self, dictionary: Dictionary, cfg: LSTMLanguageModelDalvi2019Config) -> None:
        super().__init__(dictionary)
        self.max_target_positions = cfg.tokens_per_sample
        self.embed_tokens = Embedding(len(dictionary), cfg.decoder_embed_dim, dictionary.pad())
        sizes = [cfg.decoder_embed_dim] + [cfg.decoder_hidden_size] * (cfg.decoder_layers - 1)
        self.layers = nn.ModuleList(LSTM(size, cfg.decoder_hidden_size) for size in sizes)
        self.dropout_module = FairseqDropout(cfg.dropout, module_name=self.__class__.__name__)
        out_embed_dim = out_embed_dim_of(cfg)
        self.additional_fc = (
            Linear(cfg.decoder_hidden_size, out_embed_dim) if out_embed_dim != cfg.decoder_hidden_size else None
        )
        self.fc_out = None if cfg.share_decoder_input_output_embed else Linear(out_embed_dim, len(dictionary))

    def forward(
        self,
        prev_output_tokens: Tensor,
        encoder_out: Optional[List[Tensor]] = None,
        incremental_state: Optional[IncrementalState] = None,
        src_lengths: Optional[Tensor] = None,
    ) -> Tuple[Tensor, None]:
        """(B, T) words -> scores (B, T, vocabulary) of the word that follows each."""
        x, extra = self.extract_features(prev_output_tokens, incremental_state)
        return self.output_layer(x), extra

    def extract_features(
        self, prev_output_tokens: Tensor, incremental_state: Optional[IncrementalState] = None
    ) -> Tuple[Tensor, None]:
        """(B, T) words -> (B, T, out_embed_dim); with an incremental state only the last word is read."""
        cached = self.get_incremental_state(incremental_state, "cached_state") if incremental_state else None
        if cached is not None:
            prev_output_tokens = prev_output_tokens[:, -1:]
        x = self.dropout_module(self.embed_tokens(prev_output_tokens)).transpose(0, 1)  # (T, B, E)
        hiddens, cells = [], []
        for i, layer in enumerate(self.layers):
            start = None if cached is None else (cached["hiddens"][i : i + 1], cached["cells"][i : i + 1])
            x, (h, c) = layer(x, start)  # (T, B, H)
            x = self.dropout_module(x)
            hiddens.append(h)
            cells.append(c)
        if incremental_state is not None:
            state: Dict[str, Optional[Tensor]] = {"hiddens": torch.cat(hiddens), "cells": torch.cat(cells)}
            self.set_incremental_state(incremental_state, "cached_state", state)
        x = x.transpose(0, 1)  # (B, T, H)
        if self.additional_fc is not None:
            x = self.dropout_module(self.additional_fc(x))
        return x, None

    def output_layer(self, features: Tensor) -> Tensor:
        if self.fc_out is None:
            return F.linear(features, self.embed_tokens.weight)
        return self.fc_out(features)

    def reorder_incremental_state(self, incremental_state: IncrementalState, new_order: Tensor) -> None:
        cached = self.get_incremental_state(incremental_state, "cached_state")
        if cached is not None:
            reordered: Dict[str, Optional[Tensor]] = {
                key: value.index_select(1, new_order) for key, value in cached.items() if value is not None
            }
            self.set_incremental_state(incremental_state, "cached_state", reordered)

    def max_positions(self) -> int:
        return self.max_target_positions


@register_model("lstm_lm_dalvi2019", dataclass=LSTMLanguageModelDalvi2019Config)
class LSTMLanguageModelDalvi2019(FairseqLanguageModel):
    """Two layers, unidirectional: 1,000 neurons at the paper's sizes."""

    @classmethod
    def build_model(cls, cfg: LSTMLanguageModelDalvi2019Config, task: FairseqTask) -> "LSTMLanguageModelDalvi2019":
        check_shared_embedding(cfg.share_decoder_input_output_embed, cfg.decoder_embed_dim, out_embed_dim_of(cfg))
        return cls(FusedLSTMDecoder(task.source_dictionary, cfg))
