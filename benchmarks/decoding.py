"""Our beam search against fairseq's over the same weights in fairseq's own ``lstm``, and a profile of its time.

python -m benchmarks.decoding CHECKPOINT DATA [--subset test] [--beams 5,1,4] [--rounds 5]

The checkpoint is of ``lstm_dalvi2019_joint``, whose weights are those of fairseq's bidirectional ``lstm``.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter

import numpy as np
import torch
from fairseq.models.lstm import LSTMEncoder, LSTMModel
from fairseq.sequence_generator import SequenceGenerator
from torch.profiler import ProfilerActivity, profile

from benchmarks.timing import paired, report
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.checkpoints import Loaded, load_checkpoint
from fairseq_neurons.plugin.dataset_subsets import collated, load_subset
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel

FAIRSEQ_MAX_TOKENS = 12000  # the default of fairseq-generate
PARTS = {
    "matrix products": ("mm", "addmm", "addmm_", "bmm", "baddbmm", "mkldnn_rnn_layer", "matmul"),
    "log-softmax": ("_log_softmax",),
    "best words": ("amax", "topk", "gather", "isnan", "sort"),
    "gates, attention and norms": ("sigmoid_", "tanh_", "tanh", "mul", "addcmul", "_softmax", "native_layer_norm"),
    "copies and selections": ("copy_", "index_select", "index", "cat", "clone", "fill_", "_index_put_impl_"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("data")
    parser.add_argument("--subset", default="test")
    parser.add_argument("--beams", default="5,1,4")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    loaded = load_checkpoint(options.checkpoint, options.data)
    samples = collated(loaded, load_subset(loaded.task, options.subset), FAIRSEQ_MAX_TOKENS)
    stock = fairseq_lstm(loaded)
    sentences = sum(len(sample["id"]) for sample in samples)
    print(f"{sentences} sentences, {neurons_of(loaded.model)}, {torch.get_num_threads()} threads")
    for beam in map(int, options.beams.split(",")):
        compare(loaded, stock, samples, beam, options.rounds)
    compare_masked(loaded, samples)
    where_time_goes(loaded, samples)


def fairseq_lstm(loaded: Loaded) -> LSTMModel:
    """fairseq's ``lstm`` with the weights of a ``lstm_dalvi2019_joint``."""
    model = loaded.model
    assert isinstance(model, LSTMDalvi2019JointModel), "the checkpoint must be of lstm_dalvi2019_joint"
    ours = model.encoder
    encoder = LSTMEncoder(
        loaded.task.source_dictionary,
        embed_dim=ours.embed_tokens.embedding_dim,
        hidden_size=ours.hidden_size,
        num_layers=ours.num_layers,
        dropout_in=0,
        dropout_out=0,
        bidirectional=True,
    )
    encoder.embed_tokens.load_state_dict(ours.embed_tokens.state_dict())
    for i, layer in enumerate(ours.layers):
        for name, weight in layer.named_parameters():
            getattr(encoder.lstm, name.replace("_l0", f"_l{i}")).data.copy_(weight)
    return LSTMModel(encoder, model.decoder).eval()


def hypotheses(generator: SequenceGenerator, samples: list[dict]) -> list[list[dict]]:
    """All hypotheses of all sentences."""
    return [found for sample in samples for found in generator.generate([], sample)]


def compare(loaded: Loaded, stock: LSTMModel, samples: list[dict], beam: int, rounds: int) -> None:
    """Times and hypotheses of both searches."""
    dictionary = loaded.task.target_dictionary
    searches = SharedStatesGenerator([loaded.model], dictionary, beam), SequenceGenerator([stock], dictionary, beam)
    made: dict[int, list[list[dict]]] = {}

    def run(side: int) -> None:
        made[side] = hypotheses(searches[side], samples)

    ours, peer, ratios = paired(lambda: run(0), lambda: run(1), rounds)
    words = sum(len(found[0]["tokens"]) for found in made[0])
    report(f"beam {beam}: ours / fairseq's lstm", ours, peer, ratios)
    print(f"  {peer / ours:.2f} times its words/s: {words / ours:.0f} / {words / peer:.0f}")
    print(f"  {equal(made[0], made[1])} of {len(made[0])} n-best lists are equal, token for token", flush=True)


def equal(ours: list[list[dict]], theirs: list[list[dict]]) -> int:
    """How many sentences have the same hypotheses in the same order."""
    return sum(
        [h["tokens"].tolist() for h in found] == [h["tokens"].tolist() for h in expected]
        for found, expected in zip(ours, theirs, strict=True)
    )


def compare_masked(loaded: Loaded, samples: list[dict]) -> None:
    """Hypotheses of both searches under masks; fairseq's runs over our masked model, its own has none."""
    neurons, dictionary = neurons_of(loaded.model), loaded.task.target_dictionary
    for value, site, step in ((0.0, "recurrent", 10), (0.5, "output", 7)):
        with masked(loaded.model, Mask.of(neurons, np.arange(0, len(neurons), step), value, site)):
            found = [
                hypotheses(generator([loaded.model], dictionary, 5), samples)
                for generator in (SharedStatesGenerator, SequenceGenerator)
            ]
        print(f"masked, {site} at {value:g}: {equal(*found)} of {len(found[0])} n-best lists are equal", flush=True)


def where_time_goes(loaded: Loaded, samples: list[dict]) -> None:
    """Shares of CPU time by kind of operation."""
    generator = SharedStatesGenerator([loaded.model], loaded.task.target_dictionary, 5)
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        hypotheses(generator, samples)
    times: Counter[str] = Counter()
    for event in profiler.key_averages():
        name = event.key.removeprefix("aten::")
        times[next((part for part, names in PARTS.items() if name in names), "the rest")] += event.self_cpu_time_total
    print("beam 5: " + ", ".join(f"{part} {share / times.total():.0%}" for part, share in times.most_common()))


if __name__ == "__main__":
    main()
