"""Damaged checkpoints are told by their checksums."""

from __future__ import annotations

import random
import zipfile

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoint_bytes import check_bytes
from fairseq_neurons.plugin.checkpoints import open_checkpoint


@pytest.fixture(scope="module")
def content(untrained) -> bytes:
    return (untrained / "models" / "1" / "checkpoint_best.pt").read_bytes()


def same(found: dict, known: dict) -> bool:
    weights = found["model"]
    return str(found["cfg"]) == str(known["cfg"]) and all(
        torch.equal(weights[name], value) for name, value in known["model"].items()
    )


def test_flipped_byte__is_refused_or_changes_nothing(untrained, content, tmp_path):
    known = open_checkpoint(str(untrained / "models" / "1" / "checkpoint_best.pt"))
    refused, chance = 0, random.Random(1)
    for number in range(60):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{number}.pt"
        path.write_bytes(damaged)
        try:
            assert same(open_checkpoint(str(path)), known)
        except InputError:
            refused += 1
    assert refused > 30


def test_flipped_bit_of_a_weight__is_refused(content, tmp_path):
    path = tmp_path / "c.pt"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        part = next(part for part in archive.infolist() if part.filename.endswith("data/3"))
        weight = archive.read(part)
    damaged = content.replace(weight, weight[:9] + bytes([weight[9] ^ 1]) + weight[10:])
    assert len(damaged) == len(content) and damaged != content
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"c\.pt is broken: its content does not match its checksums"):
        check_bytes(str(path))


def test_undamaged_file__is_accepted(content, tmp_path):
    (tmp_path / "c.pt").write_bytes(content)
    check_bytes(str(tmp_path / "c.pt"))


def test_file_that_is_replaced__is_checked_again(content, tmp_path):
    path = tmp_path / "c.pt"
    path.write_bytes(content)
    check_bytes(str(path))
    path.write_bytes(content[:500] + bytes(100) + content[600:])
    with pytest.raises(InputError):
        check_bytes(str(path))


def test_compressed_archive__is_no_checkpoint(tmp_path):
    with zipfile.ZipFile(tmp_path / "c.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
    with pytest.raises(InputError, match="is broken"):
        check_bytes(str(tmp_path / "c.pt"))


@pytest.mark.parametrize("change", [lambda content: content + b"more", lambda content: content * 2])
def test_longer_file__is_refused(content, tmp_path, change):
    (tmp_path / "c.pt").write_bytes(change(content))
    with pytest.raises(InputError, match="is broken"):
        check_bytes(str(tmp_path / "c.pt"))
