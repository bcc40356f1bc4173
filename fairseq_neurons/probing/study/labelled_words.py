"""Training and test words of a probe: two dumps, joined with labels."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_same_dictionary
from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.activations.finite_values import place_of
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import EncodedLabels, LabelOptions, encode, labels_of
from fairseq_neurons.labels.encoding import LabelledRows
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.majority_baseline import MajorityBaseline
from fairseq_neurons.probing.study.neuron_scales import standard_deviations
from fairseq_neurons.probing.study.study_options import TaskOptions
from fairseq_neurons.same_model import check_same_model

logger = logging.getLogger(__name__)

# Of the labels that a warning lists.
MOST_SHOWN = 50


@dataclass(frozen=True)
class LabelledWords:
    """Words that have a label.

    Args:
        design: values of the neurons, (N, D).
        y: int64 (N,), label ids.
        words: N words.
        sentence: int64 (N,), the index of each word's sentence.
    """

    design: Design
    y: np.ndarray
    words: list[str]
    sentence: np.ndarray

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Task:
    """The task of a probe: predict the labels of words, learnt from training words.

    Args:
        neurons: all neurons of the model.
        columns: int64 (D,), the neurons in the study.
        labels: names, by label id.
        train: training words.
        test: test words.
        baseline: majority baseline of all training words, including those that balancing drops.
        unseen: labels that only test words have, with their number of words; dropped.
        checkpoint_sha256: of the model.
        signature: describes data and labels.
        scales: (D,), by which the values are divided; None if they are read as they are.
    """

    neurons: Neurons
    columns: np.ndarray
    labels: tuple[str, ...]
    train: LabelledWords
    test: LabelledWords
    baseline: MajorityBaseline
    unseen: Mapping[str, int]
    checkpoint_sha256: str
    signature: str
    scales: np.ndarray | None = None


def open_task(options: TaskOptions) -> Task:
    """Open two dumps of one model and join them with their labels.

    Args:
        options: the dumps, the neurons in the study, and how labels are selected and merged, and words balanced.

    Raises:
        InputError: if a dump cannot be read, the dumps are of different models, or labels do not fit their words.
    """
    dumps = [Activations(part.activations) for part in options.dumps]
    check_same_model(*((dump.path, dump) for dump in dumps))
    _check_same_states(*dumps)
    found = [_labels(dump, part.labels, options) for dump, part in zip(dumps, options.dumps, strict=True)]
    _say_what_matches_nothing(found, options)
    encoded = encode(found[0], found[1], options)
    assert encoded.test is not None
    every = dumps[0].neurons
    columns = None if options.neurons is None else every.select(options.neurons)
    parts = [_words(dump, part, columns) for dump, part in zip(dumps, (encoded.train, encoded.test), strict=True)]
    baseline, drawn = _baseline(dumps[0], found[0], options)
    scales = standard_deviations(parts[0].design) if options.standardise else None
    if scales is not None:
        parts = [replace(part, design=part.design.scaled(scales)) for part in parts]
        drawn += "|standardised:training-words"
    columns = np.arange(len(every)) if columns is None else columns
    about = (dumps[0].manifest.checkpoint_sha256, _signature(dumps, options, encoded, parts) + drawn)
    return Task(every, columns, encoded.labels, parts[0], parts[1], baseline, encoded.unseen, *about, scales)


def _labels(dump: Activations, labels: str, options: TaskOptions) -> list[str | None]:
    return labels_of(dump.sentences, labels, options.column, options.language, dump.manifest.eos)


def _say_what_matches_nothing(found: Sequence[Sequence[str | None]], options: LabelOptions) -> None:
    labels = sorted({label for part in found for label in part if label is not None})
    for entry in options.without_match(labels):
        shown = ", ".join(labels[:MOST_SHOWN]) + (
            f" and {len(labels) - MOST_SHOWN} more" if len(labels) > MOST_SHOWN else ""
        )
        logger.warning("%s matches no label; the labels are %s", entry, shown)


def _words(dump: Activations, part: LabelledRows, columns: np.ndarray | None) -> LabelledWords:
    rows = None if len(part.rows) == len(dump) else part.rows
    sentence = np.searchsorted(dump.offsets, part.rows, side="right") - 1
    design = Design(dump.values, rows, columns, source=str(dump.path), place=partial(place_of, dump))
    return LabelledWords(design, part.y, _spelled(dump, part), sentence)


def _spelled(dump: Activations, part: LabelledRows) -> list[str]:
    every = [word for sentence in dump.sentences for word in sentence]
    return [every[row] for row in part.rows.tolist()]


def _baseline(dump: Activations, found: Sequence[str | None], options: LabelOptions) -> tuple[MajorityBaseline, str]:
    """The baseline of the words before balancing, and what it adds to the task's signature."""
    part = encode(found, options=replace(options, balance="none", per_label=None)).train
    words = _spelled(dump, part)
    balanced = options.balance != "none" or options.per_label is not None
    digest = hashlib.sha256(part.y.tobytes() + "\n".join(words).encode()).hexdigest()[:8]
    return MajorityBaseline.fit(words, part.y), f"|drawn-of:{len(words)}-{digest}" if balanced else ""


def _check_same_states(train: Activations, test: Activations) -> None:
    ours, theirs = train.manifest, test.manifest
    check_same_dictionary((train.path, ours.dictionary_sha256), (test.path, theirs.dictionary_sha256))
    if ours.pooling != theirs.pooling:
        raise InputError(
            f"{train.path} has words pooled by {ours.pooling!r}, {test.path} by {theirs.pooling!r}: "
            "extract both with the same pooling."
        )
    if ours.mask != theirs.mask:
        logger.warning(
            "%s and %s were recorded with different masks: %r and %r", train.path, test.path, ours.mask, theirs.mask
        )


def _signature(
    dumps: Sequence[Activations], options: TaskOptions, encoded: EncodedLabels, parts: Sequence[LabelledWords]
) -> str:
    model = dumps[0].manifest.checkpoint_sha256[:8]
    labels = Path(options.dumps[0].labels).name
    columns = f"|column:{options.column}" if options.column else ""
    names = hashlib.sha256("\n".join(encoded.labels).encode()).hexdigest()[:8]
    return (
        f"model:{model}|{_states(dumps)}|neurons:{options.neurons or 'all'}|labels:{labels}{columns}"
        f"|classes:{len(encoded.labels)}-{names}|train:{len(parts[0])}-{_digest(parts[0])}"
        f"|test:{len(parts[1])}-{_digest(parts[1])}"
    )


def _states(dumps: Sequence[Activations]) -> str:
    """The settings of the dumps that affect the values of the neurons."""
    found = [f"{dump.manifest.dtype}-{dump.manifest.pooling}" for dump in dumps]
    masks = "".join(f"|mask:({dump.manifest.mask})" for dump in dumps if dump.manifest.mask)
    return f"states:{'/'.join(dict.fromkeys(found))}{masks}"


def _digest(part: LabelledWords) -> str:
    """A checksum of words, labels and sentences; two data sets may have the same size."""
    digest = hashlib.sha256(part.y.tobytes())
    digest.update(part.sentence.astype(np.int64).tobytes())
    digest.update("\n".join(part.words).encode())
    return digest.hexdigest()[:8]
