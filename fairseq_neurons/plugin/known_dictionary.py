"""The dictionary that a dump was made with: a checkpoint does not hold its symbols, so exchanged ones are not seen."""

from pathlib import Path
from typing import Optional, Union

from fairseq.data import Dictionary
from fairseq.tasks import FairseqTask

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_same_dictionary
from fairseq_neurons.activations.dump_checksums import digest_of_lines


def digest_of_dictionary(dictionary: Dictionary) -> str:
    """SHA-256 of the symbols in their order, each ended by a line feed; without their counts."""
    return digest_of_lines(dictionary.symbols)


def check_dictionary_of(dump: Optional[Union[str, Path]], task: FairseqTask) -> None:
    """Refuse a dump that was made with another dictionary; dumps of earlier versions and None fit any.

    Args:
        dump: the folder.
        task: has the dictionaries of the data that the model is to read.

    Raises:
        InputError: naming the dump.
    """
    if dump is not None:
        known = Activations(dump).manifest
        dictionary = task.target_dictionary if known.side == "target" else task.source_dictionary
        check_same_dictionary((dump, known.dictionary_sha256), ("the data", digest_of_dictionary(dictionary)))
