"""Which labels the words of a run have."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.labels import labels_of
from fairseq_neurons.runs.run_folder import Run
from fairseq_neurons.runs.run_labels import labels_for
from tests.activations.small_dumps import write_dump
from tests.runs.made_runs import edit


def found_in(folder: Path, model: str = "one", language: str = "en") -> dict[str, list[str | None]]:
    run = Run.open(folder)
    chosen = next(one for one in run.models if one.name == model)
    return labels_for(run, chosen, run.dump_of(chosen), language)


def set_sources(run: Path, **fields: object) -> None:
    path = run / "probes" / "pos" / "results.json"
    edit(path, sources={**json.loads(path.read_text())["sources"], **fields})


def words(path: Path) -> list[list[str]]:
    return Activations(path).sentences


def test_labels__are_those_that_the_probe_was_given_and_the_built_in_ones(made_run):
    found, shown = found_in(made_run), words(made_run / "activations" / "one")
    assert list(found) == ["pos", "position"]
    assert found["pos"] == labels_of(shown, str(made_run / "text" / "one.pos"))
    assert found["position"] == labels_of(shown, "position")


def test_labels_of_training_words__are_those_they_were_trained_with(made_run):
    run = Run.open(made_run)
    found = labels_for(run, run.models[0], run.models[0].dumps["activations/train"])
    assert found["pos"] == labels_of(words(made_run / "activations" / "train"), str(made_run / "text" / "train.pos"))


def test_words_of_other_models__have_the_same_labels(made_run):
    assert found_in(made_run, "two") == found_in(made_run)


def test_paths__lead_from_here_or_from_the_run(made_run, run_copy, monkeypatch):
    expected = found_in(made_run)
    set_sources(run_copy, test={"activations": "activations/one", "labels": "text/one.pos"})
    assert found_in(run_copy) == expected
    monkeypatch.chdir(run_copy.parent)
    # Another run's, where the command is called.
    shutil.copytree(run_copy / "activations" / "train", Path("activations") / "one")
    shutil.copytree(run_copy / "text", "text")
    assert found_in(run_copy) == expected
    Path("text/one.pos").write_text("other\n")
    assert found_in(run_copy) == expected
    set_sources(run_copy, test={"activations": "run/activations/one", "labels": "run/text/one.pos"})
    assert found_in(run_copy) == expected


def test_names__are_those_the_probe_had_for_them(run_copy):
    local = {"activations": "activations/one", "labels": "text/one.pos"}
    set_sources(run_copy, test=local, merge=["V"], ignore=["ADJ"])
    assert set(found_in(run_copy)["pos"]) == {"V", "N/A", None}


def test_labels_that_are_gone_or_do_not_fit__are_left_out(run_copy, caplog):
    caplog.set_level(logging.INFO)
    set_sources(run_copy, test={"activations": "activations/one", "labels": "text/nowhere.pos"})
    assert list(found_in(run_copy)) == ["position"]
    assert "probes/pos: its labels are left out" in caplog.text and "text/nowhere.pos" in caplog.text
    set_sources(run_copy, test={"activations": "activations/one", "labels": "text/train.pos"})
    assert list(found_in(run_copy)) == ["position"]
    set_sources(run_copy, test={"activations": "activations/gone", "labels": "text/one.pos"})
    assert list(found_in(run_copy)) == ["position"]


def test_probes_of_equal_names__do_not_hide_each_other(run_copy):
    set_sources(run_copy, test={"activations": "activations/one", "labels": "text/one.pos"})
    shutil.copytree(run_copy / "probes" / "pos", run_copy / "more" / "pos")
    assert list(found_in(run_copy)) == ["pos", "position"]
    set_sources(run_copy, test={"activations": "activations/one", "labels": "length"})
    found = found_in(run_copy)
    assert list(found) == ["pos", "probes/pos", "position"]
    assert set(found["probes/pos"]) == {"1-10"} and len(set(found["pos"])) == 3


def test_built_in_labels_that_a_probe_has_by_other_names__are_reported_once(run_copy):
    # All sentences have four words: the first third is one, the last is one.
    (run_copy / "text" / "one.pos").write_text("a b b c\n" * 15)
    set_sources(run_copy, test={"activations": "activations/one", "labels": "text/one.pos"})
    assert list(found_in(run_copy)) == ["pos"]


def test_built_in_labelers__must_find_ten_words_of_two_labels(tmp_path):
    sentences = [["not", "in", "May", "7"]] * 9 + [["7", "dogs"]]
    write_dump(tmp_path / "a", np.zeros((38, 2)), sentences=sentences)
    assert list(found_in(tmp_path, "a")) == ["position", "numbers"]
    assert list(found_in(tmp_path, "a", language="xx")) == ["position"]
