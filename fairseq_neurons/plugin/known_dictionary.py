"""The dictionary that a dump was made with: a checkpoint does not hold its symbols, so exchanged ones are not seen."""

from pathlib import Path
from typing import Optional, Union

from fairseq.data import Dictionary

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_same_dictionary
from fairseq_neurons.activations.dump_checksums import digest_of_lines


def digest_of_dictionary(dictionary: Dictionary) -> str:
    """SHA-256 of the symbols in their order, each ended by a line feed; without their counts."""
    return digest_of_lines(dictionary.symbols)


def check_dictionary_of(dump: Optional[Union[str, Path]], dictionary: Dictionary) -> None:
    """Refuse a dump that was made with another dictionary; dumps of earlier versions and None fit any.

    Raises:
        InputError: naming the dump.
    """
    if dump is not None:
        known = Activations(dump).manifest.dictionary_sha256
        check_same_dictionary((dump, known), ("the data", digest_of_dictionary(dictionary)))
