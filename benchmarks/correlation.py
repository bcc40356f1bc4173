"""Cross-model correlation: its share of the rate of the matrix products, against ``np.corrcoef``, and its memory.

python -m benchmarks.correlation [--words 100000] [--neurons 1000] [--rounds 3] [--dtype float16]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.timing import paired, peak_memory, report
from fairseq_neurons.activations import ActivationWriter, Manifest
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings.cross_model import correlate

SENTENCE = 20


def write_random(out: Path, words: int, neurons: int, seed: int, dtype: str) -> None:
    """Write a dump whose states are partly shared between models, so that neurons correlate."""
    generator = np.random.default_rng(seed)
    mixing = generator.normal(size=(50, neurons)).astype(np.float32)
    manifest = Manifest(
        neurons=Neurons.of([Block("encoder", 0, "fwd", neurons)]),
        words=words,
        sentences=words // SENTENCE,
        skipped=0,
        dtype=dtype,
        pooling="last",
        subwords="words",
        eos=False,
        checkpoint_sha256=str(seed) * 64,
        data="random",
        subset="",
    )
    with ActivationWriter(out, manifest, np.arange(0, words + 1, SENTENCE)) as writer:
        for s in range(words // SENTENCE):
            shared = np.random.default_rng(s).normal(size=(SENTENCE, 50)).astype(np.float32)
            noise = generator.normal(size=(SENTENCE, neurons)).astype(np.float32)
            writer.write(s, np.tanh(shared @ mixing * 0.1 + noise))
        writer.commit([" ".join(f"w{s}.{i}" for i in range(SENTENCE)) for s in range(words // SENTENCE)])


def corrcoef(paths: list[Path]) -> np.ndarray:
    """The peer: the target with every other model, in plain numpy."""
    ours, *others = [np.load(path / "activations.npy") for path in paths]
    size = ours.shape[1]
    matches = [np.corrcoef(ours, other, rowvar=False)[:size, size:].max(axis=1) for other in others]
    return np.max(matches, axis=0)


def products(dumps: list[Path], rounds: int) -> None:
    """Compare with the float32 products of the same size, in memory: the part that is unavoidable."""
    ours, *others = [np.load(path / "activations.npy").astype(np.float32) for path in dumps]
    operations = sum(2 * ours.size * other.shape[1] for other in others)
    took, bare, ratios = paired(lambda: correlate(dumps), lambda: [ours.T @ other for other in others], rounds)
    report("correlate / bare float32 products", took, bare, ratios)
    low, share, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"share of the rate of the products {1 / share:.2f} (min {1 / high:.2f}, max {1 / low:.2f}): ", end="")
    print(f"{operations / took / 1e9:.0f} of {operations / bare / 1e9:.0f} Gflop/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--neurons", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtype", choices=["float16", "float32"], default="float32")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = (options.words // 2, options.words, options.words * 2)
        paths = {words: [Path(folder) / f"{words}-{seed}" for seed in (1, 2, 3)] for words in sizes}
        for words, dumps in paths.items():
            for seed, dump in enumerate(dumps, start=1):
                write_random(dump, words, options.neurons, seed, options.dtype)
        dumps = paths[options.words]
        scores = correlate(dumps)
        difference = np.abs(scores.scores - corrcoef(dumps)[scores.order]).max()
        print(f"3 models x {options.neurons} neurons x {options.words} words, {options.dtype}")
        print(f"largest difference of a score {difference:.1e}")
        products(dumps, options.rounds)
        ours, peer, ratios = paired(lambda: correlate(dumps), lambda: corrcoef(dumps), options.rounds)
        report("correlate / np.corrcoef", ours, peer, ratios)
        for words, dumps in paths.items():
            code = f"from fairseq_neurons.rankings.cross_model import correlate; correlate({[str(d) for d in dumps]!r})"
            print(f"peak memory at {words} words: {peak_memory(code):.0f} MiB")


if __name__ == "__main__":
    main()
