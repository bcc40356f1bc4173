"""``fairseq-neurons-overlap``: tables and numbers of every pair of rankings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.ranking_overlap import average_overlap, spearman, top_overlap
from tests.commands.running_commands import Command

FILES = ["pos/ranking.json", "sem/ranking.json", "max.json"]


def ranking(seed: int, size: int = 12, checkpoint: str = "") -> Ranking:
    scores = np.random.default_rng(seed).random(size)
    return Ranking.from_scores(
        f"m{seed}", Neurons.of([Block("encoder", 0, "fwd", size)]), scores, f"s{seed}", checkpoint
    )


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed, file in enumerate(FILES):
        ranking(seed).save(tmp_path / file)
    return Command("fairseq-neurons-overlap", tmp_path)


def test_tables_and_file__hold_every_pair(command):
    printed = command.succeed(f"rankings=[{','.join(FILES)}]", "top=5", "out=o.json")
    found = json.loads(Path("o.json").read_text())
    rankings = [ranking(seed) for seed in range(3)]
    assert found["rankings"] == FILES
    assert (found["methods"], found["signatures"]) == (["m0", "m1", "m2"], ["s0", "s1", "s2"])
    assert found["signature"].startswith("overlap|top:5|rankings:3|version:") and found["by_chance"] == 5 / 12
    for i, a in enumerate(rankings):
        for j, b in enumerate(rankings):
            assert found["top-5"][i][j] == top_overlap(a, b, 5)
            assert found["average-5"][i][j] == pytest.approx(average_overlap(a, b, 5))
            assert found["spearman"][i][j] == pytest.approx(spearman(a, b))
    for measure in ("top-5", "average-5", "spearman"):
        header = next(line.split() for line in printed.splitlines() if line.startswith(measure))
        assert header == [measure, *FILES]
        assert f"{found[measure][0][2]:.2f}" in printed


def test_without_out__nothing_is_written(command):
    before = sorted(command.folder.rglob("*"))
    assert "spearman" in command.succeed(f"rankings=[{','.join(FILES)}]", "top=12")
    assert sorted(command.folder.rglob("*")) == before


def test_spearman_of_a_single_neuron__is_none_in_the_file(command):
    for name in "xy":
        ranking(0, size=1).save(f"{name}.json")
    command.succeed("rankings=[x.json,y.json]", "top=1", "out=o.json")
    assert json.loads(Path("o.json").read_text())["spearman"] == [[None, None], [None, None]]


def test_wrong_input__is_one_sentence_and_writes_nothing(command):
    ranking(3, size=7).save("small.json")
    ranking(4, checkpoint="aaaa").save("one.json")
    ranking(5, checkpoint="bbbb").save("two.json")
    Path("text.json").write_text("text")
    for arguments, sentence in [
        ([], "rankings= is missing"),
        (["rankings=[max.json]"], "rankings= needs at least two files"),
        (["rankings=[max.json,max.json]"], "max.json is given twice"),
        (["rankings=[max.json,none.json]"], "none.json cannot be read"),
        (["rankings=[max.json,text.json]"], "text.json is not a ranking, which is a JSON object"),
        (["rankings=[max.json,pos/ranking.json]"], "top=50: max.json ranks 12 neurons; give 1 to that many."),
        (["rankings=[max.json,pos/ranking.json]", "top=0"], "top=0: max.json ranks 12 neurons"),
        (["rankings=[max.json,small.json]", "top=5"], "max.json and small.json have different neurons"),
        (["rankings=[one.json,two.json]", "top=5"], "one.json and two.json are of different models"),
        (["rankings=[max.json,one.json]", "top=5", "out=pos"], "pos already exists; remove it or choose another name."),
        (["rankings=[max.json,one.json]", "depth=5"], "there is no option depth=; see fairseq-neurons-overlap --help."),
    ]:
        assert sentence in command.fail(*arguments, *(() if "out=pos" in arguments else ("out=o.json",)))
