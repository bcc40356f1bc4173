"""All figures of a run."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.figures import figures_of, save
from fairseq_neurons.figures import run_figures as of_run
from fairseq_neurons.runs.run_folder import Run
from tests.ablation.curve_files import write_curve
from tests.activations.small_dumps import write_dump
from tests.figures.figure_contents import svg_texts
from tests.figures.test_curve_figure import curve
from tests.runs.made_runs import edit


@pytest.fixture
def run(run_copy) -> Run:
    """With a curve of several rankings."""
    folder = run_copy / "curves" / "one"
    checkpoint = json.loads((folder / "settings.json").read_text())["settings"]["checkpoint_sha256"]
    write_curve(folder, curve().points, checkpoint=checkpoint)
    return Run.open(run_copy)


def test_a_run__gives_a_figure_of_each_result(run, tmp_path):
    titles, made = {}, []
    for drawing in figures_of(run):
        titles[drawing.name] = drawing.title
        made += save(drawing.figure, tmp_path / "figures" / drawing.name, ["svg"])
        assert drawing.signature.startswith("figure:")
    assert list(titles) == [
        *("curves.one", "focus.pos", "overlap.pos", "places.pos", "overlap.one", "places.one", "sentences.one"),
    ]
    assert titles["curves.one"] == "BLEU against neurons masked: curves/one"
    assert titles["focus.pos"] == "Neurons that hold 25 % of the weights of each label: probes/pos"
    assert titles["places.one"].endswith(": model one")
    assert sorted(path.name for path in made) == sorted(f"{name}.svg" for name in titles)


def test_figures__are_made_when_they_are_asked_for(run, monkeypatch):
    asked = []
    monkeypatch.setattr(of_run, "focus_bars", lambda results, mass: asked.append(mass))
    drawings = figures_of(run)
    assert next(drawings).name == "curves.one"
    assert asked == []


def test_the_rankings_of_a_model__are_compared_without_those_of_single_methods(run):
    drawings = {drawing.name: drawing for drawing in figures_of(run)}
    assert {"rankings/cross", "probes/pos"} <= set(svg_texts(drawings["overlap.one"].figure))
    assert {"probe", "probeless"} <= set(svg_texts(drawings["overlap.pos"].figure))


def test_sentences__are_those_with_the_highest_and_lowest_values_of_the_first_neuron(run):
    (sentences,) = [drawing for drawing in figures_of(run) if drawing.name == "sentences.one"]
    model = run.models[0]
    neuron = int(model.rankings["rankings/cross"].order[0])
    dump = run.dump_of(model).activations
    spoken = [s for s in range(dump.manifest.sentences) if dump.sentences[s]]
    values = {s: dump.sentence(s)[:, neuron].tolist() for s in spoken}
    highest = sorted(spoken, key=lambda s: -max(values[s]))[:3]
    lowest = sorted(spoken, key=lambda s: min(values[s]))[:3]
    shown = list(dict.fromkeys(highest + lowest))
    assert f"|sentences:{','.join(map(str, shown))}|" in sentences.signature
    assert set(dump.sentences[shown[0]]) <= set(svg_texts(sentences.figure))


def test_a_curve_of_two_models__is_drawn_once(run):
    part = write_dump(run.path / "part", np.zeros((3, 2), np.float32))
    edit(part / "manifest.json", checkpoint_sha256=run.models[0].checkpoint_sha256)
    models = Run.open(run.path).models
    assert [list(model.curves) for model in models].count(["curves/one"]) == 2
    assert [drawing.of for drawing in figures_of(Run.open(run.path))].count("curves/one") == 1


def test_an_empty_curve__is_left_out(run_copy):
    (run_copy / "curves" / "one" / "curve.jsonl").write_text("")
    assert [drawing.name for drawing in islice(figures_of(Run.open(run_copy)), 1)] == ["focus.pos"]


def test_names__are_never_given_twice():
    taken: set[str] = set()
    names = [of_run._name("curves", name, taken) for name in ("curves/nmt", "nmt", "control/a", "curves/control/a")]
    assert names == ["curves.nmt", "curves.nmt-2", "curves.control.a", "curves.control.a-2"]


def test_the_example_of_the_docs__draws_them_all(run, tmp_path, monkeypatch, capsys):
    docs = Path(__file__).parents[2] / "docs" / "figures.md"
    example = docs.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    run.path.rename(tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    exec(example, {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(list((tmp_path / "figures").glob("*.pdf"))) == 7
