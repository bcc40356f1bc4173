"""Checkpoints are opened without trust."""

from __future__ import annotations

import argparse
import os
import pickle
from pathlib import Path

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import check_checkpoint, load_checkpoint


class Evil:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (os.system, (f"touch '{self.mark}'",))


def good_state() -> dict:
    return {"model": {"w": torch.zeros(2)}, "cfg": None, "args": argparse.Namespace(arch="lstm_dalvi2019")}


@pytest.mark.parametrize("zipped", [True, False])
def test_plain_checkpoint__is_accepted_with_its_namespace(tmp_path, zipped):
    torch.save(good_state(), tmp_path / "c.pt", _use_new_zipfile_serialization=zipped)
    check_checkpoint(str(tmp_path / "c.pt"))


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("opener", [check_checkpoint, load_checkpoint])
def test_malicious_checkpoint__is_refused_and_nothing_in_it_runs(tmp_path, monkeypatch, zipped, opener):
    state = {**good_state(), "extra_state": Evil(tmp_path / "ran")}
    torch.save(state, tmp_path / "c.pt", _use_new_zipfile_serialization=zipped)
    # Users of older checkpoints turn the protection off with it.
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    with pytest.raises(InputError, match="is refused"):
        opener(str(tmp_path / "c.pt"))
    assert not (tmp_path / "ran").exists()


def test_plain_malicious_pickle__is_refused_and_does_not_run(tmp_path):
    (tmp_path / "c.pt").write_bytes(pickle.dumps(Evil(tmp_path / "ran")))
    with pytest.raises(InputError):
        check_checkpoint(str(tmp_path / "c.pt"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x80\x02", b"\x00" * 5000])
def test_file_that_is_no_checkpoint__is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "c.pt").write_bytes(content)
    with pytest.raises(InputError, match=r"c\.pt is (not a|refused)") as caught:
        check_checkpoint(str(tmp_path / "c.pt"))
    assert "\n" not in str(caught.value)


def test_truncated_checkpoint__is_refused(tmp_path):
    torch.save({**good_state(), "more": torch.zeros(10_000)}, tmp_path / "c.pt")
    content = (tmp_path / "c.pt").read_bytes()
    (tmp_path / "c.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"c\.pt is"):
        check_checkpoint(str(tmp_path / "c.pt"))


@pytest.mark.parametrize("state", [[1, 2], {"model": {}}, {"cfg": {}, "model": {}}, torch.zeros(3)])
def test_other_things_that_torch_saves__are_no_checkpoints(tmp_path, state):
    torch.save(state, tmp_path / "c.pt")
    with pytest.raises(InputError, match="not a fairseq checkpoint"):
        check_checkpoint(str(tmp_path / "c.pt"))


def test_missing_file__is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.pt does not exist"):
        check_checkpoint(str(tmp_path / "nowhere.pt"))
