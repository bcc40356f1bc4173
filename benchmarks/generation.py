"""Masked against unmasked generation, dumping against not dumping, ``extract`` against the encoder alone.

python -m benchmarks.generation CHECKPOINT DATA [--subset test] [--rounds 5]
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.timing import paired, report
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of, recorded
from fairseq_neurons.plugin.checkpoints import Loaded, load_checkpoint
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import batches_of, load_subset
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.extraction import dump_batches, read_side, run_layers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("data")
    parser.add_argument("--subset", default="test")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    loaded = load_checkpoint(options.checkpoint, options.data)
    dataset = load_subset(loaded.task, options.subset)
    samples = [dataset.collater([dataset[int(i)] for i in b]) for b in batches_of(loaded, dataset, 4000)]
    words = sum(int(sample["net_input"]["src_lengths"].sum()) for sample in samples)
    print(f"{len(dataset)} sentences, {words} source positions, {neurons_of(loaded.model)}")
    print(f"{torch.get_num_threads()} threads")
    masking(loaded, samples, options.rounds)
    dumping(loaded, samples, options.rounds)
    extraction(loaded, samples, words, options.rounds)


def generate(loaded: Loaded, samples: list[dict], after: Callable[[dict], None] = lambda sample: None) -> int:
    """Beam search over all batches; returns the number of generated words."""
    generator = loaded.task.build_generator([loaded.model], argparse.Namespace(beam=5))
    made = 0
    for sample in samples:
        made += sum(len(found[0]["tokens"]) for found in loaded.task.inference_step(generator, [loaded.model], sample))
        after(sample)
    return made


def masking(loaded: Loaded, samples: list[dict], rounds: int) -> None:
    """Mask with (approximately) the neurons' means: output lengths stay similar, so that times can be compared."""
    neurons = neurons_of(loaded.model)
    chosen = np.arange(0, len(neurons), 10)
    with recorded(loaded.model) as recorder:
        run_layers(loaded.model, samples[0])
        means = np.concatenate(recorder.take_sentences(samples[0])).mean(axis=0)
    lengths = {}

    def run_masked() -> None:
        with masked(loaded.model, Mask.of(neurons, chosen, "mean", means=means)):
            lengths["masked"] = generate(loaded, samples)

    def run_free() -> None:
        lengths["free"] = generate(loaded, samples)

    ours, peer, ratios = paired(run_masked, run_free, rounds)
    per_word = [ratio * lengths["free"] / lengths["masked"] for ratio in ratios]
    report("masked / unmasked generation", ours, peer, ratios)
    report(f"  per word ({lengths['masked']} and {lengths['free']} words)", ours, peer, per_word)

    def encode_masked() -> None:
        with masked(loaded.model, Mask.of(neurons, chosen, "mean", means=means)):
            encode(loaded, samples)

    report("masked / unmasked encoder alone", *paired(encode_masked, lambda: encode(loaded, samples), rounds * 3))


def encode(loaded: Loaded, samples: list[dict]) -> None:
    """The encoder alone."""
    for sample in samples:
        run_layers(loaded.model, sample)


def dumping(loaded: Loaded, samples: list[dict], rounds: int) -> None:
    """Generation with and without a dump, as in the task."""
    dataset = next(iter(loaded.task.datasets.values()))
    kept = np.concatenate([sample["id"].numpy() for sample in samples])

    def run_dumping() -> None:
        with tempfile.TemporaryDirectory() as folder, recorded(loaded.model) as recorder:
            sentences = sentences_of(dataset, loaded.task.source_dictionary)
            with Dump(Path(folder) / "a", sentences, kept, recorder, Provenance("", "", "")) as dump:
                generate(loaded, samples, dump.add)

    report("dumping / not dumping", *paired(run_dumping, lambda: generate(loaded, samples), rounds))


def extraction(loaded: Loaded, samples: list[dict], words: int, rounds: int) -> None:
    """Everything that ``extract`` does after loading the model, against the encoder alone on prepared batches."""
    dataset = next(iter(loaded.task.datasets.values()))

    def run_extract() -> None:
        with tempfile.TemporaryDirectory() as folder, recorded(loaded.model) as recorder:
            sentences = sentences_of(dataset, loaded.task.source_dictionary)
            source = read_side(dataset, loaded.task, "source")
            batches = batches_of(loaded, source, 4000)
            kept = np.concatenate(batches)
            with Dump(Path(folder) / "a", sentences, kept, recorder, Provenance("", "", "")) as dump:
                dump_batches(loaded, source, batches, dump)

    ours, peer, ratios = paired(run_extract, lambda: encode(loaded, samples), rounds * 3)
    report("extract / bare encoder", ours, peer, ratios)
    print(f"  words/s: {words / ours:.0f} / {words / peer:.0f}, {peer / ours:.2f} of the rate of the encoder alone")


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"{time.perf_counter() - start:.0f} s")
