"""Bytes are decoded where they are text, and left as they are elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.activations.byte_pieces import decode_bytes


def pieces_of(text: str) -> list[str]:
    return [f"<0x{byte:02X}>" for byte in text.encode()]


@given(st.text(st.characters(exclude_categories=["Z", "C"]), max_size=5))
def test_characters__come_back(text):
    pieces = ["▁", *pieces_of(text), "a"]
    assert "".join(decode_bytes(pieces)) == f"▁{text}a" and len(decode_bytes(pieces)) == len(pieces)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["<0xC3>", "a"], ["<0xC3>", "a"]),
        (["<0xC3>", "<0xC3>", "<0xA9>"], ["<0xC3>é", "", ""]),
        # White space would end a word, a line feed a sentence.
        (["<0x0A>"], ["<0x0A>"]),
        (pieces_of("é\u3000"), ["é<0xE3><0x80><0x80>", "", "", "", ""]),
        (["<0xf0>", "x<0xC3>", "<0x1>"], ["<0xf0>", "x<0xC3>", "<0x1>"]),
        ([], []),
    ],
)
def test_other_bytes__are_left(pieces, expected):
    assert decode_bytes(pieces) == expected
