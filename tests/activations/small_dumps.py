"""Small dumps written from arrays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from fairseq_neurons.activations import ActivationWriter, Manifest
from fairseq_neurons.neurons import Block, Neurons


def write_dump(
    out: Path,
    values: np.ndarray,
    dtype: str = "float32",
    sentences: list[list[str]] | None = None,
    neurons: Neurons | None = None,
    checkpoint: str = "",
) -> Path:
    """Write a dump with these rows, all in one sentence and one block by default."""
    sentences = sentences or [[f"w{i}" for i in range(len(values))]]
    offsets = np.concatenate([[0], np.cumsum([len(words) for words in sentences])])
    manifest = Manifest(
        neurons=neurons or Neurons.of([Block("encoder", 0, "fwd", values.shape[1])]),
        words=len(values),
        sentences=len(sentences),
        skipped=0,
        dtype=dtype,
        pooling="last",
        subwords="words",
        eos=False,
        checkpoint_sha256=checkpoint or out.name * 8,
        data="",
        subset="",
    )
    with ActivationWriter(out, manifest, offsets) as writer:
        for s in range(len(sentences)):
            writer.write(s, values[offsets[s] : offsets[s + 1]])
        writer.commit([" ".join(words) for words in sentences])
    return out


def forget_checksums(dump: Path) -> None:
    """Make a dump one of an earlier version, whose files can be changed."""
    path = dump / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in content.items() if name not in ("sha256", "checksum")}))


def write_empty_dump(out: Path) -> Path:
    """Write a dump of three neurons and no words, as another program may; ours refuses to."""
    out.mkdir()
    block = {"module": "encoder", "layer": 0, "part": "fwd", "size": 3}
    manifest = {"format": 2, "neurons": [block], "words": 0, "sentences": 0, "dtype": "float32"}
    (out / "manifest.json").write_text(json.dumps(manifest))
    np.save(out / "activations.npy", np.zeros((0, 3), dtype=np.float32))
    np.save(out / "offsets.npy", np.zeros(1, dtype=np.int64))
    (out / "words.txt").write_text("")
    return out
