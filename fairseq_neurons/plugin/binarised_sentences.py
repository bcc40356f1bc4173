"""Check the files of a subset, ``NAME.idx`` and ``NAME.bin``, before fairseq trusts what they say of each other."""

import struct
from pathlib import Path
from typing import NamedTuple, Optional

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.regular_files import open_file

# Codes of number formats in an index; words are integers.
FORMATS = {1: "u1", 2: "i1", 3: "i2", 4: "i4", 5: "i8", 8: "u2", 9: "u4", 10: "u8"}
MAPPED, CACHED = b"MMIDIDX\x00\x00", b"TNTIDX\x00\x00"  # the kinds of fairseq-preprocess --dataset-impl
CHUNK = 1 << 22  # bytes


class _Index(NamedTuple):
    """What an index says: the format of a word, how many there are, and what is added to the number of a word."""

    dtype: np.dtype
    words: int
    sentences: int
    shift: int


def check_binarised(prefix: Path, words: Optional[int] = None) -> Optional[int]:
    """Check that the index and the words of a subset fit each other and the dictionary.

    Args:
        prefix: the path of both files without their suffixes.
        words: of the dictionary; None leaves the words themselves unread.

    Returns:
        The number of sentences; None if there are no such files, or they are of another kind (``raw``, ``huffman``).

    Raises:
        InputError: naming the file that is damaged.
    """
    files = prefix.with_name(f"{prefix.name}.idx"), prefix.with_name(f"{prefix.name}.bin")
    if not all(file.exists() for file in files):
        return None
    try:
        with open_file(files[0]) as file:
            content = file.read()
        size = files[1].stat().st_size
        index = _read(content)
        if index is None:
            return None
        if index.words * index.dtype.itemsize != size:
            raise ValueError(f"it has {index.words} words, which {files[1].name} has not")
    except OSError as error:
        raise InputError(f"{files[0]} cannot be read: {error.strerror or error}.") from error
    except (ValueError, struct.error) as error:
        raise InputError(f"{files[0]} is damaged: {error}.") from error
    _check_words(files[1], index, words)
    return index.sentences


def _read(content: bytes) -> Optional[_Index]:
    if content.startswith(MAPPED):
        return _read_mapped(content)
    if content.startswith(CACHED):
        return _read_cached(content)
    if content.startswith(b"HUFFMAN"):
        return None
    raise ValueError("it is no index of sentences")


def _read_mapped(content: bytes) -> _Index:
    """Version, format, number of sentences; int32 lengths; int64 places in bytes."""
    version, code, sentences = struct.unpack_from("<QBQ", content, len(MAPPED))
    dtype = _format(version, code)
    begin = len(MAPPED) + struct.calcsize("<QBQ")
    if len(content) != begin + 12 * sentences:
        raise ValueError(f"{sentences} sentences take another size")
    lengths = np.frombuffer(content, "<i4", sentences, begin).astype(np.int64)
    places = np.frombuffer(content, "<i8", sentences, begin + 4 * sentences)
    if (lengths < 0).any() or not np.array_equal(places, (np.cumsum(lengths) - lengths) * dtype.itemsize):
        raise ValueError("its sentences do not follow each other")
    return _Index(dtype, int(lengths.sum()), sentences, 0)


def _read_cached(content: bytes) -> _Index:
    """Version, format, its size, numbers of sentences and lengths; int64 offsets of both; the lengths."""
    version, code, itemsize, sentences, count = struct.unpack_from("<QQQQQ", content, len(CACHED))
    dtype = _format(version, code)
    begin = len(CACHED) + struct.calcsize("<QQQQQ")
    if count != sentences or itemsize != dtype.itemsize or len(content) != begin + 8 * (3 * sentences + 2):
        raise ValueError(f"{sentences} sentences take another size")
    numbers = np.frombuffer(content, "<i8", offset=begin)
    which, places, lengths = np.split(numbers, [sentences + 1, 2 * (sentences + 1)])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    if (lengths < 0).any() or not np.array_equal(which, np.arange(sentences + 1)) or not np.array_equal(places, ends):
        raise ValueError("its sentences do not follow each other")
    return _Index(dtype, int(ends[-1]), sentences, 1)


def _format(version: int, code: int) -> np.dtype:
    if version != 1 or code not in FORMATS:
        raise ValueError(f"its version {version} or its number format {code} is unknown")
    return np.dtype(f"<{FORMATS[code]}")


def _check_words(path: Path, index: _Index, words: Optional[int]) -> None:
    try:
        with open_file(path) as file:
            while words is not None and (part := file.read(CHUNK)):
                numbers = np.frombuffer(part, index.dtype)
                if int(numbers.min()) < index.shift or int(numbers.max()) >= words + index.shift:
                    raise InputError(
                        f"{path} is damaged, or of another dictionary: it has words that the dictionary, of {words}, "
                        "has not."
                    )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
