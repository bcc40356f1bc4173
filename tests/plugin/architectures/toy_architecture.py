"""An architecture outside the package: squashed word embeddings, and a decoder that reads their sum."""

from __future__ import annotations

from fairseq.dataclass import FairseqDataclass
from fairseq.models import FairseqDecoder, FairseqEncoder, FairseqEncoderDecoderModel, register_model
from torch import nn

from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures import Adapter, PaddedLayer, register_adapter

SIZE = 6


class ToyEncoder(FairseqEncoder):
    def __init__(self, dictionary):
        super().__init__(dictionary)
        self.embed, self.squash = nn.Embedding(len(dictionary), SIZE), nn.Tanh()

    def forward(self, src_tokens, src_lengths):
        states = self.squash(self.embed(src_tokens.t()))  # (T, B, C), padded on the side on which the source is
        return (states * src_tokens.t().ne(self.dictionary.pad()).unsqueeze(2)).sum(0)

    def reorder_encoder_out(self, encoder_out, new_order):
        return encoder_out.index_select(0, new_order)


class ToyDecoder(FairseqDecoder):
    def __init__(self, dictionary):
        super().__init__(dictionary)
        self.embed, self.out = nn.Embedding(len(dictionary), SIZE), nn.Linear(SIZE, len(dictionary))

    def forward(self, prev_output_tokens, encoder_out=None):
        return self.out(self.embed(prev_output_tokens) + encoder_out.unsqueeze(1)), None


@register_model("toy", dataclass=FairseqDataclass)
class ToyModel(FairseqEncoderDecoderModel):
    @classmethod
    def build_model(cls, cfg, task):
        return cls(ToyEncoder(task.source_dictionary), ToyDecoder(task.target_dictionary))


class SquashedLayer(PaddedLayer):
    sites = ("output", "drive")  # a site of its own: what is squashed

    def masked(self, units):
        if units.site == "output":
            return super().masked(units)
        return self.module.register_forward_pre_hook(lambda module, inputs: units.overwrite(inputs[0]))


@register_adapter(ToyModel)
class ToyAdapter(Adapter):
    def __init__(self, model):
        super().__init__(model, (SquashedLayer(model.encoder.squash, (Block("encoder", 0, "squashed", SIZE),)),))

    def read(self, net_input):
        return self.model.encoder(**{name: net_input[name] for name in ("src_tokens", "src_lengths")})
