"""What a run folder holds is found by the contents of files, and sorted by model."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.runs.run_folder import Run
from fairseq_neurons.runs.run_scan import models_in
from tests.ablation.small_ablations import ranking
from tests.activations.small_dumps import write_dump
from tests.runs.made_runs import edit, write_curve
from tests.runs.test_run_folder import small_dump


def test_names_that_collide__have_their_folders_in_them(tmp_path):
    for name in ("1", "activations/1", "activations/2"):
        small_dump(tmp_path / name, name[-5:] * 8)
    assert [model.name for model in Run.open(tmp_path).models] == ["1", "activations/1", "2"]


def test_parts_of_one_checkpoint__are_models_of_their_own(tmp_path):
    small_dump(tmp_path / "narrow", "1" * 64)
    small_dump(tmp_path / "wide", "1" * 64, width=3)
    write_curve(tmp_path / "curve", "1" * 64)
    models = Run.open(tmp_path).models
    assert [(model.name, len(model.neurons), list(model.curves)) for model in models] == [
        ("narrow", 2, ["curve"]),
        ("wide", 3, ["curve"]),
    ]


def test_curve_of_an_unknown_model__is_all_that_is_known_of_it(tmp_path):
    write_curve(tmp_path / "curve", "f" * 64)
    (model,) = Run.open(tmp_path).models
    assert (model.name, list(model.curves), len(model.neurons)) == ("f" * 8, ["curve"], 0)


@pytest.mark.parametrize("name", ["checkpoints", "models", ".hidden", "dump.partial", "figures"])
def test_folders_of_training_and_figures__are_not_searched(tmp_path, name):
    small_dump(tmp_path / name / "a")
    assert models_in(tmp_path) == []


def test_other_json_files__are_no_rankings(tmp_path):
    (tmp_path / "notes.json").write_text('{"format": 2}')
    (tmp_path / "half.json").write_bytes(b"\xff")
    ranking(1, checkpoint="f" * 64).save(tmp_path / "any name.json")
    (model,) = models_in(tmp_path)
    assert list(model.rankings) == ["any name"]


def test_folders_that_link_to_each_other__are_read_once(tmp_path):
    small_dump(tmp_path / "a" / "dump")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (model,) = models_in(tmp_path)
    assert list(model.dumps) == ["a/dump"]


def test_a_folder_of_results__is_a_run_of_its_own(tmp_path):
    (model,) = models_in(small_dump(tmp_path / "dump"))
    assert list(model.dumps) == ["dump"]


def test_curve__belongs_to_the_states_that_were_masked(tmp_path):
    for part in ("ffn", "out"):
        neurons = Neurons.of([Block("encoder", 0, part, 2)])
        write_dump(
            tmp_path / part, np.ones((3, 2)), sentences=[["a", "b"], ["c"]], neurons=neurons, checkpoint="c" * 64
        )
        write_curve(tmp_path / "curves" / part, "c" * 64)
        settings = {"metric": "bleu", "checkpoint_sha256": "c" * 64, "states": f"encoder.0.{part}"}
        edit(tmp_path / "curves" / part / "settings.json", settings=settings)
    write_curve(tmp_path / "curves" / "any", "c" * 64)
    assert {model.neurons.summary: sorted(model.curves) for model in Run.open(tmp_path).models} == {
        "encoder.0.ffn": ["curves/any", "curves/ffn"],
        "encoder.0.out": ["curves/any", "curves/out"],
    }
