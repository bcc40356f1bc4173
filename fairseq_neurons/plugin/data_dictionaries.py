"""Report the dictionary of a data folder that cannot be read, by its name."""

from pathlib import Path
from typing import Any, Optional

from fairseq import utils
from fairseq.data import Dictionary

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.regular_files import open_file


def check_dictionary_files(data: Any) -> None:
    """Check that the dictionaries of a data folder are files, which a FIFO or a device is not.

    Args:
        data: the folder, or several separated by colons; what is no text is left to fairseq.

    Raises:
        InputError: naming the one that is not.
    """
    for path in _dictionaries(data):
        try:
            open_file(path).close()
        except OSError as error:
            raise InputError(f"The dictionary {path} cannot be read: {error.strerror or error}.") from error


def broken_dictionary(data: Any) -> Optional[InputError]:
    """The error of the first dictionary of a data folder that fairseq cannot read; None if it reads them all.

    Args:
        data: see `check_dictionary_files`.
    """
    for path in _dictionaries(data):
        try:
            Dictionary.load(str(path))
        except Exception as error:  # fairseq raises ValueError, RuntimeError and bare Exceptions of a line
            reason = str(error).partition("\n")[0][:150].rstrip(".")
            return InputError(f"The dictionary {path} is damaged: {reason}.")
    return None


def _dictionaries(data: Any) -> list[Path]:
    folders = [Path(folder) for folder in utils.split_paths(data)] if isinstance(data, str) else []
    return [path for folder in folders for path in sorted(folder.glob("dict*.txt"))]
