"""``fairseq-eval-lm`` with dump and mask flags."""

from __future__ import annotations

import re

import numpy as np

from fairseq_neurons.activations import Activations
from tests.end_to_end.conftest import LANGUAGE_MODEL, World
from tests.running import succeed


def evaluate(world: World, *flags: object, task: list[str] = LANGUAGE_MODEL) -> str:
    command = ["fairseq-eval-lm", world.lm_data, *task, "--path", world.model("lm"), "--gen-subset", "test"]
    return succeed(*command, *flags)


def perplexity(output: str) -> float:
    found = re.search(r"Perplexity: ([0-9.]+)", output)
    assert found, output
    return float(found.group(1))


def test_dumping__changes_no_perplexity_and_equals_extract(world, tmp_path):
    stock = evaluate(world, task=["--task", "language_modeling", *LANGUAGE_MODEL[2:], "--sample-break-mode", "eos"])
    dumping = evaluate(world, "--dump-activations", tmp_path / "a", "--dump-text", world.text("test"))
    assert perplexity(stock) == perplexity(dumping)
    common = [f"checkpoint={world.model('lm')}", f"data={world.lm_data}"]
    succeed("fairseq-neurons-extract", *common, f"out={tmp_path / 'b'}", f"dump_text={world.text('test')}")
    succeed("fairseq-neurons-extract", *common, f"out={tmp_path / 'c'}", f"text={world.text('test')}")
    dumps = [Activations(tmp_path / name) for name in "abc"]
    for dump in dumps[1:]:
        np.testing.assert_allclose(dumps[0].values, dump.values, atol=1e-6)
        assert dumps[0].sentences == dump.sentences
    lines = world.text("test").read_text(encoding="utf-8").splitlines()
    assert [" ".join(words) for words in dumps[0].sentences] == lines


def test_state_of_a_word__is_the_one_after_reading_it(world, tmp_path):
    """Sentences that begin alike have equal states until they differ, the first word included."""
    text = tmp_path / "text"
    text.write_text("word1 word2 word3\nword1 word2 word4\nword5\n", encoding="utf-8")
    common = [f"checkpoint={world.model('lm')}", f"data={world.lm_data}", f"text={text}"]
    succeed("fairseq-neurons-extract", *common, f"out={tmp_path / 'a'}")
    first, second, third = (Activations(tmp_path / "a").sentence(i) for i in range(3))
    np.testing.assert_allclose(first[:2], second[:2], atol=1e-6)
    assert abs(first[2] - second[2]).max() > 1e-4
    assert abs(first[0] - third[0]).max() > 1e-4


def test_mask__raises_the_perplexity_and_shows_in_the_dump(world, tmp_path):
    free = perplexity(evaluate(world))
    output = evaluate(world, "--mask-neurons", "decoder.1.fwd.*", "--dump-activations", tmp_path / "a", "--dump-eos")
    dump = Activations(tmp_path / "a")
    assert perplexity(output) > free
    assert (dump.values[:, 8:] == 0).all()
    assert (dump.values[:, :8] != 0).any()
    assert dump.sentences[0][0] == "</s>"
