"""Architectures ``lstm_dalvi2019`` and ``lstm_dalvi2019_joint``: the paper's translation models."""

from dataclasses import dataclass, field
from typing import Optional, Tuple

from fairseq.dataclass import FairseqDataclass
from fairseq.models import FairseqEncoderDecoderModel, register_model
from fairseq.models.lstm import LSTMDecoder
from fairseq.tasks import FairseqTask
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.models.bidirectional_encoders import BidirectionalEncoder, JointEncoder, SeparateEncoder
from fairseq_neurons.plugin.models.decoder_sizes import check_shared_embedding, out_embed_dim_of


@dataclass
class LSTMDalvi2019Config(FairseqDataclass):
    """Sizes of the paper's translation model: 2 layers, 500-dimensional embeddings and states ("Neural Models")."""

    encoder_embed_dim: int = field(default=500, metadata={"help": "encoder embedding dimension"})
    encoder_hidden_size: int = field(default=500, metadata={"help": "encoder hidden size of each direction"})
    encoder_layers: int = field(default=2, metadata={"help": "number of encoder layers"})
    decoder_embed_dim: int = field(default=500, metadata={"help": "decoder embedding dimension"})
    decoder_hidden_size: int = field(default=500, metadata={"help": "decoder hidden size"})
    decoder_layers: int = field(default=2, metadata={"help": "number of decoder layers (must equal the encoder's)"})
    decoder_out_embed_dim: Optional[int] = field(
        default=None, metadata={"help": "decoder output embedding dimension (default: the decoder's hidden size)"}
    )
    share_decoder_input_output_embed: bool = field(
        default=False, metadata={"help": "share decoder input and output embeddings"}
    )
    dropout: float = field(default=0.3, metadata={"help": "dropout probability"})


@dataclass
class LSTMDalvi2019JointConfig(LSTMDalvi2019Config):
    """The same sizes; fairseq needs a separate config class for each registered model."""


class RecurrentTranslationModel(FairseqEncoderDecoderModel):
    """One of our bidirectional encoders with fairseq's attentional, input-feeding ``LSTMDecoder``."""

    encoder_class: type

    @classmethod
    def build_model(cls, cfg: LSTMDalvi2019Config, task: FairseqTask) -> "RecurrentTranslationModel":
        _check_sizes(cfg)
        encoder = cls.encoder_class(
            task.source_dictionary,
            embed_dim=cfg.encoder_embed_dim,
            hidden_size=cfg.encoder_hidden_size,
            num_layers=cfg.encoder_layers,
            dropout=cfg.dropout,
        )
        return cls(encoder, build_decoder(cfg, task, encoder))

    def forward(
        self, src_tokens: Tensor, src_lengths: Tensor, prev_output_tokens: Tensor
    ) -> Tuple[Tensor, Optional[Tensor]]:
        """(B, T) source, (B,) lengths, (B, S) shifted target -> scores (B, S, vocabulary) and attention."""
        encoder_out = self.encoder(src_tokens, src_lengths)
        return self.decoder(prev_output_tokens, encoder_out=encoder_out)


def build_decoder(cfg: LSTMDalvi2019Config, task: FairseqTask, encoder: BidirectionalEncoder) -> LSTMDecoder:
    """fairseq's decoder: attention (Luong et al. 2015), input feeding, started by the encoder's final states."""
    return LSTMDecoder(
        task.target_dictionary,
        embed_dim=cfg.decoder_embed_dim,
        hidden_size=cfg.decoder_hidden_size,
        out_embed_dim=out_embed_dim_of(cfg),
        num_layers=cfg.decoder_layers,
        dropout_in=cfg.dropout,
        dropout_out=cfg.dropout,
        encoder_output_units=encoder.output_units,
        share_input_output_embed=cfg.share_decoder_input_output_embed,
    )


def _check_sizes(cfg: LSTMDalvi2019Config) -> None:
    if cfg.encoder_layers != cfg.decoder_layers:
        raise InputError(
            f"--encoder-layers ({cfg.encoder_layers}) must equal --decoder-layers ({cfg.decoder_layers}): each "
            "decoder layer starts from the final state of its encoder layer."
        )
    check_shared_embedding(cfg.share_decoder_input_output_embed, cfg.decoder_embed_dim, out_embed_dim_of(cfg))


@register_model("lstm_dalvi2019", dataclass=LSTMDalvi2019Config)
class LSTMDalvi2019Model(RecurrentTranslationModel):
    """The authors' model: a separate stack for each direction, top outputs summed, input feeding."""

    encoder_class = SeparateEncoder


@register_model("lstm_dalvi2019_joint", dataclass=LSTMDalvi2019JointConfig)
class LSTMDalvi2019JointModel(RecurrentTranslationModel):
    """The same sizes with fairseq's encoder: upper layers read both directions, outputs concatenated."""

    encoder_class = JointEncoder
