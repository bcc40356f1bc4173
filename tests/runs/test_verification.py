"""Whatever was changed after it was written is found, in every kind of result."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import fairseq_neurons as fn
from fairseq_neurons.activations import reader
from fairseq_neurons.errors import InputError
from fairseq_neurons.runs.verification import verify
from tests.activations.small_dumps import forget_checksums


def damage(*paths: Path) -> dict[str, str]:
    return {entry.path.name: entry.damage for entry in verify(*paths) if entry.damage}


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_whole_run__is_as_it_was_written(made_run):
    found = verify(made_run)
    assert sorted(entry.kind for entry in found) == ["curve", *["dump"] * 4, "probe", "ranking"]
    assert [entry.damage for entry in found] == [""] * 7
    assert {entry.path.name for entry in found if not entry.has_checksum} <= {"one"}
    assert str(found[0]).endswith("activations/one: dump, as it was written")


def test_every_flipped_byte_of_a_value__is_found(run_copy, monkeypatch):
    monkeypatch.setattr(reader, "SMALL", 0)  # as large dumps are opened
    file = run_copy / "activations" / "two" / "activations.npy"
    flip(file, 200 + 40 * 3)
    fn.Activations(file.parent)  # no sampled row is hit
    assert "activations.npy is damaged" in damage(run_copy)["two"]
    flip(file, 200 + 40 * 3)
    assert damage(run_copy) == {}


@pytest.mark.parametrize("size", [0, 1 << 30])
def test_other_models_array_permuted_rows_and_shifted_offsets__are_reported_on_opening(run_copy, monkeypatch, size):
    monkeypatch.setattr(reader, "SMALL", size)
    two, three = (run_copy / "activations" / name for name in ("two", "three"))
    whole, values = (two / "activations.npy").read_bytes(), np.array(fn.Activations(two).values)
    for other in ((three / "activations.npy").read_bytes(), values[::-1], np.roll(values, 1, 0), values[:, ::-1]):
        if isinstance(other, bytes):
            (two / "activations.npy").write_bytes(other)
        else:
            np.save(two / "activations.npy", np.ascontiguousarray(other))
        with pytest.raises(InputError, match=r"two/activations\.npy is damaged: it was changed"):
            fn.Activations(two)
    (two / "activations.npy").write_bytes(whole)
    offsets = np.load(two / "offsets.npy")
    offsets[1:-1] += 1
    np.save(two / "offsets.npy", offsets)
    with pytest.raises(InputError, match=r"offsets\.npy is damaged: it was changed"):
        fn.Activations(two)


def test_exchanged_words__are_reported_when_they_are_read(run_copy):
    file = run_copy / "activations" / "two" / "words.txt"
    first, *others = file.read_text().split("\n")
    file.write_text("\n".join([" ".join(reversed(first.split(" "))), *others]).replace("x", "y", 1))
    with pytest.raises(InputError, match=r"words\.txt is damaged: it was changed"):
        _ = fn.Activations(file.parent).sentences
    assert list(damage(run_copy)) == ["two"]


def test_dump_of_an_earlier_version__is_complete_without_checksums(run_copy):
    dump = run_copy / "activations" / "two"
    forget_checksums(dump)
    (entry,) = verify(dump)
    assert (entry.damage, entry.has_checksum) == ("", False) and "without checksums" in str(entry)


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("rankings/cross.json", '"method": "crossmodel-max"', '"method": "crossmodel-min"', "cross.json"),
        ("probes/pos/results.json", '"accuracy": ', '"accuracy": 1', "pos"),
        ("probes/pos/ranking.json", '"layer": 0', '"layer": 1', "pos"),
        ("probes/pos/ranking.ADJ.json", '"method": "linguistic"', '"method": "lingustic"', "pos"),
        ("probes/pos/rankings/probeless.json", '"method": "probeless"', '"method": "probelss"', "pos"),
        ("activations/two/manifest.json", '"skipped": 0', '"skipped": 1', "two"),
    ],
)
def test_edited_result__is_reported(run_copy, name, old, new, found):
    file = run_copy / name
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=rf"{file.name} is damaged: it was changed after it was written"):
        fn.Run.open(run_copy)
    assert list(damage(run_copy)) == [found]


def test_ranking_of_a_label_by_another_method__is_verified(run_copy):
    file = run_copy / "probes" / "pos" / "rankings" / "probeless.ADJ.json"
    file.write_text(file.read_text().replace('"method": "probeless"', '"method": "probelss"'))
    assert "probeless.ADJ.json is damaged: it was changed" in damage(run_copy)["pos"]


def test_edited_score_of_a_curve_and_missing_output__are_reported(run_copy, tmp_path):
    from fairseq_neurons.ablation.curve_records import Point
    from fairseq_neurons.storage.results_log import ResultsLog

    curve = shutil.copytree(run_copy / "curves" / "one", tmp_path / "curve")
    points = fn.Curve.read(curve).points
    (curve / "curve.jsonl").unlink()
    ResultsLog(curve / "curve.jsonl", Point.to_json, Point.read).replace(points)
    assert damage(curve) == {}
    lines = (curve / "curve.jsonl").read_text()
    (curve / "curve.jsonl").write_text(lines.replace('"score": 8.0', '"score": 8.5'))
    assert "curve.jsonl, line 2, is damaged: it was changed" in damage(curve)["curve"]
    content = {**json.loads(lines.split("\n")[0]), "output": "hypotheses/unablated.txt"}
    del content["checksum"]
    (curve / "curve.jsonl").write_text(json.dumps(content) + "\n")
    assert "unablated.txt is missing" in damage(curve)["curve"]


def test_weights_of_another_probe__are_reported(run_copy):
    file = run_copy / "probes" / "pos" / "probe.npz"
    flip(file, len(file.read_bytes()) // 3)
    assert list(damage(run_copy)) == ["pos"]


def test_folders_without_results__are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no", tmp_path / ("x" * 300)):
        with pytest.raises(InputError):
            verify(path)
