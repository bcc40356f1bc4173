"""SentencePiece's byte pieces (``byte_fallback``): how a character outside the vocabulary is spelled, byte by byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import groupby

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def decode_bytes(pieces: Sequence[str]) -> list[str]:
    """Decode runs of byte pieces as UTF-8.

    Bytes that encode no character, or white space, which would end a word, are left as they are.

    Returns:
        As many pieces: the text of a run is its first, the others are empty.

    >>> decode_bytes(["▁caf", "<0xC3>", "<0xA9>", "s"])
    ['▁caf', 'é', '', 's']
    """
    decoded: list[str] = []
    for is_bytes, run in groupby(pieces, lambda piece: _BYTE.fullmatch(piece) is not None):
        found = list(run)
        decoded += [_decoded("".join(found)), *[""] * (len(found) - 1)] if is_bytes else found
    return decoded


def _decoded(pieces: str) -> str:
    text = bytes.fromhex("".join(_BYTE.findall(pieces))).decode("utf-8", errors=_AS_PIECES)
    return re.sub(r"\s", lambda space: _encoded(space[0].encode("utf-8")), text)


def _encoded(content: bytes) -> str:
    return "".join(f"<0x{byte:02X}>" for byte in content)


def _undecodable(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _encoded(error.object[error.start : error.end]), error.end


_AS_PIECES = "fairseq_neurons.byte_pieces"
codecs.register_error(_AS_PIECES, _undecodable)
