"""Dump the states of an encoder, of a language model, or of a decoder as it reads references; nothing is translated."""

import logging
from pathlib import Path
from typing import List, Tuple

import numpy as np
import torch
from fairseq import utils
from fairseq.data import Dictionary, FairseqDataset, LanguagePairDataset
from fairseq.models import BaseFairseqModel
from fairseq.tasks import FairseqTask
from tqdm import tqdm

from fairseq_neurons.activations.extraction_settings import ExtractionSettings
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import conllu_sentences
from fairseq_neurons.labels.conllu_files import count_contractions
from fairseq_neurons.labels.label_files import CONLLU_SUFFIXES
from fairseq_neurons.options import takes
from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.checkpoints import Loaded, data_of, load_checkpoint
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.dataset_subsets import batches_of, load_subset
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.listed_sentences import open_lines
from fairseq_neurons.plugin.masking import note_batch
from fairseq_neurons.plugin.recording import recorded
from fairseq_neurons.storage.files import check_free, read_lines, sha256_of_file

logger = logging.getLogger(__name__)


@takes(ExtractionSettings)
def extract(settings: ExtractionSettings) -> None:
    """Dump the states of a data-bin subset or of a text file.

    Args:
        settings: see `ExtractionSettings`; the function takes its fields as arguments.

    Raises:
        InputError: if an option or a file is invalid; no partial output remains.
    """
    if settings.text is None and settings.sentencepiece is not None:
        raise InputError("sentencepiece= splits the lines of text=, which is missing.")
    if settings.text is not None and settings.dump_text is not None:
        raise InputError("dump_text= supplies the spelling of words in a data folder; leave it out with text=.")
    if settings.surface and Path(settings.text or "").suffix.lower() not in CONLLU_SUFFIXES:
        raise InputError("surface= reads the contractions of a CoNLL-U file; give one with text=.")
    check_free(Path(settings.out))
    loaded = load_checkpoint(settings.checkpoint, settings.data, settings.subwords)
    adapter = adapter_for(loaded.model)
    neurons = adapter.states(settings.states)
    side = adapter.side_of(neurons)
    if settings.references is not None and (settings.text is None or side == "source"):
        raise InputError("references= are the translations of text= that a decoder reads: choose its states, states=.")
    if settings.text is None:
        dataset = read_side(load_subset(loaded.task, settings.subset), loaded.task, side)
        known = Path(settings.dump_text) if settings.dump_text else None
        sentences = sentences_of(dataset, dictionary_of(loaded.task, side), known, settings.subwords, side)
    else:
        dataset, sentences = _read_text(loaded, settings, side)
    provenance = Provenance(
        sha256_of_file(Path(settings.checkpoint)),
        settings.text or data_of(loaded.task),
        "" if settings.text else settings.subset,
    )
    batches = batches_of(loaded, dataset, settings.max_tokens, side)
    kept = np.concatenate(batches) if batches else np.zeros(0, dtype=np.int64)
    with (
        recorded(loaded.model, neurons) as recorder,
        Dump(
            Path(settings.out),
            sentences,
            kept,
            recorder,
            provenance,
            dtype=settings.dtype,
            pooling=settings.pooling,
            eos=settings.eos,
        ) as dump,
    ):
        dump_batches(loaded, dataset, batches, dump)


def dump_batches(loaded: Loaded, dataset: FairseqDataset, batches: List[np.ndarray], dump: Dump) -> None:
    """Run the model over batches of a data set and dump each.

    Args:
        loaded: its model is being recorded by the dump's recorder.
        dataset: of the task.
        batches: indices into it.
        dump: it is complete after the last batch.
    """
    for batch in tqdm(batches, unit=" batches", desc="extract", disable=None):
        sample = dataset.collater([dataset[int(i)] for i in batch])
        run_layers(loaded.model, sample, dump.recorder.side)
        dump.add(sample)


@torch.inference_mode()
def run_layers(model: BaseFairseqModel, sample: dict, side: str = "source") -> None:
    """Run only the layers that have neurons over a batch.

    Args:
        model: of an architecture that has neurons.
        sample: as collated by fairseq.
        side: ``source``, or ``target``: also those that read the target.
    """
    note_batch(model, sample)
    device = next(model.parameters()).device
    adapter = adapter_for(model)
    read = adapter.read_target if side == "target" else adapter.read
    read(utils.apply_to_sample(lambda part: part.to(device), sample["net_input"]))


def dictionary_of(task: FairseqTask, side: str) -> Dictionary:
    """The dictionary of one side."""
    return task.target_dictionary if side == "target" else task.source_dictionary


def read_side(dataset: FairseqDataset, task: FairseqTask, side: str) -> FairseqDataset:
    """What is read of a translation data set: without its target side where only the source is, so as not to pad it.

    Args:
        dataset: of the task; a language model's is returned as it is.
        task: has the source dictionary.
        side: that has rows.

    Raises:
        InputError: if the target side is needed and missing.
    """
    if not isinstance(dataset, LanguagePairDataset):
        return dataset
    if side == "target":
        if dataset.tgt is None:
            raise InputError("The states of the decoder are at words of the references, which the data has not.")
        return dataset
    return LanguagePairDataset(
        dataset.src, dataset.src_sizes, task.source_dictionary, left_pad_source=task.cfg.left_pad_source
    )


def _read_text(loaded: Loaded, settings: ExtractionSettings, side: str) -> Tuple[FairseqDataset, Sentences]:
    path = Path(settings.text or "")
    lines, references = _lines_of(path, settings.surface), None
    if not any(line.split() for line in lines):
        raise InputError(f"The text {path} is empty.")
    if side == "target":
        references = _references(settings, len(lines))
    if settings.sentencepiece is not None:
        lines = _encode_pieces(lines, settings.sentencepiece)
        references = references and _encode_pieces(references, settings.sentencepiece)
    cure = "give the SentencePiece model of the training text with sentencepiece=FILE"
    return open_lines(loaded, lines, references, str(path), cure, side)


def _references(settings: ExtractionSettings, count: int) -> List[str]:
    if settings.references is None:
        raise InputError(
            f"The states of the decoder are at words of the translations: give those of {settings.text} with "
            "references=FILE."
        )
    found = read_lines(Path(settings.references), "references")
    if len(found) != count:
        raise InputError(f"{settings.references} has {len(found)} lines, {settings.text} has {count}.")
    return found


def _lines_of(path: Path, surface: bool) -> List[str]:
    if path.suffix.lower() not in CONLLU_SUFFIXES:
        return read_lines(path, "text")
    if not surface and (count := count_contractions(path)):
        logger.warning(
            "%s has %d contractions (im = in dem), whose words the model reads apart; "
            "surface=true reads them as they are written",
            path,
            count,
        )
    return [" ".join(words) for words in conllu_sentences(path, surface)]


def _encode_pieces(lines: List[str], model: str) -> List[str]:
    from sentencepiece import SentencePieceProcessor

    try:
        return [" ".join(line) for line in SentencePieceProcessor(model_file=model).encode(lines, out_type=str)]
    except (OSError, RuntimeError) as error:
        raise InputError(f"{model} is not a SentencePiece model.") from error
