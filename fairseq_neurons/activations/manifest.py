"""``manifest.json``: what a dump contains and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from fairseq_neurons.activations.dump_checksums import Checksums
from fairseq_neurons.activations.pooling import pooling_choices
from fairseq_neurons.activations.subwords import SUBWORDS
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.storage.json_fields import read_object
from fairseq_neurons.storage.json_records import read_record, record_to_json
from fairseq_neurons.storage.sealed_json import sealed

# Format 1 calls the part of a block its direction.
FORMAT = 2
DTYPES = ("float16", "float32")
SIDES = ("source", "target")


class UnknownChoice(InputError):
    """A field has none of its values."""


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
        side: what the words are: ``source`` or ``target`` of a translation; a language model reads a source alone.
        checkpoint_sha256: of the checkpoint file; empty if it is not known.
        data: the data folder or text file.
        subset: of the data folder; empty for a text file.
        mask: the signature of the mask under which the dump was made; empty for none.
        versions: of the software that wrote it.
        unknown: words that the dictionary lacks, or of which it lacks a subword; None in dumps of earlier versions.
        dictionary_sha256: of the dictionary's symbols in their order; empty in dumps of earlier versions.
        sha256: checksums of the other files; None in dumps of earlier versions.
    """

    neurons: Neurons
    words: int
    sentences: int
    skipped: int = 0
    dtype: str
    pooling: str = "last"
    subwords: str = "words"
    eos: bool = False
    side: str = "source"
    checkpoint_sha256: str = ""
    data: str = ""
    subset: str = ""
    mask: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    unknown: int | None = None
    dictionary_sha256: str = ""
    sha256: Checksums | None = None

    def __post_init__(self) -> None:
        for name, value, choices in (
            ("dtype", self.dtype, DTYPES),
            ("pooling", self.pooling, pooling_choices()),
            ("subwords", self.subwords, SUBWORDS),
            ("side", self.side, SIDES),
        ):
            if value not in choices:
                raise UnknownChoice(
                    f"{name}={value} cannot be dumped: choose {', '.join(choices[:-1])} or {choices[-1]}."
                )

    @property
    def bytes(self) -> int:
        """Size of the array on disk."""
        return self.words * self.row_bytes

    @property
    def row_bytes(self) -> int:
        """Size of the row of a word."""
        return len(self.neurons) * (2 if self.dtype == "float16" else 4)

    def to_json(self) -> str:
        content = sealed({"format": FORMAT, **record_to_json(self)})
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read and check ``manifest.json``.

        Raises:
            InputError: if the file is not a manifest, is damaged, or has a newer format.
        """
        content = read_object(path, "manifest")
        if "format" not in content:
            raise InputError(f"{path} is not a manifest: its format is missing.")
        if (version := content.required("format", int)) > FORMAT:
            raise InputError(f"{path} has format {version}, this version reads up to {FORMAT}: update fairseq-neurons.")
        try:
            return read_record(cls, content)
        except UnknownChoice as error:
            raise content.damage(str(error).removesuffix(".")) from error
