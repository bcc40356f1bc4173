"""Dump a model's states without generating: the encoder, or the language model's layers, and nothing else."""

import logging
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np
import torch
from fairseq.data import Dictionary, FairseqDataset, LanguagePairDataset, data_utils
from fairseq.models import BaseFairseqModel
from fairseq.tasks.language_modeling import LanguageModelingTask
from tqdm import tqdm

from fairseq_neurons.activations.manifest import DTYPES, POOLINGS
from fairseq_neurons.activations.writer import check_free
from fairseq_neurons.errors import InputError
from fairseq_neurons.files import read_lines, sha256_of_file
from fairseq_neurons.plugin.checkpoints import Loaded, load_model
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.evaluation import load_subset
from fairseq_neurons.plugin.recording import recorded
from fairseq_neurons.plugin.sentences import Sentences, sentences_of

logger = logging.getLogger(__name__)


def extract(
    checkpoint: str,
    out: str,
    data: Optional[str] = None,
    subset: str = "test",
    text: Optional[str] = None,
    dump_text: Optional[str] = None,
    sentencepiece: Optional[str] = None,
    pooling: str = "last",
    dtype: str = "float32",
    eos: bool = False,
    max_tokens: int = 4000,
) -> None:
    """Dump the states of a data-bin subset or of a text file.

    Args:
        checkpoint: of an architecture that has neurons.
        out: the folder to be; must not exist.
        data: the data folder; by default the one the model was trained on.
        subset: of the data folder.
        text: a raw text file, a sentence a line, in the tokens the model was trained on, instead of a subset.
        dump_text: the text given to ``fairseq-preprocess``, for the spelling of unknown words in a subset.
        sentencepiece: a SentencePiece model that cuts the lines of ``text`` into the model's pieces.
        pooling: ``last``, ``first``, ``mean`` or ``none``.
        dtype: ``float16`` or ``float32``.
        eos: whether the end-of-sentence symbol gets a row.
        max_tokens: of a batch, padding included.

    Raises:
        InputError: if anything given cannot be used; nothing is left behind.
    """
    for name, value, choices in (("pooling", pooling, POOLINGS), ("dtype", dtype, DTYPES)):
        if value not in choices:
            raise InputError(f"{name}={value}: choose {' or '.join(choices)}.")
    check_free(Path(out))
    loaded = load_model(checkpoint, data)
    if text is None:
        dataset = _load_subset(loaded, subset)
        sentences = sentences_of(dataset, loaded.task.source_dictionary, Path(dump_text) if dump_text else None)
    else:
        dataset, sentences = _read_text(loaded, Path(text), sentencepiece)
    provenance = Provenance(sha256_of_file(Path(checkpoint)), text or _data_of(loaded), "" if text else subset)
    batches = batches_of(loaded, dataset, max_tokens)
    kept = np.concatenate(batches) if batches else np.zeros(0, dtype=np.int64)
    with (
        recorded(loaded.model) as recorder,
        Dump(Path(out), sentences, kept, recorder, provenance, dtype=dtype, pooling=pooling, eos=eos) as dump,
    ):
        dump_batches(loaded, dataset, batches, dump)


def dump_batches(loaded: Loaded, dataset: FairseqDataset, batches: List[np.ndarray], dump: Dump) -> None:
    """Run the model over batches of a data set and dump each.

    Args:
        loaded: its model is being recorded by the dump's recorder.
        dataset: of the task.
        batches: indices into it.
        dump: complete when all are through.
    """
    for batch in tqdm(batches, unit=" batches", desc="extract", disable=None):
        sample = dataset.collater([dataset[int(i)] for i in batch])
        run_layers(loaded.model, sample)
        dump.add(sample["id"], sample["net_input"]["src_lengths"])


@torch.inference_mode()
def run_layers(model: BaseFairseqModel, sample: dict) -> None:
    """Run what has neurons, and no more, over a batch.

    Args:
        model: a translation model, whose encoder is run, or a language model.
        sample: as collated by fairseq.
    """
    inputs = sample["net_input"]
    device = next(model.parameters()).device
    tokens = inputs["src_tokens"].to(device)
    if hasattr(model, "encoder"):
        model.encoder(tokens, inputs["src_lengths"])
    else:
        model.decoder.extract_features(tokens)


def _load_subset(loaded: Loaded, subset: str) -> FairseqDataset:
    task = loaded.task
    if isinstance(task, LanguageModelingTask):
        task.args.sample_break_mode = "eos"
    return load_subset(task, subset)


def _data_of(loaded: Loaded) -> str:
    task = loaded.task
    return str(task.args.data if isinstance(task, LanguageModelingTask) else task.cfg.data)


def _read_text(loaded: Loaded, path: Path, sentencepiece: Optional[str]) -> Tuple[FairseqDataset, Sentences]:
    lines = read_lines(path, "text")
    if not any(line.split() for line in lines):
        raise InputError(f"The text {path} is empty.")
    if sentencepiece is not None:
        lines = [" ".join(pieces) for pieces in _encode_pieces(lines, sentencepiece)]
    dictionary = loaded.task.source_dictionary
    tokens = [_encode(dictionary, line) for line in lines]
    lengths = np.array([len(t) for t in tokens])
    dataset = loaded.task.build_dataset_for_inference(tokens, lengths)
    eos_first = not isinstance(dataset, LanguagePairDataset)
    return dataset, Sentences(len(lines), lambda i: tokens[i][:-1].numpy(), dictionary, eos_first, text=lines)


def _encode(dictionary: Dictionary, line: str) -> torch.Tensor:
    return dictionary.encode_line(line, add_if_not_exist=False).long()


def _encode_pieces(lines: List[str], model: str) -> List[List[str]]:
    from sentencepiece import SentencePieceProcessor

    try:
        return SentencePieceProcessor(model_file=model).encode(lines, out_type=str)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{model} is not a SentencePiece model.") from error


def batches_of(loaded: Loaded, dataset: FairseqDataset, max_tokens: int) -> List[np.ndarray]:
    """Batches of sentences of similar length, the shortest first; sentences too long for model or batch are left out.

    Args:
        loaded: says what is too long.
        dataset: of the task.
        max_tokens: of a batch, padding included.

    Returns:
        Indices into the data set, a batch an array.
    """
    # A translation data set gives the sizes of both sides; the first is the one that is read.
    sizes = np.array([np.atleast_1d(dataset.size(i))[0] for i in range(len(dataset))])
    longest = min(max_tokens, int(np.atleast_1d(loaded.model.max_positions())[0]))
    order = np.argsort(sizes, kind="stable")
    kept = order[sizes[order] <= longest]
    if len(kept) < len(order):
        logger.warning("%d sentences are longer than %d tokens and are skipped", len(order) - len(kept), longest)
    return [
        np.asarray(batch) for batch in data_utils.batch_by_size(kept, lambda i: int(sizes[i]), max_tokens=max_tokens)
    ]
