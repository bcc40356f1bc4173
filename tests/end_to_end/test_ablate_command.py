"""Curves of real models: their points are what fairseq's commands and the Python API give one by one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import load_model, masked, neurons_of
from fairseq_neurons.plugin.extraction import extract
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import read_lines
from fairseq_neurons.storage.sealed_json import sealed
from tests.ablation.test_interruptions import files
from tests.end_to_end.conftest import TRANSLATION
from tests.end_to_end.trained_curves import command, joint_curve, lm_curve, measure
from tests.running import succeed


@pytest.fixture
def joint(world, tmp_path) -> AblationSettings:
    return joint_curve(world, tmp_path)


@pytest.fixture
def lm(world, tmp_path) -> AblationSettings:
    return lm_curve(world, tmp_path)


def test_points__are_what_fairseq_generate_gives(world, joint):
    settings = replace(joint, rankings=joint.rankings[:1], points=["50%"], order=["top"])
    curve = measure(settings)
    (point,), (comparison,) = curve.points, curve.comparisons
    flags = ["--path", settings.checkpoint, "--gen-subset", "test", "--beam", 2, "--max-len-b", 12]
    mask = ["--mask-ranking", settings.rankings[0], "--mask-top", "50%"]
    output = succeed("fairseq-generate", world.data, *TRANSLATION, *flags, *mask)
    found = {int(i): words for i, words in re.findall(r"^H-(\d+)\t[^\t]*\t(.*)$", output, re.MULTILINE)}
    kept = read_lines(Path(settings.out) / point.output, "hypotheses")
    assert kept == [found[i] for i in range(30)]
    targets = {int(i): words for i, words in re.findall(r"^T-(\d+)\t(.*)$", output, re.MULTILINE)}
    references = [targets[i] for i in range(30)]
    score = sacrebleu.corpus_bleu(kept, [references], tokenize="none", force=True)
    assert (point.score, point.extra["hypothesis_words"]) == (score.score, score.sys_len)
    assert point.extra["chrf"] == sacrebleu.corpus_chrf(kept, [references]).score
    for part in (
        "|beam:2|lenpen:1|max_len_a:0|max_len_b:12|subset:test|checkpoint:",
        "|top:16|value:zero|",
        "tok:none",
    ):
        assert part in point.signature
    unablated = read_lines(Path(settings.out) / "hypotheses" / "unablated.txt", "hypotheses")
    systems = [("a", unablated), ("b", kept)]
    _, expected = PairedTest(systems, {"BLEU": BLEU(tokenize="none", force=True)}, [references], "bs", 50)()
    assert point.p_value == comparison.result.p_value == expected["BLEU"][1].p_value < 1
    assert comparison.result.difference == point.score - expected["BLEU"][0].score


def test_every_point__is_what_its_mask_gives_alone(joint):
    curve = measure(joint)
    assert len(curve.points) == 2 * 3 * (2 + 2)
    loaded = load_model(joint.checkpoint, joint.data)
    neurons = neurons_of(loaded.model)
    for point in curve.points:
        ranking = Ranking.load(point.ranking)
        orders = {"top": ranking.order, "bottom": ranking.order[::-1]}
        order = orders.get(point.order, np.random.default_rng(point.seed).permutation(32))
        with masked(loaded.model, Mask.of(neurons, order[: point.neurons])):
            expected = loaded.translate("test", beam=2, max_len_b=12)
        assert read_lines(Path(joint.out) / point.output, "hypotheses") == expected
    assert len({point.score for point in curve.points}) > 5
    assert [json.loads(line) for line in (Path(joint.out) / "curve.jsonl").read_text().splitlines()] == [
        sealed(point.to_json()) for point in curve.points
    ]
    overlap = json.loads((Path(joint.out) / "overlap.json").read_text())
    tops = [set(Ranking.load(path).order[:4].tolist()) for path in joint.rankings]
    assert overlap["rankings"] == joint.rankings
    assert overlap["top"]["4"][0][1] == len(tops[0] & tops[1]) / 4
    assert overlap["spearman"][0][0] == 1 and list(overlap["average_overlap"]) == ["4", "16"]
    between = [found for found in curve.comparisons if found.against and found.choice.order == "top"]
    assert {found.against.ranking for found in between} == {joint.rankings[0]}


def test_two_workers__find_what_one_finds(joint, lm, tmp_path):
    for settings in (joint, lm):
        alone = settings.out + settings.metric
        measure(replace(settings, out=alone))
        shared = replace(settings, out=settings.out + settings.metric + "2", workers=2)
        measure(shared)
        assert files(Path(alone)) == files(Path(shared.out))


def test_options__reach_the_mask_the_search_and_the_scores(world, joint, tmp_path):
    extract(joint.checkpoint, str(tmp_path / "dump"), data=joint.data, subset="test")
    mean = {"value": "mean", "means": str(tmp_path / "dump")}
    loaded = load_model(joint.checkpoint, joint.data)
    ranking = Ranking.load(joint.rankings[0])
    values = Activations(tmp_path / "dump").mean()
    for number, options in enumerate(({"site": "output"}, mean, {"value": 0.75}, {"value": "0.75", "beam": 1})):
        out = str(tmp_path / str(number))
        settings = replace(joint, rankings=joint.rankings[:1], points=[20], order=["top"], out=out, **options)
        (point,) = measure(settings).points
        mask = Mask.of(
            ranking.neurons, ranking.top(20), options.get("value", 0.0), options.get("site", "recurrent"), values
        )
        with masked(loaded.model, mask):
            expected = loaded.translate("test", beam=settings.beam, max_len_b=12)
        assert read_lines(Path(out) / point.output, "hypotheses") == expected


def test_reference__replaces_the_targets(world, joint, tmp_path):
    one = replace(joint, rankings=joint.rankings[:1], points=[0], order=["top"])
    (point,) = measure(one).points
    words = read_lines(world.text("test", "fr"), "text")
    hypotheses = read_lines(Path(one.out) / point.output, "hypotheses")
    (tmp_path / "raw").write_text("".join(f"{line} .\n" for line in hypotheses))
    raw = replace(one, out=one.out + "2", reference=str(tmp_path / "raw"), tokenize="13a")
    (with_text,) = measure(raw).points
    assert read_lines(Path(raw.out) / with_text.output, "hypotheses") == hypotheses
    expected = sacrebleu.corpus_bleu(hypotheses, [[f"{line} ." for line in hypotheses]], tokenize="13a", force=True)
    assert with_text.score == expected.score > 50 > point.score
    assert point.score == sacrebleu.corpus_bleu(hypotheses, [words], tokenize="none", force=True).score
    assert "tok:13a" in with_text.signature and "tok:none" in point.signature
    (tmp_path / "short").write_text("a\nb\n")
    with pytest.raises(InputError, match="short has 2 lines, test 30 sentences"):
        measure(replace(one, out=one.out + "3", reference=str(tmp_path / "short")))
    assert not Path(one.out + "3").exists()


def test_multirun__spreads_curves_and_leaves_nothing_of_its_own(joint, tmp_path):
    settings = replace(joint, rankings=joint.rankings[:1], points=[0, 8], order=["top"], out="curves/${site}")
    (tmp_path / "here").mkdir()
    succeed(*command(settings, "--multirun", "site=recurrent,output"), folder=tmp_path / "here")
    assert sorted(p.name for p in (tmp_path / "here").iterdir()) == ["curves"]
    curves = {}
    for site in ("recurrent", "output"):
        folder = tmp_path / "here" / "curves" / site
        curves[site] = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
        assert [(p["neurons"], f"|site:{site}|" in p["signature"]) for p in curves[site]] == [(0, True), (8, True)]
    assert curves["recurrent"][0]["score"] == curves["output"][0]["score"]


def test_console_command__shows_the_table_and_the_python_call_the_same(joint, tmp_path):
    output = succeed(*command(joint))
    assert "lively-1, top" in output and "lively-2, bottom" in output and re.search(r"random\n", output)
    assert re.search(r"^ +16 .* \d+\.\d\d ± \d+\.\d\d", output, re.MULTILINE)
    measure(replace(joint, out=joint.out + "2"))
    assert files(Path(joint.out)) == files(Path(joint.out + "2"))


@pytest.mark.slow  # two models are loaded twice; `test_interruptions.py` kills runs of a model that is loaded
def test_command_that_was_killed__completes_the_curve(joint, tmp_path):
    settings = replace(joint, workers=2)
    measure(replace(settings, out=settings.out + "2"))
    program = Path(sys.executable).parent / "fairseq-neurons-ablate"
    curve = Path(settings.out) / "curve.jsonl"
    process = subprocess.Popen([str(program), *command(settings)[1:]], stderr=subprocess.DEVNULL)
    while process.poll() is None and not (curve.exists() and curve.read_bytes().count(b"\n") >= 7):
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 7 <= curve.read_bytes().count(b"\n") < 24
    measure(settings)
    assert files(Path(settings.out)) == files(Path(settings.out + "2"))
