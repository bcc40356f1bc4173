"""``manifest.json``: what a dump contains and where it came from."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from fairseq_neurons.activations.pooling import pooling_choices
from fairseq_neurons.activations.subwords import SUBWORDS
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.storage.files import read_text

# Format 1 calls the part of a block its direction.
FORMAT = 2
DTYPES = ("float16", "float32")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything about a dump except its numbers and words.

    A file may lack the fields with a default; another program need not write them.

    Args:
        neurons: the blocks, in column order.
        words: rows of ``activations.npy``.
        sentences: of the data set, including skipped ones.
        skipped: sentences without rows because they were too long for the model or the batches.
        dtype: ``float16`` or ``float32``.
        pooling: how the subwords of a word became one row (``none``: each is a row of its own).
        subwords: what the dictionary consists of: ``words``, ``bpe`` (``@@``) or ``sentencepiece`` (``▁``).
        eos: whether the end-of-sentence symbol has a row.
        checkpoint_sha256: of the checkpoint file; empty if it is not known.
        data: the data folder or text file.
        subset: of the data folder; empty for a text file.
        mask: the signature of the mask under which the dump was made; empty for none.
        versions: of the software that wrote it.
        unknown: words that the dictionary lacks, or of which it lacks a subword; None in dumps of earlier versions.
    """

    neurons: Neurons
    words: int
    sentences: int
    skipped: int = 0
    dtype: str
    pooling: str = "last"
    subwords: str = "words"
    eos: bool = False
    checkpoint_sha256: str = ""
    data: str = ""
    subset: str = ""
    mask: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    unknown: int | None = None

    def __post_init__(self) -> None:
        for name, value, choices in (
            ("dtype", self.dtype, DTYPES),
            ("pooling", self.pooling, pooling_choices()),
            ("subwords", self.subwords, SUBWORDS),
        ):
            if value not in choices:
                raise InputError(f"{name}={value} cannot be dumped: choose {', '.join(choices[:-1])} or {choices[-1]}.")

    @property
    def bytes(self) -> int:
        """Size of the array on disk."""
        return self.words * len(self.neurons) * (2 if self.dtype == "float16" else 4)

    def to_json(self) -> str:
        content = {**asdict(self), "neurons": self.neurons.to_json()}
        return json.dumps({"format": FORMAT, **content}, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read and check ``manifest.json``.

        Raises:
            InputError: if the file is not a manifest, is broken, or has a newer format.
        """
        try:
            content = json.loads(read_text(path, "manifest"))
        except json.JSONDecodeError as error:
            raise InputError(f"{path} is not a manifest: it is broken JSON at line {error.lineno}.") from error
        if not isinstance(content, dict) or not isinstance(content.get("format"), int):
            raise InputError(f"{path} is not a manifest: its format is missing.")
        if content["format"] > FORMAT:
            raise InputError(
                f"{path} has format {content['format']}, this version reads up to {FORMAT}: update fairseq-neurons."
            )
        return cls._from_fields(content, path)

    @classmethod
    def _from_fields(cls, content: dict[str, Any], path: Path) -> Manifest:
        types = {
            **dict.fromkeys(("words", "sentences", "skipped"), int),
            **dict.fromkeys(("dtype", "pooling", "subwords", "checkpoint_sha256", "data", "subset", "mask"), str),
            "eos": bool,
            "versions": dict,
        }
        needed = {item.name for item in fields(cls) if item.default is MISSING and item.default_factory is MISSING}
        given = {name: kind for name, kind in types.items() if name in content or name in needed}
        for name, kind in given.items():
            if type(content.get(name)) is not kind:
                raise InputError(f"{path} is a broken manifest: {name!r} is missing or not {kind.__name__}.")
        unknown = content.get("unknown")
        if type(unknown) not in (int, type(None)):
            raise InputError(f"{path} is a broken manifest: 'unknown' is not int.")
        neurons = Neurons.from_json(content.get("neurons", []), str(path))
        try:
            return cls(neurons=neurons, **{name: content[name] for name in given}, unknown=unknown)
        except InputError as error:
            raise InputError(f"{path} is a broken manifest: {error}") from error
