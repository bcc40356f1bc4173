"""Curves of perplexity, and what cannot be one."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin import load_model, masked
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import read_lines
from tests.ablation.test_interruptions import files
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION
from tests.end_to_end.trained_curves import a_ranking, command, joint_curve, lm_curve, measure
from tests.running import run, succeed


@pytest.fixture
def joint(world, tmp_path) -> AblationSettings:
    return joint_curve(world, tmp_path)


@pytest.fixture
def lm(world, tmp_path) -> AblationSettings:
    return lm_curve(world, tmp_path)


def test_perplexity_of_a_language_model__is_that_of_eval_lm(world, lm):
    curve = measure(lm)
    loaded = load_model(lm.checkpoint, lm.data)
    ranking = Ranking.load(lm.rankings[0])
    scores = {(p.order, p.seed, p.neurons): p.score for p in curve.points}
    assert scores["top", None, 0] == pytest.approx(loaded.perplexity("test"), rel=1e-5)
    with masked(loaded.model, Mask.of(ranking.neurons, ranking.bottom(8))):
        assert scores["bottom", None, 8] == pytest.approx(loaded.perplexity("test"), rel=1e-5)
    flags = ["--path", lm.checkpoint, "--gen-subset", "test", "--mask-ranking", lm.rankings[0], "--mask-top", 3]
    output = succeed("fairseq-eval-lm", world.lm_data, *LANGUAGE_MODEL, *flags)
    (loss,) = re.findall(r"Loss \(base 2\): ([0-9.]+)", output)
    assert math.log2(scores["top", None, 3]) == pytest.approx(float(loss), abs=1e-4)
    with np.load(Path(lm.out) / "likelihoods" / "unablated.npz") as kept:
        assert math.exp(-kept["log_probs"].sum() / kept["tokens"].sum()) == scores["random", 2, 0]
        assert kept["tokens"].tolist() == [len(line.split()) + 1 for line in read_lines(world.text("test"), "text")]
    assert all(0 < found.result.p_value <= 1 for found in curve.comparisons)


def test_perplexity_of_a_translation_model__is_its_forced_decoding(world, joint, tmp_path):
    settings = AblationSettings(
        joint.checkpoint, joint.data, joint.rankings[:1], joint.out, metric="perplexity", points=[0, 16], order=["top"]
    )
    free, ablated = measure(replace(settings, workers=1, samples=50)).points
    flags = ["--path", joint.checkpoint, "--gen-subset", "test", "--score-reference"]
    mask = ["--mask-ranking", joint.rankings[0], "--mask-top", 16]
    output = succeed("fairseq-generate", world.data, *TRANSLATION, *flags, *mask)
    found = {int(i): scores.split() for i, scores in re.findall(r"^P-(\d+)\t(.*)$", output, re.MULTILINE)}
    with np.load(Path(joint.out) / ablated.output) as kept:
        assert kept["tokens"].tolist() == [len(found[i]) for i in range(30)]
        sums = [math.log(2) * sum(map(float, found[i])) for i in range(30)]
        np.testing.assert_allclose(kept["log_probs"], sums, atol=1e-3)
    assert free.score != ablated.score


def test_wrong_input__is_one_sentence(world, joint, lm, tmp_path):
    def fail(**options: object) -> str:
        with pytest.raises(InputError) as raised:
            measure(replace(joint, **options))
        assert not Path(joint.out).exists()
        return str(raised.value)

    of_other = str(a_ranking(tmp_path, world.model("joint2"), world.data, 7))
    assert "are of different models: their checkpoints are" in fail(rankings=[of_other])
    assert "have different neurons" in fail(rankings=[*joint.rankings, *_anonymous(lm.rankings, tmp_path)])
    assert "and this model have different neurons" in fail(rankings=[_of_a_higher_layer(lm.rankings[0], tmp_path)])
    assert "There is no subset 'dev'" in fail(subset="dev")
    assert "nowhere.pt cannot be read" in fail(checkpoint="nowhere.pt")
    assert "give the folder with data=" in fail(data=str(tmp_path))
    assert "points= 33: this model has 32 neurons" in fail(points=[33])
    assert "tokenize=words" in fail(tokenize="words")
    assert "This model has no mask site 'input'; its sites are recurrent, output and context." in fail(site="input")
    with pytest.raises(InputError, match="Only translation models translate"):
        measure(replace(lm, metric="bleu"))
    done = run(*command(replace(joint, subset="dev")))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("fairseq-neurons-ablate: There is no subset")


def _anonymous(paths: list[str], folder: Path) -> list[str]:
    """The same rankings without the checkpoint they are of."""
    for number, path in enumerate(paths):
        replace(Ranking.load(path), checkpoint_sha256="").save(folder / f"anonymous-{number}.json")
    return [str(folder / f"anonymous-{number}.json") for number in range(len(paths))]


def _of_a_higher_layer(path: str, folder: Path) -> str:
    """A ranking like another one, but of layers that no model here has."""
    ranking = Ranking.load(path)
    blocks = Neurons.of(replace(block, layer=block.layer + 7) for block in ranking.neurons.blocks)
    replace(ranking, checkpoint_sha256="", neurons=blocks).save(folder / "higher.json")
    return str(folder / "higher.json")


def test_folder_of_other_settings__is_refused(world, joint):
    small = replace(joint, rankings=joint.rankings[:1], points=[0], order=["top"])
    measure(small)
    before = files(Path(small.out))
    for option in ({"beam": 3}, {"value": 1}, {"site": "output"}, {"max_len_b": 13}, {"subset": "valid"}):
        with pytest.raises(InputError, match=f"was made with {next(iter(option))}="):
            measure(replace(small, **option))
    with pytest.raises(InputError, match="was made with .*data_sha256="):
        measure(replace(small, data=str(world.lm_data)))
    assert files(Path(small.out)) == before
    (point,) = measure(replace(small, test="approximate-randomization", value=0.0)).points
    assert point.test.startswith("paired:approximate-randomization")
