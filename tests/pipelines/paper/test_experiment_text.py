"""Texts and labels of an experiment."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import experiment_text as text
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.recipes import binarisation
from tests.pipelines.paper.finished_experiments import experiment_of, write_corpus


def test_prepare_text__gives_every_model_a_part_of_the_training_text(tmp_path):
    write_corpus(tmp_path / "corpus")
    experiment = experiment_of(tmp_path, sentences=["one", "two three"])
    text.prepare_text(experiment)
    folder = experiment.folder / "text"
    assert (folder / "sentences.en").read_text() == "one\ntwo three\n"
    parts = [(folder / f"part{i}.fr").read_text().splitlines() for i in (1, 2, 3)]
    whole = (tmp_path / "corpus" / "train.fr").read_text().splitlines()
    assert sorted(sum(parts, [])) == sorted(whole)
    assert parts[0] == whole[0::3] and [len(part) for part in parts] == [3, 2, 2]
    assert (folder / "probe.en").read_text().splitlines() == [f"train en {i}" for i in range(5)]
    assert (folder / "pos.test.labels").read_text() == "N P V\n" * 7


def test_prepare_text__lets_a_tagger_tag_the_text_of_the_task(tmp_path, monkeypatch):
    write_corpus(tmp_path / "corpus")
    monkeypatch.setattr(text, "tag", lambda sentences, spec: [[spec] * len(words) for words in sentences])
    tasks = {"pos": LabelTask("DE POS", "hanta:ger", "test.pos"), "place": LabelTask("EN POS", "position", "position")}
    experiment = experiment_of(tmp_path, tasks=tasks)
    text.prepare_text(experiment)
    assert (experiment.folder / "text/pos.train.labels").read_text() == "hanta:ger hanta:ger hanta:ger\n" * 5
    assert not (experiment.folder / "text/place.train.labels").exists()
    assert text.labels_of_task("place", tasks["place"], "train") == "position"
    assert text.labels_of_task("pos", tasks["pos"], "test") == "text/pos.test.labels"


def test_a_task_with_a_text_of_its_own__brings_it_along(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "other.en").write_text("one\n", encoding="utf-8")
    (corpus / "other.sem").write_text("S\n", encoding="utf-8")
    task = LabelTask("EN SEM", "other.sem", "test.pos", train_text="other.en")
    experiment = experiment_of(tmp_path, tasks={"sem": task})
    text.prepare_text(experiment)
    assert (experiment.folder / "text/sem.train").read_text() == "one\n"
    assert [text.text_of_task("sem", task, part) for part in ("train", "test")] == ["sem.train", None]


def test_sides_of_different_length__are_one_sentence_and_leave_no_text(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "valid.fr").write_text("un\n", encoding="utf-8")
    experiment = experiment_of(tmp_path)
    with pytest.raises(InputError, match=r"valid\.en has 7 lines, .*valid\.fr has 1: line n of one must translate"):
        text.prepare_text(experiment)
    assert not (experiment.folder / "text").exists()


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ("N P V\n" * 4, "train.pos has 4 lines of labels for 5 sentences"),
        ("N P V\n" * 4 + "N P\n", "train.pos, line 5, has 2 labels for 3 words"),
    ],
)
def test_labels_of_other_words__are_reported_before_anything_is_trained(tmp_path, labels, sentence):
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "train.pos").write_text(labels, encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        text.prepare_text(experiment_of(tmp_path))


def test_preprocess__gives_a_language_model_the_source_side_of_a_translation_model_s_part(tmp_path, monkeypatch):
    jobs: dict[str, list[str]] = {}
    monkeypatch.setattr(binarisation, "run_all", lambda commands, folder, workers: jobs.update(commands))
    text.preprocess(experiment_of(tmp_path))
    assert list(jobs) == ["preprocess", *(f"preprocess{name}" for name in ("1", "2", "3", "-lm1", "-lm2", "-lm3"))]
    assert "text/part2" in jobs["preprocess2"] and "text/part2.en" in jobs["preprocess-lm2"]
