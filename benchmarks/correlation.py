"""Cross-model correlation against ``np.corrcoef`` on the same arrays, and its memory as the words grow.

python -m benchmarks.correlation [--words 100000] [--neurons 1000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.timing import paired, peak_memory, report
from fairseq_neurons.activations import Activations, ActivationWriter, Manifest
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings.crossmodel import correlate

SENTENCE = 20


def write_random(out: Path, words: int, neurons: int, seed: int) -> None:
    """A dump of states that models share in part, so that there is something to find."""
    generator = np.random.default_rng(seed)
    mixing = generator.normal(size=(50, neurons)).astype(np.float32)
    manifest = Manifest(
        neurons=Neurons.of([Block("encoder", 0, "fwd", neurons)]),
        words=words,
        sentences=words // SENTENCE,
        skipped=0,
        dtype="float32",
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
    """The peer: every pair of models with the target, as one would write it with numpy."""
    ours, *others = [np.load(path / "activations.npy") for path in paths]
    size = ours.shape[1]
    matches = [np.corrcoef(ours, other, rowvar=False)[:size, size:].max(axis=1) for other in others]
    return np.max(matches, axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--neurons", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = (options.words // 2, options.words, options.words * 2)
        paths = {words: [Path(folder) / f"{words}-{seed}" for seed in (1, 2, 3)] for words in sizes}
        for words, dumps in paths.items():
            for seed, dump in enumerate(dumps, start=1):
                write_random(dump, words, options.neurons, seed)
        dumps = paths[options.words]
        scores = correlate(dumps)
        difference = np.abs(scores.scores - corrcoef(dumps)[scores.order]).max()
        print(f"3 models x {options.neurons} neurons x {options.words} words; largest difference {difference:.1e}")
        ours, peer, ratios = paired(lambda: correlate(dumps), lambda: corrcoef(dumps), options.rounds)
        report("correlate / np.corrcoef", ours, peer, ratios)
        product(Activations(dumps[0]), Activations(dumps[1]), options.rounds, ours)
        for words, dumps in paths.items():
            code = f"from fairseq_neurons.rankings.crossmodel import correlate; correlate({[str(d) for d in dumps]!r})"
            print(f"peak memory at {words} words: {peak_memory(code):.0f} MiB")


def product(left: Activations, right: Activations, rounds: int, ours: float) -> None:
    """The bare float32 matrix product of the same size, in memory: the part that cannot be saved."""
    a, b = np.array(left.values), np.array(right.values)
    seconds, _, _ = paired(lambda: (a.T @ b, a.T @ b), lambda: None, rounds)
    print(f"bare products alone: {seconds:.3f} s, {seconds / ours:.2f} of correlate")


if __name__ == "__main__":
    main()
