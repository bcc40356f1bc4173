"""What an ablation reads, and by what it is recognised."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest
import torch

from fairseq_neurons.ablation.ablation_settings import PointOptions, TargetOptions
from fairseq_neurons.ablation.ablation_sources import Sources, identity_of, read_means, read_sources
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from tests.ablation.small_ablations import NEURONS, ranking
from tests.activations.small_dumps import write_dump

SOURCES = Sources("c" * 64, {"r": ranking(1)}, {})


@pytest.fixture
def checkpoint(tmp_path):
    (tmp_path / "model.pt").write_text("weights")
    return str(tmp_path / "model.pt"), hashlib.sha256(b"weights").hexdigest()


def test_rankings__are_read_with_the_hashes_of_their_files(tmp_path, checkpoint):
    path, sha256 = checkpoint
    paths = [str(tmp_path / name) for name in "ab"]
    for seed, file in enumerate(paths):
        ranking(seed, checkpoint=sha256).save(file)
    found = read_sources(path, paths)
    assert found.checkpoint == sha256 and found.neurons == NEURONS and list(found.rankings) == paths
    assert found.contents[paths[1]] == hashlib.sha256((tmp_path / "b").read_bytes()).hexdigest()
    np.testing.assert_array_equal(found.rankings[paths[1]].order, ranking(1).order)


def test_ranking_of_another_model__is_refused(tmp_path):
    ranking(1, checkpoint="f" * 64).save(tmp_path / "a")
    torch.save({"model": {}, "cfg": {"task": {}}}, tmp_path / "model.pt")
    with pytest.raises(InputError, match="are of different models"):
        read_sources(str(tmp_path / "model.pt"), [str(tmp_path / "a")])


def test_file_that_is_no_checkpoint__is_refused_as_such(tmp_path, checkpoint):
    ranking(1, checkpoint="f" * 64).save(tmp_path / "a")
    with pytest.raises(InputError, match="model.pt is refused: it is not a checkpoint"):
        read_sources(checkpoint[0], [str(tmp_path / "a")])
    with pytest.raises(InputError, match="The checkpoint .*nowhere.pt cannot be read"):
        read_sources(str(tmp_path / "nowhere.pt"), [str(tmp_path / "a")])


def test_means__are_of_a_dump_of_the_same_model(tmp_path, checkpoint):
    path, sha256 = checkpoint
    ranking(1, checkpoint=sha256).save(tmp_path / "a")
    sources = read_sources(path, [str(tmp_path / "a")])
    assert read_means(None, sources, path, Activations.mean) is None
    values = np.arange(32.0).reshape(2, 16)
    ours = write_dump(tmp_path / "ours", values, neurons=NEURONS, checkpoint=sha256)
    np.testing.assert_array_equal(read_means(str(ours), sources, path, Activations.mean), values.mean(axis=0))
    other = write_dump(tmp_path / "other", values, neurons=NEURONS, checkpoint="f" * 64)
    with pytest.raises(InputError, match="are of different models"):
        read_means(str(other), sources, path, Activations.mean)


def test_means__may_have_more_states_than_the_rankings(tmp_path, checkpoint):
    path, sha256 = checkpoint
    ranking(1, checkpoint=sha256).save(tmp_path / "a")
    sources = read_sources(path, [str(tmp_path / "a")])
    more = Neurons.of([Block("encoder", 0, "in", 2), *NEURONS.blocks])
    values = np.arange(36.0).reshape(2, 18)
    dump = write_dump(tmp_path / "more", values, neurons=more, checkpoint=sha256)
    np.testing.assert_array_equal(read_means(str(dump), sources, path, Activations.mean), values.mean(axis=0)[2:])
    fewer = write_dump(tmp_path / "fewer", values[:, :2], neurons=Neurons.of(more.blocks[:1]), checkpoint=sha256)
    with pytest.raises(InputError, match="fewer has no states of .*; it has encoder.0.in"):
        read_means(str(fewer), sources, path, Activations.mean)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dict.en.txt", "test.en.bin", "train.en.bin"):
        (folder / name).write_text(name)
    return folder


def identity(data, **changed) -> dict:
    means = changed.pop("means", None)
    target = TargetOptions("model.pt", str(data), ["r"], "out")
    points = PointOptions(value="mean" if means is not None else "zero", means="d" if means is not None else None)
    return identity_of(target, points, {"beam": 5}, changed.get("files", {}), SOURCES, means)


def test_identity__changes_with_what_a_score_depends_on(tmp_path, data):
    found = identity(data)
    assert {name: found[name] for name in ("subset", "metric", "site", "beam", "value", "checkpoint_sha256")} == {
        **{"subset": "test", "metric": "bleu", "site": "recurrent", "beam": 5, "value": "zero"},
        "checkpoint_sha256": "c" * 64,
    }
    copied = shutil.copytree(data, tmp_path / "elsewhere")
    assert identity(copied) == found
    (copied / "train.en.bin").write_text("other")
    assert identity(copied) == found
    (copied / "test.en.bin").write_text("other")
    assert identity(copied) != found


def test_identity__has_the_content_of_files_and_means(tmp_path, data):
    (tmp_path / "reference").write_text("a")
    files = {"reference": str(tmp_path / "reference")}
    assert identity(data, files=files)["reference_sha256"] == hashlib.sha256(b"a").hexdigest()
    hashes = {identity(data, means=np.full(16, value))["means_sha256"] for value in (0.0, 1.0)}
    assert len(hashes) == 2
    with pytest.raises(InputError, match="The file reference=nowhere cannot be read"):
        identity(data, files={"reference": "nowhere"})
