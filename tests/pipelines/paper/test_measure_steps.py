"""The commands of an experiment."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.paper import measure_steps as measures
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.model_size import Size
from tests.pipelines.paper.finished_experiments import experiment_of


@pytest.fixture
def jobs(monkeypatch):
    """All commands that would be run, by the name of the log."""
    found: dict[str, list[str]] = {}
    monkeypatch.setattr(measures, "run_all", lambda commands, folder, workers: found.update(commands))
    return found


def test_dump__takes_all_models_on_the_test_text_and_the_studied_ones_on_the_probes_texts(tmp_path, jobs):
    sem = LabelTask("EN SEM", "a", "b", train_text="c", test_text="d")
    pos = LabelTask("EN POS", "train.pos", "test.pos")
    size = Size(name="tiny", studied=1, language_models=1)
    measures.dump(experiment_of(tmp_path, size=size, tasks={"pos": pos, "sem": sem}))
    names = ["1", "2", "3", "lm1"] + [f"{m}.{t}" for m in ("1", "lm1") for t in ("probe", "sem.train", "sem.test")]
    assert list(jobs) == [f"dump-{name}" for name in names]
    assert "text=text/sem.test" in jobs["dump-lm1.sem.test"] and "data=bin/lm1" in jobs["dump-lm1.sem.test"]


def test_dump__has_the_sentences_in_the_first_model_of_each_kind(tmp_path, jobs):
    measures.dump(experiment_of(tmp_path, sentences=["one two ."]))
    assert [name for name in jobs if "sentences" in name] == ["dump-1.sentences", "dump-lm1.sentences"]
    assert "text=text/sentences.en" in jobs["dump-1.sentences"]


def test_probe__reads_the_dumps_of_its_task_and_compares_with_the_first(tmp_path, jobs):
    sem = LabelTask("EN SEM", "a", "b", train_text="c", test_text="d", options=["min_count=10"])
    tasks = {"pos": LabelTask("EN POS", "train.pos", "test.pos"), "sem": sem}
    measures.probe(experiment_of(tmp_path, tasks=tasks, size=Size(name="tiny", grid=[0.0, 1e-5])))
    assert "train.activations=activations/lm2.probe" in jobs["probe-lm2-pos"]
    assert "test.activations=activations/lm2" in jobs["probe-lm2-pos"]
    assert "grid=[0,1e-05]" in jobs["probe-1-pos"]
    assert not any(option.startswith("grid") for name, job in jobs.items() if name != "probe-1-pos" for option in job)
    assert {"train.activations=activations/2.sem.train", "against=[probes/2/pos]", "min_count=10"} <= {
        *jobs["probe-2-sem"]
    }
    assert "train.labels=position" in jobs["probe-3-position"]


def test_probe__has_no_grid_of_no_penalties(tmp_path, jobs):
    measures.probe(experiment_of(tmp_path, size=Size(name="tiny", grid=[])))
    assert not any(option.startswith("grid") for job in jobs.values() for option in job)


def test_ablate__compares_all_rankings_in_the_first_model_of_each_kind(tmp_path, jobs):
    measures.ablate(experiment_of(tmp_path))
    assert sorted(jobs) == sorted(
        ["ablate-1", "ablate-2", "ablate-3", "ablate-lm1", "ablate-lm2", "ablate-lm3"]
        + ["ablate-1-others", "ablate-lm1-others"]
    )
    others = next(option for option in jobs["ablate-1-others"] if option.startswith("rankings="))
    assert "probes/1/pos/ranking.json" in others and "rankings/1/variance-reversed.json" in others
    assert "metric=perplexity" in jobs["ablate-lm1"] and "reference=text/test.fr" in jobs["ablate-1"]


def test_a_dump_that_was_cut_off_from_its_mark__is_made_anew(tmp_path, jobs):
    experiment = experiment_of(tmp_path)
    for name in ("1", "2"):
        (experiment.folder / "activations" / name).mkdir(parents=True)
    (experiment.folder / "logs").mkdir()
    (experiment.folder / "logs" / "dump-2.done").touch()
    measures.dump(experiment)
    assert [path.name for path in (experiment.folder / "activations").iterdir()] == ["2"]
