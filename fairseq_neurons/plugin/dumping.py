"""Dump the recorded states of a data set, batch by batch, in whatever order the batches come."""

import logging
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, Optional, Sequence, Type

import numpy as np

from fairseq_neurons import __version__
from fairseq_neurons.activations import ActivationWriter, Manifest
from fairseq_neurons.activations.unknown_share import report_unknown
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.dataset_sentences import Sentences
from fairseq_neurons.plugin.known_dictionary import digest_of_dictionary
from fairseq_neurons.plugin.recording import Recorder

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Provenance:
    """Where a dump comes from, for its manifest."""

    checkpoint_sha256: str
    data: str
    subset: str
    mask: str = ""


class Dump:
    """A dump being written; it is complete, and gets its name, when the last sentence is added.

    Args:
        out: the folder to write.
        sentences: of the whole data set.
        kept: (kept sentences,) their indices; all other sentences are too long and have no rows.
        recorder: of the model that will read them.
        provenance: where the dump comes from.
        dtype: ``float16`` or ``float32``.
        pooling: ``last``, ``first``, ``mean`` or ``none``.
        eos: whether the end-of-sentence symbol has a row.
    """

    def __init__(
        self,
        out: Path,
        sentences: Sentences,
        kept: np.ndarray,
        recorder: Recorder,
        provenance: Provenance,
        dtype: str = "float32",
        pooling: str = "last",
        eos: bool = False,
    ) -> None:
        self.sentences, self.recorder = sentences, recorder
        self.pooling, self.eos = pooling, eos
        self.lines = [""] * sentences.count
        counts = np.zeros(sentences.count, dtype=np.int64)
        for i in kept.tolist():
            words = sentences.words(i, pooling, eos)
            self.lines[i] = _line_of(words, provenance)
            counts[i] = len(words)
        self.to_come = len(kept)
        unknown = sum(sentences.unknown(i, pooling) for i in kept.tolist())
        read = int(counts.sum()) - len(kept) * eos
        report_unknown(f"{provenance.data} {provenance.subset}".strip(), unknown, read)
        self._warn_of_unknown_subwords(kept)
        manifest = Manifest(
            neurons=recorder.neurons,
            words=int(counts.sum()),
            sentences=sentences.count,
            skipped=sentences.count - len(kept),
            dtype=dtype,
            pooling=pooling,
            subwords=sentences.subwords,
            eos=eos,
            side=recorder.side,
            checkpoint_sha256=provenance.checkpoint_sha256,
            data=provenance.data,
            subset=provenance.subset,
            mask=provenance.mask,
            versions=_versions(),
            unknown=unknown,
            dictionary_sha256=digest_of_dictionary(sentences.dictionary),
        )
        self.writer = ActivationWriter(out, manifest, np.concatenate([[0], np.cumsum(counts)]))

    def add(self, sample: Dict[str, Any]) -> None:
        """Write the batch that the model has just read.

        Args:
            sample: as collated by fairseq, with the indices of its sentences in the data set.
        """
        for i, states in zip(sample["id"].tolist(), self.recorder.take_sentences(sample)):
            self.write(i, states)

    def write(self, sentence: int, states: np.ndarray) -> None:
        """Write the states of a sentence.

        Args:
            sentence: its index in the data set.
            states: (positions, neurons), of all that the model read.
        """
        self.writer.write(sentence, self.sentences.rows(sentence, states, self.pooling, self.eos))
        self.to_come -= 1
        if self.to_come == 0:
            self.writer.commit(self.lines)

    def report(self) -> str:
        """A sentence about a complete dump: where it is and what it has; empty for an incomplete one."""
        manifest = self.writer.manifest
        size = f"{manifest.words:,} words x {len(manifest.neurons):,} neurons"
        return "" if self.to_come else f"dump written: {self.writer.out}, {size}"

    def abort(self) -> None:
        """Remove an incomplete dump and log an error; does nothing once the dump is complete."""
        if self.to_come:
            logger.error("%s was not written: %d sentences have not been read", self.writer.out, self.to_come)
        self.writer.abort()

    def _warn_of_unknown_subwords(self, kept: np.ndarray) -> None:
        sentences = self.sentences
        if sentences.subwords == "words" or self.pooling == "none" or sentences.text is not None:
            return
        unknown = sum(bool((sentences.tokens(i) == sentences.dictionary.unk()).any()) for i in kept.tolist())
        if unknown:
            logger.warning(
                "%d sentences have unknown subwords. Only the text (--dump-text) shows whether these begin a word: "
                "word boundaries in these sentences may be wrong",
                unknown,
            )

    def __enter__(self) -> "Dump":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.abort()


def _line_of(words: Sequence[str], provenance: Provenance) -> str:
    for word in words:
        if " " in word:
            raise InputError(
                f"{provenance.data} cannot be dumped: {word!r} is not one word; its dictionary is damaged."
            )
    return " ".join(words)


def _versions() -> Dict[str, str]:
    versions = {"fairseq-neurons": __version__}
    for package in ("ve-fairseq", "fairseq", "torch", "numpy"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
