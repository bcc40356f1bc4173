"""The subsets of a data folder, and their sentences in batches."""

import logging
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
from fairseq import utils
from fairseq.data import FairseqDataset, LanguagePairDataset, data_utils
from fairseq.tasks import FairseqTask
from fairseq.tasks.language_modeling import LanguageModelingTask

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.binarised_sentences import check_binarised
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.padding_words import padding_words_unknown

logger = logging.getLogger(__name__)


def load_subset(task: FairseqTask, subset: str) -> FairseqDataset:
    """A subset of the task's data folder, loaded once; for a language model, a sample is a sentence.

    Args:
        task: set up with the data folder.
        subset: its name.

    Raises:
        InputError: if there is no such subset, or it is empty or damaged.
    """
    if subset not in task.datasets:
        check_subset(task, subset)
        if isinstance(task, LanguageModelingTask):
            task.args.sample_break_mode = "eos"
        try:
            task.load_dataset(subset)
        except FileNotFoundError as error:
            raise InputError(f"There is no subset {subset!r} in the data folder.") from error
    return padding_words_unknown(task.dataset(subset))


def check_subset(task: FairseqTask, subset: str, read_words: bool = True) -> None:
    """Refuse a subset that is damaged, or without sentences, before fairseq loads it.

    Args:
        task: set up with the data folder.
        subset: its name.
        read_words: whether to check that the dictionary has all words, for which the whole subset is read.

    Raises:
        InputError: naming the file.
    """
    cfg = task.args if isinstance(task, LanguageModelingTask) else task.cfg
    source, target = (getattr(cfg, f"{side}_lang", None) for side in ("source", "target"))
    pairs = [f"{source}-{target}", f"{target}-{source}"]
    for folder in map(Path, utils.split_paths(cfg.data)):
        _check_files(folder / subset, subset, len(task.source_dictionary) if read_words else None)
        for pair in pairs:
            counts = [
                _check_files(folder / f"{subset}.{pair}.{language}", subset, len(known) if read_words else None)
                for language, known in ((source, task.source_dictionary), (target, task.target_dictionary))
            ]
            if None not in counts and counts[0] != counts[1]:
                raise InputError(
                    f"The subset {subset!r} of {folder} is damaged: it has {counts[0]} sentences in {source} and "
                    f"{counts[1]} in {target}."
                )


def _check_files(prefix: Path, subset: str, words: Optional[int]) -> Optional[int]:
    """The number of sentences, if there are files with that prefix."""
    file = prefix.with_name(f"{prefix.name}.bin")
    if file.is_file() and not file.stat().st_size:
        raise InputError(f"The subset {subset!r} is empty: {file} has no sentence.")
    return check_binarised(prefix, words)


def batches_of(loaded: Loaded, dataset: FairseqDataset, max_tokens: int, side: str = "source") -> List[np.ndarray]:
    """Batches of sentences of similar length, the shortest first; sentences too long for model or batch are left out.

    Args:
        loaded: says what is too long.
        dataset: of the task.
        max_tokens: of a batch, padding included.
        side: ``target`` if the decoder reads the references, too: those of a batch must not be too long either.

    Returns:
        Indices into the data set, a batch an array.
    """
    sizes = np.asarray(dataset.src_sizes if isinstance(dataset, LanguagePairDataset) else dataset.sizes)
    limits = [loaded.model.max_positions()]
    if isinstance(dataset, LanguagePairDataset):
        limits.append(loaded.task.max_positions())
    longest = int(min(max_tokens, *(np.atleast_1d(limit)[0] for limit in limits)))
    order = np.argsort(sizes, kind="stable")
    kept = order[sizes[order] <= longest]
    if len(kept) < len(order):
        logger.warning("%d sentences are longer than %d tokens and are skipped", len(order) - len(kept), longest)
    if side == "target":
        kept = _with_short_targets(dataset, kept, int(min(np.atleast_1d(limit)[-1] for limit in limits)))
    return [
        np.asarray(batch) for batch in data_utils.batch_by_size(kept, lambda i: int(sizes[i]), max_tokens=max_tokens)
    ]


def _with_short_targets(dataset: LanguagePairDataset, kept: np.ndarray, longest: int) -> np.ndarray:
    """Those of some sentences whose references the decoder can read."""
    short = kept[np.asarray(dataset.tgt_sizes)[kept] <= longest]
    if len(short) < len(kept):
        logger.warning("%d references are longer than %d tokens and are skipped", len(kept) - len(short), longest)
    return short


def collated(loaded: Loaded, dataset: FairseqDataset, max_tokens: int, side: str = "source") -> List[Dict[str, Any]]:
    """The same batches, collated and on the device of the model.

    Args:
        loaded: see :func:`batches_of`.
        dataset: see :func:`batches_of`.
        max_tokens: see :func:`batches_of`.
        side: see :func:`batches_of`.

    Raises:
        InputError: if no sentence is left.
    """
    batches = batches_of(loaded, dataset, max_tokens, side)
    if not batches:
        raise InputError(f"All sentences are longer than {max_tokens} tokens or than the model allows.")
    device = next(loaded.model.parameters()).device
    samples = [dataset.collater([dataset[int(i)] for i in batch]) for batch in batches]
    return [utils.apply_to_sample(lambda part: part.to(device), sample) for sample in samples]
