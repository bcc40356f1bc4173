"""Masks and dumps in each of fairseq's commands: they work, or are refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from fairseq_neurons import load_model
from fairseq_neurons.plugin.checkpoints import check_checkpoint
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION
from tests.plugin.test_older_checkpoints import with_args
from tests.running import fail, succeed
from tests.untrained_models import opened

MASK = ["--mask-neurons", "encoder.1.*", "--mask-value", 0.9]


def command(name: str, folder: Path, checkpoint: Path | None = None, model: str = "1") -> list[object]:
    task = LANGUAGE_MODEL if model == "lm" else TRANSLATION
    path = checkpoint or folder / "models" / model / "checkpoint_best.pt"
    subset = {"fairseq-validate": ["--valid-subset", "test", "--max-tokens", 20], "fairseq-interactive": []}
    return [name, folder / "bin" / model, *task, "--path", path, *subset.get(name, ["--gen-subset", "test"])]


def perplexity(output: str) -> float:
    (found,) = re.findall(r"\| ppl ([0-9.]+)", output)
    return float(found)


def of_the_stock_task(state: dict) -> dict:
    """As if it had been trained without our user-dir's task."""
    ours = ("dump_", "mask_", "checkpoint_path", "shards")
    task = {key: value for key, value in state["cfg"]["task"].items() if not key.startswith(ours)}
    return {**state, "cfg": {**state["cfg"], "task": {**task, "_name": "translation"}}}


@pytest.mark.parametrize("change", [dict, of_the_stock_task, with_args])
def test_validate__masks_and_reads_every_sentence_whatever_task_the_checkpoint_is_of(untrained, tmp_path, change):
    path = tmp_path / "c.pt"
    torch.save(change(check_checkpoint(str(untrained / "models" / "1" / "checkpoint_best.pt"))), path)
    model = opened(untrained, "1")
    free = model.perplexity("test")
    with model.masked("encoder.1.*", value=0.9):
        masked = model.perplexity("test")
    validate = command("fairseq-validate", untrained, path)
    assert perplexity(succeed(*validate)) == pytest.approx(free, rel=1e-3)
    assert perplexity(succeed(*validate, *MASK)) == pytest.approx(masked, rel=1e-3)
    assert abs(masked / free - 1) > 0.01


def test_validate__masks_at_chosen_words(untrained):
    model = opened(untrained, "1")
    with model.masked("encoder.*", value=0.9, words=model.chosen_words("test", "a1*")):
        masked = model.perplexity("test")
    flags = ["--mask-neurons", "encoder.*", "--mask-value", 0.9, "--mask-words", "a1*"]
    found = perplexity(succeed(*command("fairseq-validate", untrained), *flags))
    assert found == pytest.approx(masked, rel=1e-3)
    assert abs(found / model.perplexity("test") - 1) > 0.001


def test_validate__masks_a_language_model(untrained):
    model = opened(untrained, "lm")
    with model.masked("decoder.1.*", value=0.9):
        masked = model.perplexity("test")
    flags = ["--mask-neurons", "decoder.1.*", "--mask-value", 0.9]
    output = succeed(*command("fairseq-validate", untrained, model="lm"), *flags)
    assert perplexity(output) == pytest.approx(masked, rel=1e-3)
    assert "mask: masked:8|" in output.strip().splitlines()[-1]


def test_interactive__masks(untrained, tmp_path):
    lines = (untrained / "text" / "test.en").read_text().splitlines()
    (tmp_path / "in").write_text("\n".join(lines) + "\n")
    search = ["--input", tmp_path / "in", "--beam", 2, "--max-len-b", 9]
    output = succeed(*command("fairseq-interactive", untrained), *search, *MASK)
    model = load_model(untrained / "models" / "1" / "checkpoint_best.pt", untrained / "bin" / "1")
    with model.masked("encoder.1.*", value=0.9):
        expected = model.translate(lines, beam=2, max_len_b=9)
    assert re.findall(r"^H-\d+\t\S+\t(.*)$", output, re.MULTILINE) == expected
    assert expected != model.translate(lines, beam=2, max_len_b=9)


def test_what_a_command_cannot_do__is_refused(untrained, tmp_path):
    dump = ["--dump-activations", tmp_path / "a"]
    words = ["--mask-neurons", 1, "--mask-words", "a1"]
    refused = "Activations are dumped by fairseq-generate, fairseq-eval-lm or fairseq-neurons-extract"
    assert refused in fail(*command("fairseq-validate", untrained), *dump)
    assert refused in fail(*command("fairseq-interactive", untrained), *dump)
    assert "in a data folder" in fail(*command("fairseq-interactive", untrained), *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "model"), [("fairseq-generate", "1"), ("fairseq-eval-lm", "lm")])
def test_dump_of_a_shard__is_refused_by_both_commands(untrained, tmp_path, name, model):
    shard = ["--num-shards", 2, "--shard-id", 0, "--dump-activations", tmp_path / "a"]
    assert "leave out --distributed-world-size and --num-shards" in fail(*command(name, untrained, model=model), *shard)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_alignments_of_batches__are_those_of_single_sentences(untrained, kind):
    """fairseq's own task counts from the padding (github.com/facebookresearch/fairseq/issues/3625)."""
    search = [*command("fairseq-generate", untrained), "--beam", 2, "--max-len-b", 9, "--print-alignment", kind]
    alone, batched = (alignments(succeed(*search, "--batch-size", size)) for size in (1, 9))
    assert alone.keys() == batched.keys() and len(alone) == 9
    for number, expected in alone.items():
        assert batched[number] == pytest.approx(expected, abs=2e-6)


def test_alignments_of_references__too(untrained):
    search = [*command("fairseq-generate", untrained), "--score-reference", "--print-alignment", "hard"]
    alone, batched = (alignments(succeed(*search, "--batch-size", size)) for size in (1, 9))
    assert alone == batched and len(alone) == 9


def alignments(output: str) -> dict[str, list[float]]:
    """The numbers of the A-lines by sentence."""
    lines = re.findall(r"^(A-\d+)\t(.*)$", output, re.MULTILINE)
    return {number: [float(part) for part in re.split(r"[-, ]", line) if part] for number, line in lines}


def test_lines_of_ours__come_last_and_fairseqs_notes_are_few(untrained, tmp_path):
    dump = ["--dump-activations", tmp_path / "a"]
    lines = succeed(*command("fairseq-eval-lm", untrained, model="lm"), *dump, "--mask-neurons", 1).splitlines()
    assert [line.split(" | ")[-1].split(":")[0] for line in lines[-2:]] == ["dump written", "mask"]
    assert "Perplexity:" in lines[-3]
    assert not [line for line in lines if "'_name'" in line or "dictionary" in line or "Warning" in line]
    assert len(lines) <= 12  # 41 with all that fairseq and Hydra say
