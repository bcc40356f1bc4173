"""The paper's figures of made-up result files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fairseq_neurons.pipelines.paper import paper_figures as figures
from fairseq_neurons.pipelines.paper.best_single_neurons import BestNeuron
from fairseq_neurons.pipelines.paper.ranking_names import SINGLE
from tests.ablation.curve_files import write_curve
from tests.activations.small_dumps import write_dump
from tests.pipelines.paper.finished_experiments import curve_of, experiment_of
from tests.probing.result_values import cell_of, results_of

CALLED = {"cross-model": "rankings/{}/cross-model.json", "pos": "probes/{}/pos/ranking.json"}


@pytest.fixture
def experiment(tmp_path):
    made = experiment_of(tmp_path, sentences=["a b", "c"])
    for model, metric in (("1", "bleu"), ("2", "bleu"), ("lm1", "perplexity")):
        folder = made.folder / "curves" / model
        curve = curve_of(metric)
        lines = [
            {**point, "metric": metric, "signature": f"of-{model}"}
            | {"ranking": CALLED.get(point["ranking"], "rankings/{}/" + point["ranking"] + ".json").format(model)}
            for point in curve["points"]
            if model != "2" or point["ranking"] == "cross-model"
        ]
        write_curve(folder, lines, metric=metric)
    for model in ("1", "lm1"):
        folder = made.folder / f"probes/{model}/pos"
        folder.mkdir(parents=True)
        grid = tuple(cell_of(a, b) for a in (0.0, 0.1) for b in (0.0, 0.2)) if model == "1" else ()
        results = results_of({"DT": 2, "CC": 1, "NN": 20}, grid=grid, signature="probe")
        (folder / "results.json").write_text(json.dumps(results.to_json()))
    values = np.arange(6, dtype=np.float32).reshape(3, 2)
    write_dump(made.folder / "activations/1.sentences", values, sentences=[["a", "b"], ["c"]])
    return made


@pytest.fixture(autouse=True)
def found(monkeypatch):
    told = [BestNeuron("begin", 20, "encoder.0.fwd.1", 0.9, 1, ("a",)), BestNeuron("month", 0)]
    monkeypatch.setattr(figures, "best_single_neurons", lambda experiment, model: told)


def test_paper_figures__are_numbered_as_in_the_paper(experiment):
    drawn = dict(figures.paper_figures(experiment))
    assert list(drawn) == [
        *("figure-2", "figure-6.1", "figure-6.lm1", "figure-3.begin"),
        *("figure-4", "figure-5", "figure-7", "figure-8"),
    ]
    panels = {name: len(drawn[name].axes) // 2 for name in ("figure-4", "figure-5", "figure-7", "figure-8")}
    assert panels == {"figure-4": 2, "figure-5": 1, "figure-7": 2, "figure-8": 2}


def legend(axes) -> set[str]:
    return {text.get_text() for text in axes.get_legend().get_texts()} - {"95 % interval", "p ≥ 0.05"}


def test_curves__have_the_rankings_of_their_figure(experiment):
    drawn = dict(figures.paper_figures(experiment))
    assert legend(drawn["figure-4"].axes[0]) == {"cross-model", "top", "bottom", "random, range"}
    assert legend(drawn["figure-7"].axes[0]) == {"cross-model", *SINGLE, "top"}
    assert legend(drawn["figure-8"].axes[0]) == {"cross-model", "pos", "top"}


def test_draw_figures__writes_files_with_their_signatures(experiment):
    figures.draw_figures(experiment)
    told = figures.drawn(experiment)
    assert told == {name: figure.signature for name, figure in figures.paper_figures(experiment)}
    assert "neuron:encoder.0.fwd.1" in told["figure-3.begin"]
    before = {path: path.read_bytes() for path in (experiment.folder / "figures").iterdir()}
    figures.draw_figures(experiment)
    assert before == {path: path.read_bytes() for path in (experiment.folder / "figures").iterdir()}


def test_what_has_not_been_measured__is_not_drawn(tmp_path):
    assert dict(figures.paper_figures(experiment_of(tmp_path))) == {}
    assert figures.drawn(experiment_of(tmp_path)) == {}
