"""``fairseq-generate`` with dump and mask flags."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.rankings import Ranking
from tests.end_to_end.conftest import TRANSLATION, World
from tests.running import succeed

STATELESS = ["--gen-subset", "test", "--beam", "3", "--max-len-b", "20"]


def hypotheses(output: str) -> list[str]:
    """The H-lines: sentence, score, words."""
    return sorted(line for line in output.splitlines() if line.startswith("H-"))


def generate(world: World, model: str, *flags: object, task: list[str] = TRANSLATION) -> str:
    return succeed("fairseq-generate", world.data, *task, "--path", world.model(model), *STATELESS, *flags)


@pytest.mark.parametrize("model", ["separate", "joint"])
def test_dumping__changes_no_hypothesis_and_equals_extract(world, model, tmp_path):
    # The stock task knows the architecture from the user-dir alone.
    stock = generate(
        world, model, "--required-batch-size-multiple", 1, task=["--task", "translation", *TRANSLATION[2:]]
    )
    dumping = generate(world, model, "--dump-activations", tmp_path / "a", "--dump-text", world.text("test"))
    assert hypotheses(stock) == hypotheses(dumping)
    assert len(hypotheses(stock)) == 30
    words = ["checkpoint=" + str(world.model(model)), f"out={tmp_path / 'b'}", f"data={world.data}"]
    succeed("fairseq-neurons-extract", *words, f"dump_text={world.text('test')}", "max_tokens=50")
    generated, extracted = Activations(tmp_path / "a"), Activations(tmp_path / "b")
    np.testing.assert_allclose(generated.values, extracted.values, atol=1e-6)
    assert generated.sentences == extracted.sentences
    lines = world.text("test").read_text(encoding="utf-8").splitlines()
    assert [" ".join(words) for words in generated.sentences] == lines


def test_dump_without_text__shows_unknown_words_as_unk(world, tmp_path):
    generate(world, "joint", "--dump-activations", tmp_path / "a", "--dump-dtype", "float16", "--dump-eos")
    dump = Activations(tmp_path / "a")
    assert dump.sentences[0][-2:] == ["<unk>", "</s>"]
    assert dump.values.dtype == np.float16
    assert dump.manifest.eos


def test_sentences_too_long__own_no_rows_and_are_counted(world, tmp_path):
    skip = ["--skip-invalid-size-inputs-valid-test", "--max-source-positions", "5"]
    output = generate(world, "joint", "--dump-activations", tmp_path / "a", *skip)
    dump = Activations(tmp_path / "a")
    lengths = [len(line.split()) for line in world.text("test").read_text(encoding="utf-8").splitlines()]
    kept = [length if length + 1 <= 5 else 0 for length in lengths]
    assert np.diff(dump.offsets).tolist() == kept
    assert dump.manifest.skipped == kept.count(0) == 30 - len(hypotheses(output)) > 0
    assert [len(words) for words in dump.sentences] == kept


def test_mask_from_ranking__changes_the_translation_and_shows_in_the_dump(world, tmp_path):
    for name in ("joint", "joint2"):
        generate(world, name, "--dump-activations", tmp_path / name)
    dumps = f"activations=[{tmp_path / 'joint'},{tmp_path / 'joint2'}]"
    succeed("fairseq-neurons-correlate", dumps, "target=0", f"out={tmp_path / 'ranking.json'}")
    ranking = Ranking.load(tmp_path / "ranking.json")
    mask = ["--mask-ranking", tmp_path / "ranking.json", "--mask-top", "50%", "--mask-value", "0.25"]
    masked = generate(world, "joint", *mask, "--dump-activations", tmp_path / "masked")
    assert hypotheses(masked) != hypotheses(generate(world, "joint"))
    dump = Activations(tmp_path / "masked")
    assert (dump.values[:, ranking.top(16)] == 0.25).all()
    assert (dump.values[:, ranking.bottom(16)] != 0.25).all()
    assert "masked:16|site:recurrent|ranking:crossmodel-max|top:50%|value:0.25" in dump.manifest.mask


def test_mean_of_a_dump__is_what_the_masked_neurons_are_held_at(world, tmp_path):
    generate(world, "joint", "--dump-activations", tmp_path / "free")
    mask = ["--mask-neurons", "encoder.1.bwd.*,3", "--mask-value", "mean", "--mask-means", tmp_path / "free"]
    generate(world, "joint", *mask, "--mask-site", "output", "--dump-activations", tmp_path / "masked")
    free, masked = Activations(tmp_path / "free"), Activations(tmp_path / "masked")
    chosen = free.neurons.select("encoder.1.bwd.*,3")
    expected = np.broadcast_to(free.mean()[chosen], (len(masked), len(chosen)))
    np.testing.assert_allclose(masked.values[:, chosen], expected, atol=1e-6)
    inverted = ["--mask-neurons", "encoder.1.bwd.*", "--mask-invert", "--dump-activations", tmp_path / "inverted"]
    generate(world, "joint", *inverted)
    others = np.setdiff1d(np.arange(32), free.neurons.select("encoder.1.bwd.*"))
    assert (Activations(tmp_path / "inverted").values[:, others] == 0).all()


def test_text_extract__equals_the_dump_of_the_same_text(world, tmp_path):
    generate(world, "separate", "--dump-activations", tmp_path / "a", "--dump-text", world.text("test"))
    common = [f"checkpoint={world.model('separate')}", f"data={world.data}", f"text={world.text('test')}"]
    succeed("fairseq-neurons-extract", *common, f"out={tmp_path / 'b'}")
    generated, extracted = Activations(tmp_path / "a"), Activations(tmp_path / "b")
    np.testing.assert_allclose(generated.values, extracted.values, atol=1e-6)
    assert generated.sentences == extracted.sentences
