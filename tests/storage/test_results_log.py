"""Results survive the run that measured them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields
from fairseq_neurons.storage.results_log import LogFile, ResultsLog
from fairseq_neurons.storage.sealed_json import sealed


@dataclass(frozen=True)
class Accuracy:
    accuracy: float
    signature: str = ""


@dataclass(frozen=True)
class Label:
    label: str


def accuracy_of(fields: Fields) -> Accuracy:
    return Accuracy(fields.required("accuracy", float), fields.required("signature", str))


def log_at(path: Path) -> ResultsLog[Accuracy]:
    return ResultsLog(path, asdict, accuracy_of)


def never() -> Accuracy:
    raise AssertionError("measured again")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "measured.jsonl"


def test_what_an_earlier_run_measured__is_not_measured_again(path):
    first = log_at(path).measure("a", lambda: Accuracy(1 / 3))
    again = log_at(path)
    assert again.measure("a", never) == first == Accuracy(1 / 3, "a")
    assert "a" in again and "b" not in again and len(again) == 1
    assert json.loads(path.read_text()) == sealed({"accuracy": 1 / 3, "signature": "a"})


def test_replace__writes_the_records_in_their_order(path):
    log = log_at(path)
    log.add("a", Accuracy(0.25))
    log.add("b", Accuracy(0.5))
    log.replace([Accuracy(0.75, "c"), Accuracy(0.25, "a")])
    assert log.records == log_at(path).records == [Accuracy(0.75, "c"), Accuracy(0.25, "a")]


def test_records_of_several_types__share_a_file(path):
    file = LogFile(path)
    log = ResultsLog(file, asdict, accuracy_of)
    labels = ResultsLog(file, asdict, lambda fields: Label(fields.required("label", str)))
    log.add("a", Accuracy(0.25))
    labels.add("l", Label("NN"))
    assert labels["l"] == Label("NN") and log["a"] == Accuracy(0.25, "a")
    assert "a" in labels and len(log) == len(labels) == len(log_at(path)) == 2


@pytest.mark.parametrize(
    "tail",
    [b'{"accuracy": 0.5, "signa', b'{"accuracy": 0.5, "signature": "b"}', b"\x00\x00", b"3\n", b"{}\n", b"\xff\xfe"],
)
def test_incomplete_last_line__is_dropped(path, tail):
    log_at(path).add("a", Accuracy(0.25))
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    log = log_at(path)
    assert log.records == [Accuracy(0.25, "a")]
    assert path.read_bytes() == whole
    log.add("b", Accuracy(0.75))
    assert log_at(path)["b"] == Accuracy(0.75, "b")


def test_line_that_holds_something_else__is_one_sentence_with_its_number(path):
    path.write_text('{"accuracy": 0.5, "signature": "b"}\n\x00\n{"accuracy": "high", "signature": "a"}\n')
    log = log_at(path)
    log.add("c", Accuracy(0.25))
    # The broken line is gone, and the number is that in the file as it now is.
    assert [json.loads(line)["signature"] for line in path.read_text().splitlines()] == ["b", "a", "c"]
    sentence = r"measured\.jsonl, line 2, is damaged: 'accuracy' is missing or not a number\.$"
    for again in (log, log_at(path)):
        with pytest.raises(InputError, match=sentence):
            again.measure("a", never)
    file = LogFile(path)
    labels = ResultsLog(file, asdict, lambda fields: Label(fields.required("label", str)))
    with pytest.raises(InputError, match=r"line 3, is damaged: 'label'"):
        labels["c"]
    ResultsLog(file, asdict, accuracy_of).replace([Accuracy(0.5, "c")])
    with pytest.raises(InputError, match=r"line 1, is damaged: 'label'"):
        labels["c"]


def test_a_failed_measurement__is_not_written_down(path):
    log = log_at(path)
    with pytest.raises(AssertionError):
        log.measure("a", never)
    with pytest.raises(ValueError):
        log.add("a", Accuracy(float("nan")))
    assert not path.exists() and not len(log)


def test_log_in_a_missing_folder__is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        log_at(tmp_path / "nowhere" / "measured.jsonl").add("a", Accuracy(0.5))


def test_lines_of_an_earlier_version__get_checksums_and_edited_ones_are_refused(path):
    path.write_text('{"accuracy": 0.5, "signature": "a"}\n{"accuracy": 0.25, "signature": "b"}\n')
    log_at(path).add("c", Accuracy(1.0))
    written = path.read_text()
    expected = [(0.5, "a"), (0.25, "b"), (1.0, "c")]
    assert [json.loads(line) for line in written.splitlines()] == [
        sealed({"accuracy": accuracy, "signature": signature}) for accuracy, signature in expected
    ]
    for old, new, sentence in (
        ("0.25", "0.75", "line 2, is damaged: it was changed"),
        ("checksum", "note", "line 1, .*has no"),
    ):
        path.write_text(written.replace(old, new, 1))
        with pytest.raises(InputError, match=sentence):
            log_at(path)
