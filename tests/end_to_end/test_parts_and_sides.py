"""Stock transformers in fairseq's commands and ours: states of any part, of the source and of translations; masks."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fairseq_neurons import load_model
from fairseq_neurons.activations import Activations
from fairseq_neurons.plugin.extraction import extract
from fairseq_neurons.rankings import Ranking
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION
from tests.running import fail, succeed

MASK = ["--mask-neurons", "decoder.1.ffn.*,encoder.0.heads.h1", "--mask-value", 0.9]


def checkpoint(folder, name="transformer") -> str:
    return str(folder / "models" / name / "checkpoint_best.pt")


def generate(folder, *flags) -> list[object]:
    typed = [folder / "bin" / "1", *TRANSLATION, "--path", checkpoint(folder), "--gen-subset", "test"]
    return ["fairseq-generate", *typed, "--max-len-b", 9, "--max-tokens", 30, *flags]


def opened(folder, name="transformer"):
    return load_model(checkpoint(folder, name), folder / "bin" / ("1" if name == "transformer" else "lm"))


@pytest.mark.parametrize("flags", [[], MASK])
def test_states_of_translations__are_those_of_a_forced_pass(transformers, tmp_path, flags):
    model, lines = opened(transformers), (transformers / "text" / "test.en").read_text().splitlines()
    output = succeed(
        *generate(transformers, "--dump-activations", tmp_path / "d", "--dump-states", "decoder.*", *flags)
    )
    hypotheses = {int(i): text for i, text in re.findall(r"^H-(\d+)\t\S+\t(.*)$", output, re.MULTILINE)}
    dump = Activations(tmp_path / "d")
    assert dump.manifest.side == "target" and ("masked:" in dump.manifest.mask) == bool(flags)
    assert [" ".join(words) for words in dump.sentences] == [hypotheses[i] for i in range(len(lines))]
    masked = model.masked("decoder.1.ffn.*,encoder.0.heads.h1", 0.9 if flags else 0.0) if flags else model.masked([])
    with masked:
        expected = model.states(lines, states="decoder.*", references=[" ".join(line) for line in dump.sentences])
    assert [block.name for block in dump.neurons.blocks][:3] == ["decoder.0.in", "decoder.0.heads", "decoder.0.cross"]
    for i, (_, states) in enumerate(expected):
        np.testing.assert_allclose(dump.sentence(i), states, atol=1e-5)


def test_states_of_references__have_a_row_for_each_of_their_words(transformers, tmp_path):
    paths = [str(transformers / "text" / f"test.{language}") for language in ("en", "fr")]
    data, lines = str(transformers / "bin" / "1"), (transformers / "text" / "test.fr").read_text().splitlines()
    options = {"states": ["decoder.*.out", "decoder.0.in"], "eos": True}
    extract(checkpoint(transformers), str(tmp_path / "a"), data, dump_text=paths[1], **options)
    extract(checkpoint(transformers), str(tmp_path / "b"), data, text=paths[0], references=paths[1], **options)
    first, second = Activations(tmp_path / "a"), Activations(tmp_path / "b")
    assert first.sentences == second.sentences == [["</s>", *line.split()] for line in lines]
    np.testing.assert_allclose(first.values, second.values, atol=1e-5)
    assert first.neurons.summary == "decoder.0.in, decoder.0-1.out" and first.manifest.side == "target"


def test_parts_of_the_source__are_the_same_in_generate_and_extract(transformers, tmp_path):
    states = "encoder.*.ffn,encoder.1.heads"
    succeed(*generate(transformers, "--dump-activations", tmp_path / "a", "--dump-states", states, "--dump-eos"))
    extract(checkpoint(transformers), str(tmp_path / "b"), str(transformers / "bin" / "1"), states=[states], eos=True)
    first, second = Activations(tmp_path / "a"), Activations(tmp_path / "b")
    assert first.neurons.summary == "encoder.0-1.ffn, encoder.1.heads" and first.sentences == second.sentences
    np.testing.assert_allclose(first.values, second.values, atol=1e-5)


def test_language_model__is_dumped_and_masked(transformers, tmp_path):
    typed = [transformers / "bin" / "lm", *LANGUAGE_MODEL, "--path", checkpoint(transformers, "transformer_lm")]
    typed = ["fairseq-eval-lm", *typed, "--gen-subset", "test"]
    mask = ["--mask-neurons", "decoder.1.heads.h0", "--mask-value", 0.5]
    output = succeed(*typed, *mask, "--dump-activations", tmp_path / "d", "--dump-states", "*.ffn,*.out")
    model, dump = opened(transformers, "transformer_lm"), Activations(tmp_path / "d")
    with model.masked("decoder.1.heads.h0", 0.5):
        assert f"Perplexity: {model.perplexity('test'):.2f}" in output
        states = model.states("test", states="*.ffn,*.out")
    np.testing.assert_allclose(dump.values, np.concatenate([rows for _, rows in states]), atol=1e-5)


def test_validate__masks_every_part(transformers):
    model = opened(transformers)
    with model.masked("decoder.1.ffn.*,encoder.0.heads.h1", 0.9):
        expected = model.perplexity("test")
    typed = [transformers / "bin" / "1", *TRANSLATION, "--path", checkpoint(transformers), "--valid-subset", "test"]
    (found,) = re.findall(r"\| ppl ([0-9.]+)", succeed("fairseq-validate", *typed, "--max-tokens", 30, *MASK))
    assert float(found) == pytest.approx(expected, rel=1e-3)


def test_ranking_of_another_part__is_masked_and_its_means_are_found_by_name(transformers, tmp_path):
    model, data = opened(transformers), str(transformers / "bin" / "1")
    extract(checkpoint(transformers), str(tmp_path / "means"), data, states=["encoder.*"])
    means = Activations(tmp_path / "means")
    ffn = model.all_neurons.states("encoder.*.ffn")
    ranking = Ranking.from_scores("made", ffn, np.arange(len(ffn), dtype=float), "s", means.checkpoint_sha256)
    ranking.save(tmp_path / "r.json")
    flags = ["--mask-ranking", tmp_path / "r.json", "--mask-top", 5, "--mask-value", "mean"]
    flags += ["--mask-means", tmp_path / "means"]
    flags += ["--dump-activations", tmp_path / "d", "--dump-states", "encoder.1.ffn"]
    succeed(*generate(transformers, *flags))
    top = ffn.columns_in(means.neurons, "means")[ranking.top(5)]
    expected = np.broadcast_to(means.mean()[top], (len(means), 5))
    np.testing.assert_allclose(Activations(tmp_path / "d").values[:, ranking.top(5) - 12], expected, atol=1e-5)


DUMP = ["--dump-activations", "d", "--dump-states"]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ([*DUMP, "*.out"], "either states at source words or states at target words"),
        ([*DUMP, "encoder.*.cross"], "no states 'encoder.*.cross'; it has encoder.0.in"),
        ([*DUMP, "decoder.0.in", "--dump-text", "t"], "--dump-text spells words of the source"),
        (["--dump-states", "encoder.0.in"], "--dump-states is for dumps"),
        (["--mask-neurons", "0", "--mask-site", "recurrent"], "no mask site 'recurrent'; its sites are output and"),
        (
            ["--mask-neurons", "encoder.0.out.1", "--mask-site", "context"],
            "encoder.0.out cannot be masked at 'context'",
        ),
        (["--mask-neurons", "decoder.0.ffn.1", "--mask-words", "a1"], "decoder.0.ffn reads the target"),
        (
            ["--mask-neurons", "encoder.0.bwd.1"],
            "There is no neuron 'encoder.0.bwd.1' in this model; it has encoder.0.",
        ),
    ],
)
def test_wrong_input__is_one_sentence(transformers, tmp_path, monkeypatch, flags, sentence):
    monkeypatch.chdir(tmp_path)
    assert sentence in fail(*generate(transformers, *flags))
    assert list(tmp_path.iterdir()) == []


def test_interactive__masks_the_decoder_and_refuses_a_dump(transformers):
    model = opened(transformers)
    with model.masked("decoder.1.ffn.*,encoder.0.heads.h1", 0.9):
        (expected,) = model.translate(["a1 a2 a3"], max_len_b=9)
    typed = ["fairseq-interactive", transformers / "bin" / "1", *TRANSLATION, "--path", checkpoint(transformers)]
    output = succeed(*typed, "--max-len-b", 9, "--beam", 5, *MASK, input="a1 a2 a3\n")
    assert re.findall(r"^H-0\t\S+\t(.*)$", output, re.MULTILINE) == [expected]
    refused = fail(*typed, *DUMP, "decoder.*", input="a1\n")
    assert "Activations are dumped by fairseq-generate" in refused
