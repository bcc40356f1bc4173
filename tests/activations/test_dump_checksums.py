"""Checksums of dumps equal those of a literal computation, and notice every change."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.activations.dump_checksums import (
    ROWS,
    SentenceDigests,
    digest_of_lines,
    digest_of_offsets,
    digest_of_rows,
    digest_of_values,
)


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(0, 9))
def test_values__have_one_checksum_in_any_order_of_sentences(counts, chance, start):
    offsets, width = np.concatenate([[0], np.cumsum(counts)]), 3
    content = chance.randbytes(int(offsets[-1]) * width)
    parts = [content[a * width : b * width] for a, b in zip(offsets[:-1], offsets[1:])]
    literal = hashlib.sha256(b"".join(sha256(part) for part in parts if part)).hexdigest()
    streamed, order = SentenceDigests(len(counts)), [*range(len(counts))]
    chance.shuffle(order)
    for sentence in order:
        if parts[sentence]:
            streamed.add(sentence, memoryview(parts[sentence]))
    file = io.BytesIO(bytes(start) + content)
    assert streamed.hexdigest() == digest_of_values(file, start, offsets, width) == literal


def test_rows__are_evenly_spaced_with_both_ends(tmp_path):
    content = np.random.default_rng(1).bytes(100 * 8)
    (tmp_path / "a").write_bytes(b"header" + content)
    with open(tmp_path / "a", "rb") as file:
        found = {count: digest_of_rows(file, 6, count, 8) for count in (0, 1, 3, 100)}
    rows = [content[i * 8 : i * 8 + 8] for i in range(100)]
    spaced = [rows[int(i)] for i in np.linspace(0, 99, ROWS)]
    expected = {0: [], 1: rows[:1], 3: rows[:3], 100: spaced}
    assert found == {count: hashlib.sha256(b"".join(chosen)).hexdigest() for count, chosen in expected.items()}
    assert spaced[0] == rows[0] and spaced[-1] == rows[-1]


def test_lines_and_offsets__are_those_of_the_files():
    assert digest_of_lines(["a é", "", "b"]) == hashlib.sha256("a é\n\nb\n".encode()).hexdigest()
    offsets = np.array([0, 2, 5])
    assert digest_of_offsets(offsets) == hashlib.sha256(offsets.astype("<i8").tobytes()).hexdigest()
    assert digest_of_offsets(offsets) != digest_of_offsets(offsets + np.array([0, 1, 0]))
