"""The demo, small, on a user's own text."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS
from tests.running import fail, output_of, run_apart, sentence_of


@pytest.fixture
def corpus(tmp_path) -> Path:
    chance = random.Random(1)
    words = [[f"w{chance.randrange(9)}" for _ in range(chance.randrange(2, 7))] for _ in range(260)]
    (tmp_path / "mine.de").write_text("\n".join(map(" ".join, words)) + "\n", encoding="utf-8")
    (tmp_path / "mine.en").write_text("\n".join(" ".join(reversed(s)).upper() for s in words) + "\n", encoding="utf-8")
    labels = [["EVEN" if int(word[1]) % 2 == 0 else "ODD" for word in sentence] for sentence in words]
    (tmp_path / "mine.de.parity").write_text("\n".join(map(" ".join, labels)) + "\n", encoding="utf-8")
    return tmp_path / "mine"


@pytest.mark.slow
def test_demo__stops_if_nothing_is_translated_and_goes_from_text_to_a_figure(corpus, tmp_path):
    command = ["fairseq-neurons-demo", f"out={tmp_path / 'demo'}", f"corpus={corpus}", "src=de", "tgt=en"]
    small = [f"labels=[{corpus}.de.parity]", "hidden=8", "epochs=1"]
    stopped = run_apart(*command, *small)
    assert "260 sentence pairs; models of fewer than about 10000 rarely translate" in stopped.stderr
    assert re.search(r"^train1: epoch 1 of 1, validation perplexity [0-9.]+ \(.*train1\.log\)$", stopped.stderr, re.M)
    assert "The models do not translate" in sentence_of(stopped)
    assert not (tmp_path / "demo" / "curves").exists()
    output = output_of(run_apart(*command, *small, "least_bleu=0"))
    assert "Resuming the demo in" in output and "$ fairseq-train" not in output
    assert re.search(r"^ +masked +top +bottom +random +top by variance +top +bottom +random", output, re.MULTILINE)
    curves = {name: Curve.read(tmp_path / "demo" / "curves" / name).points for name in ("nmt", "lm")}
    # Six numbers of neurons; top, bottom and two random orders of each ranking.
    assert {name: len(points) for name, points in curves.items()} == {"nmt": 2 * 4 * 6, "lm": 4 * 6}
    (unablated,) = {f"{point.score:.2f}" for point in curves["lm"] if point.neurons == 0}
    assert re.search(rf"^ +0%( .*){{4}} {unablated} +{unablated} +{unablated} ± 0\.00$", output, re.MULTILINE)
    assert "metric=control" not in output and "changed tense" not in output
    for labels in ("parity", "position"):
        assert re.search(rf"^{labels}( +-?[0-9.]+){{3}} .* encoder\.", output, re.MULTILINE)
    assert (tmp_path / "demo" / "curve.png").stat().st_size > 10_000
    assert (tmp_path / "demo" / "report" / "data" / "0" / "neuron" / "31.js").is_file()
    assert f"open {tmp_path / 'demo' / 'report' / 'index.html'} in a browser" in output
    repeated = output_of(run_apart(*command, *small, "least_bleu=0"))
    assert "Resuming the demo in" in repeated
    assert "$ " not in repeated
    other = run_apart(*command, "hidden=9")
    assert other.returncode == 1
    assert "a demo with other settings" in other.stderr


@pytest.mark.slow
def test_demo_on_the_built_in_corpus__probes_its_gold_labels(tmp_path):
    small = ["fairseq-neurons-demo", f"out={tmp_path / 'demo'}", "hidden=8", "epochs=1", "least_bleu=0"]
    output = output_of(run_apart(*small))
    assert "$ fairseq-neurons-probe" in output
    table = output[output.index("selectivity") :]
    rows = re.findall(r"^(\w+) +([0-9.]+) .* encoder\.", table, re.MULTILINE)
    assert [name for name, _ in rows] == list(LABEL_SETS)
    results = json.loads((tmp_path / "demo" / "probes" / "number" / "results.json").read_text())
    assert results["labels"] == ["plur", "sing"]
    assert f"{100 * results['accuracy']:.1f}" == dict(rows)["number"]
    for at, to in (("past", "pres"), ("pres", "past")):
        point, *_ = Curve.read(tmp_path / "demo" / "control" / f"{at}-{to}").points
        shown = rf"{point.neurons} +{point.extra['words']} +\d+ of {point.extra['could_turn']}"
        assert len(re.findall(rf"^{at} to {to} +(?:F-test|probe) +{shown} ", output, re.MULTILINE)) == 2
    repeated = output_of(run_apart(*small))
    assert "$ " not in repeated
    assert table.splitlines()[2:8] == repeated[repeated.index("selectivity") :].splitlines()[2:8]


def test_wrong_corpora_and_labels__leave_nothing_behind(corpus, tmp_path):
    own = [f"corpus={corpus}", "src=de", "tgt=en"]
    (tmp_path / "short.pos").write_text("A B\n" * 260)
    before = sorted(tmp_path.iterdir())
    for options, sentence in (
        ([f"corpus={tmp_path / 'nowhere'}"], "nowhere.en cannot be read"),
        (["src=de"], "The built-in corpus is English-French"),
        (["labels=[a.pos]"], "The built-in corpus has labels of its own; with labels=, give corpus=PREFIX"),
        ([*own, f"labels=[{tmp_path / 'none.pos'}]"], "none.pos cannot be read"),
        ([*own, f"labels=[{tmp_path / 'short.pos'}]"], "short.pos, line 1, has 2 labels for "),
    ):
        assert sentence in fail("fairseq-neurons-demo", f"out={tmp_path / 'demo'}", *options)
        assert sorted(tmp_path.iterdir()) == before
