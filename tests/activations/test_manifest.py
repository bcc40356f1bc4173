"""Dumps that lie, are cut short or come from elsewhere are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations, Manifest
from fairseq_neurons.errors import InputError
from tests.activations.small_dumps import forget_checksums
from tests.activations.test_writer import write


@pytest.fixture
def dump(tmp_path) -> Path:
    write(tmp_path / "a", [2, 0, 3])
    return tmp_path / "a"


def edit(dump: Path, **fields: object) -> None:
    forget_checksums(dump)
    path = dump / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"format": 3}, "has format 3, this version reads up to 2: update fairseq-neurons"),
        ({"format": "one"}, "'format' is missing or not an integer"),
        ({"words": "many"}, "'words' is missing or not an integer"),
        ({"words": 6}, "its manifest promises"),
        ({"sentences": 9}, "offsets.npy.* corrupt"),
        ({"dtype": "float64"}, "damaged: dtype=float64 cannot be dumped: choose float16 or float32"),
        ({"neurons": []}, "'neurons' is empty or contains an invalid block"),
        ({"eos": None}, "'eos' is missing or not true or false"),
        ({"unknown": "3"}, "'unknown' is missing or not an integer"),
        ({"neurons": [{"module": "encoder", "layer": 0, "part": "fwd", "size": 1 << 40}]}, "invalid block"),
    ],
)
def test_manifest_that_lies__is_refused(dump, fields, sentence):
    edit(dump, **fields)
    with pytest.raises(InputError, match=sentence):
        Activations(dump)


DEFAULTS = {
    **{"skipped": 0, "pooling": "last", "subwords": "words", "eos": False, "side": "source"},
    **{"checkpoint_sha256": "", "data": "", "subset": "", "mask": "", "versions": {}, "unknown": None},
    **{"dictionary_sha256": "", "sha256": None},
}


def test_fields_with_a_default__may_be_missing(dump):
    path = dump / "manifest.json"
    whole = json.loads(path.read_text())
    del whole["checksum"]
    least = {name: value for name, value in whole.items() if name not in DEFAULTS}
    assert list(least) == ["format", "neurons", "words", "sentences", "dtype"]
    path.write_text(json.dumps(least))
    again = json.loads(Activations(dump).manifest.to_json())
    assert {name: value for name, value in again.items() if name != "checksum"} == {**whole, **DEFAULTS}
    for name in least:
        path.write_text(json.dumps({other: value for other, value in least.items() if other != name}))
        with pytest.raises(InputError, match=name):
            Activations(dump)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"neurons": 3}'])
def test_manifest_that_is_none__is_refused(dump, text):
    (dump / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="manifest"):
        Activations(dump)


@pytest.mark.parametrize("name", ["activations.npy", "offsets.npy"])
@pytest.mark.parametrize("keep", [0, 5, 100, -4])
def test_truncated_array__is_refused(dump, name, keep):
    content = (dump / name).read_bytes()
    (dump / name).write_bytes(content[:keep])
    with pytest.raises(InputError, match=rf"{name} (is missing, truncated or not an array|does not fit|holds)"):
        Activations(dump)


def test_pickled_array__is_refused_and_does_not_run(dump, tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.system, (f"touch {tmp_path / 'ran'}",))

    np.save(dump / "offsets.npy", np.array([Evil()], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="offsets.npy is missing, truncated or not an array"):
        Activations(dump)
    assert not (tmp_path / "ran").exists()


def test_words_that_do_not_fit__are_reported_by_line(dump):
    (dump / "words.txt").write_text("a b\n\nc d\n")
    with pytest.raises(InputError, match="line 3: 2 words, but 3 rows"):
        _ = Activations(dump).sentences
    (dump / "words.txt").write_text("a b\n")
    with pytest.raises(InputError, match="has 1 lines, its manifest promises 3"):
        _ = Activations(dump).sentences


def test_folder_without_manifest__is_no_dump(tmp_path):
    with pytest.raises(InputError, match="is not a dump"):
        Activations(tmp_path)


def test_array_with_something_behind_it__is_refused(dump):
    with open(dump / "activations.npy", "ab") as file:
        file.write(b"more")
    with pytest.raises(InputError, match="longer than its header says"):
        Activations(dump)


def test_array_in_fortran_order__is_refused(dump):
    values = np.load(dump / "activations.npy")
    np.save(dump / "activations.npy", np.asfortranarray(values))
    with pytest.raises(InputError, match="Fortran order"):
        Activations(dump)


FORMAT_1 = """{
  "format": 1,
  "neurons": [
    {"module": "encoder", "layer": 0, "direction": "fwd", "size": 2},
    {"module": "encoder", "layer": 0, "direction": "bwd", "size": 1}
  ],
  "words": 5, "sentences": 3, "skipped": 1, "dtype": "float32", "pooling": "last", "subwords": "words", "eos": false,
  "checkpoint_sha256": "", "data": "", "subset": "", "mask": "", "versions": {"fairseq-neurons": "0.1"}
}"""


def test_manifest_of_format_1__is_read_and_written_as_format_2(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(FORMAT_1)
    manifest = Manifest.read(path)
    assert [block.name for block in manifest.neurons.blocks] == ["encoder.0.fwd", "encoder.0.bwd"]
    path.write_text(manifest.to_json())
    assert Manifest.read(path) == manifest
    written = json.loads(manifest.to_json())
    assert written["format"] == 2 and written["unknown"] is None
    assert written["neurons"][1] == {"module": "encoder", "layer": 0, "part": "bwd", "size": 1}
