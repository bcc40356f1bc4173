"""What can be done with each registered architecture, asked of a tiny model, as a table for docs/architectures.md."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

import torch
from fairseq.data import Dictionary
from fairseq.models import ARCH_MODEL_INV_REGISTRY, MODEL_REGISTRY
from fairseq.models.transformer_align import TransformerAlignModel

from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin import masked, recorded
from fairseq_neurons.plugin.architectures import Adapter, adapter_for
from fairseq_neurons.plugin.architectures.adapter import is_registered
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model
from tests.plugin import transformers
from tests.plugin.architectures import stock_lstms
from tests.plugin.conftest import batch, build, language_model_of, sentences

COLUMNS = ("`--arch`", "parts", "dumped by default", "mask sites", "decoder by target word", "fast search", "curve")


def align_model(dictionary: Dictionary) -> TransformerAlignModel:
    model = transformers.transformer(dictionary)
    alignment = Namespace(alignment_heads=1, alignment_layer=0, full_context_alignment=False)
    return TransformerAlignModel(model.encoder, model.decoder, alignment).eval()


BUILDERS: dict[str, Callable[[Dictionary], Any]] = {
    "lstm_dalvi2019": lambda words: build(LSTMDalvi2019Model, words),
    "lstm_dalvi2019_joint": lambda words: build(LSTMDalvi2019JointModel, words),
    "lstm_lm_dalvi2019": language_model_of,
    "lstm": stock_lstms.translation_model,
    "lstm_lm": stock_lstms.language_model,
    "transformer": transformers.transformer,
    "transformer_align": align_model,
    "transformer_lm": transformers.language_model,
}


def registered() -> list[str]:
    """The names of the models in fairseq's registry that have adapters, ours and fairseq's; not those of tests."""
    known = ("fairseq.", "fairseq_neurons.")
    return [n for n, kind in MODEL_REGISTRY.items() if is_registered(kind) and kind.__module__.startswith(known)]


def matrix(dictionary: Dictionary) -> str:
    """A table in Markdown, and below it the named variants."""
    rows = {name: row(name, adapter_for(BUILDERS[name](dictionary))) for name in BUILDERS}
    lines = [f"| {' | '.join(cells)} |" for cells in (COLUMNS, ["---"] * len(COLUMNS), *rows.values())]
    variants = {name: [arch for arch in ARCH_MODEL_INV_REGISTRY[name] if arch != name] for name in BUILDERS}
    named = [f"- `{name}`: {', '.join(f'`{arch}`' for arch in archs)}" for name, archs in variants.items() if archs]
    return "\n".join([*lines, "", "Their named variants:", "", *named]) + "\n"


def row(name: str, adapter: Adapter) -> list[str]:
    """The cells of one architecture."""
    translates = hasattr(adapter.model, "encoder")
    sites = list(dict.fromkeys(site for layer in adapter.layers for site in working_sites(adapter, layer)))
    by_target = any(layer.side == "target" for layer in adapter.layers)
    search = ("yes" if adapter.step_decoder() is not None else "no") if translates else "–"
    curve = "BLEU, perplexity" if translates else "perplexity"
    decoder = "yes" if by_target else "–"
    every, default = parts(adapter.all_neurons), parts(adapter.neurons)
    return [f"`{name}`", every, default, ", ".join(sites), decoder, search, curve]


def parts(neurons: Neurons) -> str:
    """The parts of each module: ``encoder in, heads, ffn, out``."""
    found: dict[str, dict[str, None]] = {}
    for block in neurons.blocks:
        found.setdefault(block.module, {})[block.part] = None
    return "; ".join(f"{module} {', '.join(of)}" for module, of in found.items())


def working_sites(adapter: Adapter, layer: Layer) -> Iterator[str]:
    """The sites of a layer; what is recorded under a mask there must have its value."""
    neurons = Neurons.of(layer.blocks)
    for site in layer.sites:
        with masked(adapter.model, Mask.of(neurons, [0], 0.25, site)), recorded(adapter.model, neurons) as recorder:
            sample = sample_for(adapter)
            with torch.no_grad():
                (adapter.read if layer.side == "source" else adapter.read_target)(sample["net_input"])
            states = recorder.take_sentences(sample)
        assert site == "context" or all((of_sentence[:, 0] == 0.25).all() for of_sentence in states)
        yield site


def sample_for(adapter: Adapter) -> dict[str, Any]:
    """A few sentences as the model's task collates them."""
    left = hasattr(adapter.model, "encoder")
    tokens, lengths = batch(sentences(seed=91, count=3), left_pad=left)
    previous, _ = batch([[2, *line[:-1]] for line in sentences(seed=92, count=3)], left_pad=False)
    net_input = {"src_tokens": tokens, "src_lengths": lengths}
    return {"id": torch.arange(3), "net_input": {**net_input, **({"prev_output_tokens": previous} if left else {})}}
