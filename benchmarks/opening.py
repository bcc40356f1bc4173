"""Checksums of a large dump: what they add to opening and to writing it, and how long verifying takes.

python -m benchmarks.opening [--words 125000] [--neurons 2000] [--rounds 20]

A dump is opened as it is and without the checksums of its manifest, as in earlier versions; first from the memory of
the system, then from the disk, with the file dropped from that memory before each opening.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.timing import paired, report
from fairseq_neurons.activations import Activations, ActivationWriter, Manifest
from fairseq_neurons.activations.dump_checksums import SentenceDigests
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.storage.disk_space import human_bytes

SENTENCE = 20


def write(out: Path, words: int, neurons: int) -> None:
    """The same rows again and again: writing them costs nothing but the writing."""
    shutil.rmtree(out, ignore_errors=True)
    rows = np.random.default_rng(1).normal(size=(SENTENCE, neurons)).astype(np.float32)
    blocks = Neurons.of([Block("encoder", 0, "fwd", neurons)])
    manifest = Manifest(neurons=blocks, words=words, sentences=words // SENTENCE, dtype="float32")
    with ActivationWriter(out, manifest, np.arange(0, words + 1, SENTENCE)) as writer:
        for sentence in range(manifest.sentences):
            writer.write(sentence, rows)
        writer.commit([" ".join(["word"] * SENTENCE)] * manifest.sentences)


def without_checksums(dump: Path, out: Path) -> Path:
    """The same files, linked, with a manifest of an earlier version."""
    shutil.copytree(dump, out, copy_function=os.link)
    content = json.loads((dump / "manifest.json").read_text())
    (out / "manifest.json").unlink()
    kept = {name: value for name, value in content.items() if name not in ("sha256", "checksum")}
    (out / "manifest.json").write_text(json.dumps(kept))
    return out


def opening(dump: Path, cold: bool, often: int) -> Callable[[], None]:
    """Open a dump some times."""

    def open_it() -> None:
        for _ in range(often):
            if cold:
                with open(dump / "activations.npy", "rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            Activations(dump)

    return open_it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=125_000)
    parser.add_argument("--neurons", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        write(dump, options.words, options.neurons)
        earlier = without_checksums(dump, Path(folder) / "earlier")
        print(f"{options.words} words x {options.neurons} neurons, {human_bytes(Activations(dump).manifest.bytes)}")
        for cold, often in ((False, 20), (True, 1)):
            what = f"opening {often} times, from {'the disk' if cold else 'memory'}, with / without checksums"
            report(what, *paired(opening(dump, cold, often), opening(earlier, cold, often), options.rounds))
        start = time.perf_counter()
        Activations(dump).verify()
        print(f"verifying: {time.perf_counter() - start:.2f} s")
        shutil.rmtree(earlier)
        shutil.rmtree(dump)

        def write_without() -> None:
            with patch.object(SentenceDigests, "add", lambda *arguments: None):
                write(dump, options.words, options.neurons)

        both = paired(lambda: write(dump, options.words, options.neurons), write_without, 2)
        report("writing, with / without the checksum of all values", *both)


if __name__ == "__main__":
    main()
