"""Results survive the run that measured them."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.results_log import Ledger


def never():
    raise AssertionError("measured again")


def test_what_an_earlier_run_measured__is_not_measured_again(tmp_path):
    path = tmp_path / "measured.jsonl"
    first = Ledger(path).measure("a", lambda: {"accuracy": 1 / 3, "seed": None})
    again = Ledger(path)
    assert again.measure("a", never) == first == {"accuracy": 1 / 3, "seed": None, "signature": "a"}
    assert "a" in again and "b" not in again and len(again) == 1


@pytest.mark.parametrize("tail", ['{"accuracy": 0.5, "signa', '{"accuracy": 0.5, "signature": "b"}', "\x00\x00", "3\n"])
def test_cut_short_last_line__is_dropped(tmp_path, tail):
    path = tmp_path / "measured.jsonl"
    Ledger(path).add("a", {"accuracy": 0.25})
    whole = path.read_text()
    path.write_text(whole + tail)
    ledger = Ledger(path)
    assert len(ledger) == 1 and ledger["a"]["accuracy"] == 0.25
    assert path.read_text() == whole
    ledger.add("b", {"accuracy": 0.75})
    assert Ledger(path)["b"]["accuracy"] == 0.75


def test_bytes_that_are_no_text__are_dropped(tmp_path):
    path = tmp_path / "measured.jsonl"
    Ledger(path).add("a", {})
    with open(path, "ab") as file:
        file.write(b"\xff\xfe")
    assert len(Ledger(path)) == 1


def test_a_failed_measurement__is_not_written_down(tmp_path):
    ledger = Ledger(tmp_path / "measured.jsonl")
    with pytest.raises(AssertionError):
        ledger.measure("a", never)
    with pytest.raises(ValueError):
        ledger.add("a", {"accuracy": float("nan")})
    assert not (tmp_path / "measured.jsonl").exists()


def test_unwritable_ledger__is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        Ledger(tmp_path / "nowhere" / "measured.jsonl").add("a", {})
