"""The demo's curves and its control of tense: what is typed, and what is shown of what was measured."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from PIL import Image

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.curve_points import plan
from fairseq_neurons.commands.ablate import AblateConfig
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.pipelines.demo import demo_control as control
from fairseq_neurons.pipelines.demo import demo_curves as curves
from fairseq_neurons.pipelines.demo.demo_steps import Languages
from fairseq_neurons.storage.results_log import Entry
from tests.ablation.made_curves import ranking

ENGLISH_FRENCH = Languages("en", "fr")
NEURONS = Neurons.of([Block("encoder", 0, "fwd", 80)])


def settings_of(command: list[str]) -> AblationSettings:
    """The options as Hydra reads them."""
    assert command[0] == "fairseq-neurons-ablate"
    given = OmegaConf.merge(OmegaConf.structured(AblateConfig), OmegaConf.from_dotlist(command[1:]))
    options = {
        name: value for name, value in OmegaConf.to_container(given).items() if name not in ("defaults", "hydra")
    }
    settings = AblationSettings(**options)
    settings.check()
    return settings


def write(folder: Path, curve: Iterable[Entry], comparisons: Iterable[Entry] = ()) -> None:
    folder.mkdir(parents=True)
    for name, entries in (("curve", curve), ("comparisons", comparisons)):
        text = "".join(json.dumps(entry) + "\n" for entry in entries)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def measured(tmp_path) -> Path:
    """Curves of the points that the commands would measure, with made-up scores."""
    for name, command in curves.jobs(ENGLISH_FRENCH).items():
        settings = settings_of(command)
        points = plan(settings, {path: ranking(i, NEURONS) for i, path in enumerate(settings.rankings)}, None)
        write(tmp_path / settings.out, map(entry_of, points))
        assert settings.out == f"curves/{name.removeprefix('curve-')}"
    return tmp_path


def entry_of(point) -> Entry:
    factor = {"top": 1, "bottom": 4, "random": point.seed or 0}[point.order] + 10 * ("variance" in point.ranking)
    names = {name: getattr(point, name) for name in ("ranking", "order", "seed", "neurons", "share")}
    metric = "perplexity" if "lm" in point.ranking else "bleu"
    return {**names, "metric": metric, "score": 20.0 - point.neurons * factor / 10, "signature": point.mask.signature}


def test_table__has_a_column_an_order_and_a_row_a_share(measured):
    lines = curves.table(curves.lines(measured)).splitlines()
    assert [part.strip() for part in lines[0].split(",")] == ["BLEU"] * 4 + ["perplexity"] * 3 + [""]
    orders = ["top", "bottom", "random"]
    assert re.split(r"  +", lines[1].strip()) == ["removed", *orders, "top by variance", *orders]
    assert [line.split()[0] for line in lines[3:]] == ["0%", "2.5%", "5%", "10%", "20%", "40%"]
    by_order = ["18.40", "13.60", "17.60 ± 1.13"]  # 16 of the 80 neurons
    assert re.split(r"  +", lines[7].strip()) == ["20%", *by_order, "2.40", *by_order]
    assert lines[3].split() == ["0%", *["20.00"] * 7]


def test_infinite_perplexity__is_shown_as_such(measured):
    path = measured / "curves" / "lm" / "curve.jsonl"
    entries = [{**entry, "score": None if entry["neurons"] == 32 else 9.0} for entry in curves.read_entries(path)]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    assert curves.table(curves.lines(measured)).splitlines()[-1].split()[-3:] == ["inf"] * 3


def test_figure__has_a_panel_a_metric_and_the_settings_of_its_points(measured):
    curves.figure(measured)
    with Image.open(measured / "curve.png") as image:
        assert image.width > 1.5 * image.height
        assert image.text["Title"] == "BLEU and perplexity against neurons clamped"
        assert "|value:zero|" in image.text["Description"] and "|results:" in image.text["Description"]


def test_tense_is_controlled__both_ways(tmp_path):
    found = {name: settings_of(command) for name, command in control.jobs(tmp_path, ENGLISH_FRENCH).items()}
    assert [(name, settings.at, settings.to) for name, settings in found.items()] == [
        ("control-past-pres", "past", "pres"),
        ("control-pres-past", "pres", "past"),
    ]
    for settings in found.values():
        assert settings.metric == "control" and "random" in settings.order
        assert settings.rankings == list(control.RANKINGS)
        assert "mangerons\tfut\n" in (tmp_path / settings.outcome).read_text(encoding="utf-8")


def test_control__is_shown_beside_random_neurons(tmp_path):
    shared = {"neurons": 26, "words": 300, "could_turn": 120, "bleu": 20.123}
    first, second = control.RANKINGS
    for number, (at, to) in enumerate(control.DIRECTIONS):
        curve, comparisons = [], []
        for ranking_, turned in ((first, 40 + number), (second, 3)):
            curve.append({"ranking": ranking_, "order": "top", "turned": turned, **shared})
            for seed, by_chance in enumerate((1, 4), start=1):
                curve.append({"ranking": ranking_, "order": "random", "seed": seed, "turned": by_chance, **shared})
                against = {"ranking": ranking_, "order": "top", "seed": None}
                p_value = seed * (0.0004 if ranking_ == first else 0.2)
                comparisons.append({"ranking": ranking_, "order": "random", "against": against, "p_value": p_value})
            comparisons.append({"ranking": ranking_, "order": "top", "against": None, "p_value": 0.9})
        other = {"ranking": first, "order": "top", "seed": None}
        comparisons.append({"ranking": second, "order": "top", "against": other, "p_value": 0.8})
        write(tmp_path / "control" / f"{at}-{to}", curve, comparisons)
    rows = [re.split(r"  +", line.strip()) for line in control.table(tmp_path).splitlines()[-4:]]
    assert rows[0] == ["past to pres", "F-test", "26", "300", "40 of 120", "2.5", "0.0008", "20.12"]
    assert rows[1] == ["past to pres", "probe", "26", "300", "3 of 120", "2.5", "0.4", "20.12"]
    assert rows[2][:5] == ["pres to past", "F-test", "26", "300", "41 of 120"]
