"""Disks that are too small are refused with numbers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.disk_space import check_disk_space, human_bytes


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 30, "5 GiB"), (3 << 50, "3072 TiB")]
)
def test_human_bytes__has_the_largest_unit_below_1024(count, text):
    assert human_bytes(count) == text


def test_disk_without_room__is_refused_with_both_sizes_and_advice(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1024))
    check_disk_space(tmp_path / "out", tmp_path, 1024, "take less")
    with pytest.raises(InputError) as raised:
        check_disk_space(tmp_path / "out", tmp_path, 2048, "take less", "about ")
    assert str(raised.value) == f"{tmp_path}/out needs about 2 KiB of disk and 1 KiB are free; take less."
