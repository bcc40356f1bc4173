"""Which folders a curve may go to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.errors import InputError

IDENTITY = {"beam": 5, "value": "zero", "checkpoint_sha256": "a" * 64}
RANKINGS = {"r": "b" * 64}


def measured(out: Path) -> Path:
    with CurveFolder(out, IDENTITY, RANKINGS) as place:
        place.begin()
        place.curve.add("s", Point("r", "top", None, 0, "0", "bleu", 1.0, signature="s"))
    return out


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"beam": 3}, "was made with beam=5, not 3; choose another out="),
        ({"value": "mean", "means_sha256": "c" * 64}, "was made with value=zero, not mean;"),
        ({"checkpoint_sha256": "c" * 64}, "was made with checkpoint_sha256=aaaaaaaa, not cccccccc;"),
        ({"reference_sha256": "c" * 64}, "was made with reference_sha256=None, not cccccccc;"),
    ],
)
def test_other_settings__are_refused(tmp_path, changed, sentence):
    out = measured(tmp_path / "out")
    before = (out / "curve.jsonl").read_bytes()
    with pytest.raises(InputError, match=sentence):
        CurveFolder(out, {**IDENTITY, **changed}, RANKINGS)
    assert (out / "curve.jsonl").read_bytes() == before
    with CurveFolder(out, IDENTITY, RANKINGS) as place:
        assert len(place.curve) == 1


def test_other_ranking_of_the_same_name__is_refused_and_one_of_another_name_added(tmp_path):
    out = measured(tmp_path / "out")
    with pytest.raises(InputError, match="was made with another ranking r;"):
        CurveFolder(out, IDENTITY, {"r": "c" * 64})
    with CurveFolder(out, IDENTITY, {"q": "c" * 64}) as place:
        place.begin()
    assert json.loads((out / "settings.json").read_text())["rankings"] == {"r": "b" * 64, "q": "c" * 64}


def test_settings_under_which_nothing_was_measured__bind_nobody(tmp_path):
    with CurveFolder(tmp_path / "out", IDENTITY, RANKINGS) as place:
        place.begin()
    with CurveFolder(tmp_path / "out", {**IDENTITY, "beam": 3}, {"r": "c" * 64}) as place:
        place.begin()
    assert json.loads((tmp_path / "out" / "settings.json").read_text())["settings"]["beam"] == 3


def test_folder_of_something_else__is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(InputError, match="is not the folder of a curve"):
        CurveFolder(tmp_path, IDENTITY, RANKINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(InputError, match="cannot be written: File exists|Not a directory"):
        CurveFolder(tmp_path / "thesis.tex", IDENTITY, RANKINGS)


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 1}', '{"format": 1, "settings": 3, "rankings": {}}'])
def test_damaged_settings__are_reported(tmp_path, content):
    out = measured(tmp_path / "out")
    (out / "settings.json").write_text(content)
    with pytest.raises(InputError, match="settings.json is damaged"):
        CurveFolder(out, IDENTITY, RANKINGS)


def test_newer_format__is_refused(tmp_path):
    out = measured(tmp_path / "out")
    (out / "settings.json").write_text('{"format": 2}')
    with pytest.raises(InputError, match="format 2, this version reads up to 1"):
        CurveFolder(out, IDENTITY, RANKINGS)
