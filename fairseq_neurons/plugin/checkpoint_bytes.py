"""Check the bytes of a checkpoint against the checksums that it contains."""

import os
import struct
import zipfile
from functools import lru_cache
from pathlib import Path

from fairseq_neurons.errors import InputError

CHUNK = 1 << 20
# What Python's reader raises of archives that are damaged, encrypted or compressed in ways it does not know.
BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error)


def check_bytes(path: str) -> None:
    """Check the checksum of every part of a checkpoint.

    ``torch.save`` writes a zip archive with a CRC-32 of each tensor, which ``torch.load`` ignores. Checkpoints from
    before PyTorch 1.6 are no archives and have no checksums.

    Args:
        path: an existing file.

    Raises:
        InputError: if a part is damaged.
    """
    found = Path(path).stat()
    if zipfile.is_zipfile(path):
        _check_once(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _check_once(path: str, *_state_of_the_file: int) -> None:
    """A command opens its checkpoint several times; it is read as a whole the first time."""
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            file.seek(-22, os.SEEK_END)
            end = file.read()
            if not (end.startswith(b"PK\x05\x06") and end.endswith(bytes(2))):
                raise zipfile.BadZipFile("bytes were appended")
            if min((part.header_offset for part in archive.infolist()), default=0):
                raise zipfile.BadZipFile("bytes precede it")
            for part in archive.infolist():
                if part.compress_type != zipfile.ZIP_STORED:  # torch.save never does; it may be a bomb
                    raise zipfile.BadZipFile("compressed")
                with archive.open(part) as stream:
                    while stream.read(CHUNK):
                        pass
    except BROKEN as error:
        raise InputError(f"{path} is broken: its content does not match its checksums.") from error
