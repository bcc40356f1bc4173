"""``fairseq-neurons-correlate``: every method, sharded runs, and wrong input in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.cross_model import METHODS, correlate
from tests.activations.small_dumps import write_dump
from tests.commands.running_commands import Command
from tests.running import succeed


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    shared = generator.normal(size=(60, 3))
    for name in "abc":
        write_dump(tmp_path / name, shared @ generator.normal(size=(3, 6)) + generator.normal(size=(60, 6)))
    return Command("fairseq-neurons-correlate", tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_every_method__is_one_option_away(command, method):
    printed = command.succeed("activations=[a,b,c]", "target=1", f"method={method}", "out=r.json")
    ranking, expected = Ranking.load("r.json"), correlate(["a", "b", "c"], target=1, method=method)
    np.testing.assert_array_equal(ranking.order, expected.order)
    assert ranking.signature == expected.signature and ranking.signature in printed
    assert f"{ranking.neurons.name(int(ranking.order[0]))} ({ranking.order[0]})" in printed


def test_options__reach_the_ranking(command):
    command.succeed("activations=[a]", "method=variance", "reverse=true", "out=v.json")
    assert Ranking.load("v.json").method == "variance-reversed"
    command.succeed("activations=[a]", "method=random", "seed=4", "out=r.json")
    assert "seed:4" in Ranking.load("r.json").signature
    command.succeed("activations=[a,b]", "method=min", "absolute=true", "out=m.json")
    assert "absolute:yes" in Ranking.load("m.json").signature


def test_pairs_of_a_multirun__combine_to_the_undivided_ranking(command):
    sweep = ["--multirun", "activations=[a,b],[a,c]", "method=linear-regression", "out='pair.${hydra:job.num}.json'"]
    succeed("fairseq-neurons-correlate", *sweep, folder=command.folder)
    command.succeed("combine=[pair.0.json,pair.1.json]", "out=together.json")
    command.succeed("activations=[a,b,c]", "method=linear-regression", "out=undivided.json")
    assert Path("together.json").read_text() == Path("undivided.json").read_text()


def test_ranking_that_exists__is_not_replaced(command):
    command.succeed("activations=[a,b]", "out=r.json")
    before = Path("r.json").read_bytes()
    for arguments in (["activations=[a,c]"], ["combine=[r.json,r.json]"]):
        assert "r.json already exists; remove it or choose another name." in command.fail(*arguments, "out=r.json")
    assert Path("r.json").read_bytes() == before


def test_wrong_input__is_one_sentence_and_writes_nothing(command):
    write_dump(command.folder / "short", np.random.default_rng(1).normal(size=(5, 6)))
    correlate(["a", "b"]).save("b.json")
    correlate(["a", "c"], method="min").save("c.json")
    correlate(["a"], method="variance").save("v.json")
    for arguments, sentence in [
        (["out=r.json"], "activations= is missing; see fairseq-neurons-correlate --help."),
        (["activations=[a,b]"], "out= is missing"),
        (["activations=[a,b]", "out=r.json", "method=mode"], "no method 'mode'; the methods are max, min"),
        (["activations=[a]", "out=r.json"], "at least two models"),
        (["activations=[a,nowhere]", "out=r.json"], "nowhere is not a dump of activations"),
        (["activations=[a,short]", "out=r.json"], "dumps of different words"),
        (["activations=[a,b]", "out=r.json", "target=2"], "there are 2 dumps, counted from 0"),
        (["activations=[a,b]", "out=r.json", "reverse=true"], "method=max has no option reverse="),
        (["activations=[a]", "out=r.json", "method=random", "seed=-1"], "seed=-1"),
        (["combine=[b.json,v.json]", "out=r.json"], "v.json is a ranking by 'variance'"),
        (["combine=[b.json,c.json]", "out=r.json"], "method is 'crossmodel-max' in one and 'crossmodel-min' in the"),
        (["combine=[b.json,c.json]", "activations=[a]", "out=r.json"], "as they are, without activations="),
        (["combine=[b.json,c.json]", "method=min", "out=r.json"], "as they are, without method="),
        (["activations=[a,b]", "out=a"], "a already exists; remove it or choose another name."),
        (["activations=[a,b]", "out=r.json", "seed=many"], "seed=many: give an integer."),
        (
            ["activations=[a,b]", "out=r.json", "backwards=true"],
            "there is no option backwards=; see fairseq-neurons-correlate --help.",
        ),
    ]:
        assert sentence in command.fail(*arguments)
