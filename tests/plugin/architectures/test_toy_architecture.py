"""An architecture in one file outside the package is dumped, extracted, masked at its own site and ablated."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import fairseq_neurons
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin import load_model
from fairseq_neurons.plugin.extraction import extract
from fairseq_neurons.rankings import Ranking
from tests.plugin.architectures.toy_architecture import SIZE
from tests.running import fail, succeed
from tests.untrained_models import write_checkpoint

ROOT = Path(__file__).parents[3]
ARGUMENTS = ["bin/1", "--task", "translation_neurons", "--arch", "toy", "--source-lang", "en", "--target-lang", "fr"]
UNITS = "encoder.0.squashed.1,encoder.0.squashed.4"


@pytest.fixture(scope="module")
def toy(untrained, tmp_path_factory) -> Path:
    """A folder with data and a model of random weights."""
    folder = tmp_path_factory.mktemp("toy")
    shutil.copytree(untrained / "bin", folder / "bin")
    write_checkpoint(folder, "toy", ARGUMENTS)
    return folder


def checkpoint(toy: Path) -> str:
    return str(toy / "models" / "toy" / "checkpoint_best.pt")


def generate(toy: Path, out: Path, *flags: str) -> list[str]:
    """The flags of a ``fairseq-generate`` that dumps."""
    typed = [str(toy / "bin" / "1"), "--user-dir", str(ROOT / "user_dir"), "--task", "translation_neurons"]
    return [*typed, "--path", checkpoint(toy), "--max-len-b", "9", "--dump-activations", str(out), *flags]


def dumped(toy: Path, out: Path, *flags: str) -> Activations:
    succeed("fairseq-generate", *generate(toy, out, *flags))
    return Activations(out)


def literal(toy: Path, driven_at: float | None = None) -> np.ndarray:
    """The states of all words, one after another: the tanh of their embeddings, two units of which may be set."""
    loaded = load_model(checkpoint(toy), str(toy / "bin" / "1"))
    source, rows = _source(loaded), []
    for sentence in source:
        for token in sentence[:-1].tolist():
            drive = loaded.model.encoder.embed.weight[token].detach().double().numpy().copy()
            if driven_at is not None:
                drive[[1, 4]] = driven_at
            rows.append(np.tanh(drive))
    return np.array(rows)


def _source(loaded):
    loaded.task.load_dataset("test")
    return loaded.task.dataset("test").src


def test_dump__has_the_states_of_every_word_though_sources_are_padded_on_the_left(toy, tmp_path):
    dump = dumped(toy, tmp_path / "dump")
    assert [block.name for block in dump.neurons.blocks] == ["encoder.0.squashed"]
    np.testing.assert_allclose(dump.values, literal(toy), atol=1e-6)
    extract(checkpoint(toy), str(tmp_path / "extracted"), data=str(toy / "bin" / "1"))
    np.testing.assert_array_equal(Activations(tmp_path / "extracted").values, dump.values)


def test_masks__act_at_the_sites_of_the_architecture(toy, tmp_path):
    mask = ["--mask-neurons", UNITS, "--mask-value", "0.5", "--mask-site"]
    driven = dumped(toy, tmp_path / "driven", *mask, "drive")
    np.testing.assert_allclose(driven.values, literal(toy, driven_at=0.5), atol=1e-6)
    assert "masked:2|site:drive|" in driven.manifest.mask
    output = dumped(toy, tmp_path / "output", *mask, "output").values
    assert (output[:, [1, 4]] == 0.5).all()
    sentence = fail("fairseq-generate", *generate(toy, tmp_path / "refused", *mask, "recurrent"))
    assert sentence.endswith("This model has no mask site 'recurrent'; its sites are output and drive.")
    assert not (tmp_path / "refused").exists()


def test_mask_at_chosen_words__acts_at_these_alone(toy, tmp_path):
    model = load_model(checkpoint(toy), str(toy / "bin" / "1"))
    sentences = ["a1 a2 a3", "a2", "a3 a1 a1 a2 a4"]
    free = model.states(sentences)
    with model.masked(UNITS, 0.5, "output", model.chosen_words(sentences, "a2")):
        masked = model.states(sentences)
    for (words, before), (_, after) in zip(free, masked, strict=True):
        for word, one, other in zip(words, before, after, strict=True):
            expected = [0.5 if word == "a2" and unit in (1, 4) else one[unit] for unit in range(SIZE)]
            np.testing.assert_array_equal(other, np.array(expected, dtype=np.float32))


def test_exception_under_a_mask__leaves_no_hook(toy):
    loaded = load_model(checkpoint(toy), str(toy / "bin" / "1"))
    for site in ("output", "drive"):
        with pytest.raises(ZeroDivisionError), loaded.masked(UNITS, 0.5, site):
            raise ZeroDivisionError
    for module in loaded.model.modules():
        assert not module._forward_hooks and not module._forward_pre_hooks and "forward" not in vars(module)


@pytest.mark.parametrize("metric", ["bleu", "perplexity"])
def test_curve__is_that_of_the_masks(toy, tmp_path, metric):
    data = str(toy / "bin" / "1")
    loaded = load_model(checkpoint(toy), data)
    ranking = Ranking.from_scores("made", loaded.neurons, np.arange(SIZE, dtype=float), "s")
    ranking.save(tmp_path / "made.json")
    settings = {"metric": metric, "points": [0, 2, 6], "order": ["top"], "site": "drive", "value": 0.5}
    settings |= {"workers": 1, "samples": 20}
    paths = {"data": data, "rankings": [str(tmp_path / "made.json")], "out": str(tmp_path / "curve")}
    with pytest.raises(InputError, match="no mask site 'recurrent'; its sites are output and drive"):
        fairseq_neurons.ablate(checkpoint=checkpoint(toy), **paths, **{**settings, "site": "recurrent"})
    assert not (tmp_path / "curve").exists()
    curve = fairseq_neurons.ablate(checkpoint=checkpoint(toy), **paths, **settings)
    for point in curve.points:
        with loaded.masked(ranking.top(point.neurons), 0.5, "drive"):
            if metric == "perplexity":
                assert point.score == pytest.approx(loaded.perplexity("test"))
            else:
                written = (tmp_path / "curve" / point.output).read_text().splitlines()
                assert written == loaded.translate("test")
    assert len({point.score for point in curve.points}) > 1 or metric == "bleu"


def test_log_probabilities__are_those_of_the_forward_pass(toy):
    loaded = load_model(checkpoint(toy), str(toy / "bin" / "1"))
    encoder, decoder, total, count = loaded.model.encoder, loaded.model.decoder, 0.0, 0
    loaded.task.load_dataset("test")
    pairs = loaded.task.dataset("test")
    with torch.no_grad():
        for pair in (pairs[i] for i in range(len(pairs))):
            summed = torch.tanh(encoder.embed.weight[pair["source"]]).sum(0)
            for before, token in zip([2, *pair["target"].tolist()], pair["target"].tolist(), strict=False):
                scores = decoder.out(decoder.embed.weight[before] + summed)
                total, count = total + float(scores.log_softmax(0)[token]), count + 1
    assert loaded.perplexity("test") == pytest.approx(np.exp(-total / count), rel=1e-4)
