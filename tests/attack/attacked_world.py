"""A small folder that has one file of every format, made by our own commands; paths in it are relative to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from fairseq_neurons import Activations, ablate, correlate, extract, probe, report
from fairseq_neurons.probing.study.study_folder import StudyFolder
from tests.labels.conllu_text import text_of, word
from tests.plugin.piece_models import LINES, write_piece_model
from tests.untrained_models import write_untrained

MODELS = ("1", "2", "3")
LABELS = ("ADJ", "NOUN", "VERB")
# The quickest probe that still has a file of every kind.
QUICK: dict[str, Any] = {
    **{"l1": 1e-1, "l2": 1e-1, "tolerance": 0.5, "refit_tolerance": 0.9, "max_iter": 1, "control": False},
    **{"fractions": [0.5], "random": 0, "resamples": 2, "top": 3, "rankings": ["probeless"], "counts": [2]},
}
CURVE: dict[str, Any] = {
    **{"points": [0, 4], "order": ["top", "bottom"], "beam": 1, "max_len_b": 8, "samples": 10, "workers": 1},
    "rankings": ["run/rankings/max.json", "run/rankings/variance.json"],
}
EXPERIMENT = """# @package _global_
name: mine
src: en
tgt: fr
train: test
valid: test
test: test
sentences:
  - a1 a2 a3
tasks:
  pos:
    title: POS
    train_labels: text/test.pos
    test_labels: text/test.pos
    shown: [NOUN]
"""
SIZE = "name: mine\nhidden: 8\nepochs: 1\nrate: 2e-3\n"


@contextmanager
def working_folder(folder: Path) -> Iterator[None]:
    """Make a folder the current one while the context lasts."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def write_world(folder: Path) -> None:
    """``text``, ``bin``, ``models``, ``configs``, ``pieces``; ``run`` with dumps, rankings, a probe and a curve; and
    an interrupted probe, a page, and a module that must never be imported.
    """
    with working_folder(folder):
        write_untrained(Path())
        for seed, name in enumerate(MODELS[1:]):
            _write_other_model(name, seed)
        for name in MODELS:
            extract(
                f"models/{name}/checkpoint_best.pt", f"run/activations/{name}", data="bin/1", dump_text="text/test.en"
            )
        _write_labels()
        _write_results()
        _write_configs()
        write_piece_model(Path("pieces"), LINES)
        _write_interrupted()
        report("run", "page")
        Path("hostile_module.py").write_text("import pathlib\npathlib.Path('canary').touch()\n")


def part(name: str = "1", labels: str = "text/test.pos") -> dict[str, str]:
    """A labelled dump."""
    return {"activations": f"run/activations/{name}", "labels": labels}


def _write_other_model(name: str, seed: int) -> None:
    state = torch.load("models/1/checkpoint_best.pt", weights_only=False)
    generator = torch.Generator().manual_seed(seed)
    for key, weight in state["model"].items():
        state["model"][key] = torch.randn(weight.shape, generator=generator)
    Path(f"models/{name}").mkdir()
    torch.save(state, f"models/{name}/checkpoint_best.pt")


def _write_labels() -> None:
    sentences = Activations("run/activations/1").sentences
    named = [[LABELS[int(word.strip("a")) % 3] if word != "unseen" else "NOUN" for word in line] for line in sentences]
    Path("text/test.pos").write_text("".join(" ".join(line) + "\n" for line in named))
    lines = [
        [word(str(i), form, upos, feats=f"Kind={upos}") for i, (form, upos) in enumerate(zip(words, labels), start=1)]
        for words, labels in zip(sentences, named)
    ]
    lines[0].insert(0, word("1-2", "contracted"))
    Path("text/test.conllu").write_text(text_of(*lines))


def _write_results() -> None:
    dumps = [f"run/activations/{name}" for name in MODELS]
    Path("run/rankings").mkdir()
    correlate(dumps[:2]).save("run/rankings/max.json")
    correlate(dumps[::2]).save("run/rankings/max-too.json")
    correlate(dumps[:1], method="variance").save("run/rankings/variance.json")
    probe(part(), part(), "run/probes/pos", **QUICK)
    ablate("models/1/checkpoint_best.pt", "bin/1", out="run/curves/bleu", **CURVE)


def _write_interrupted() -> None:
    """``interrupted.partial``: a probe that was killed when all was measured."""
    with patch.object(StudyFolder, "commit", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        probe(part(), part(), "interrupted", **QUICK)
    Path("interrupted.partial/lock").unlink()


def _write_configs() -> None:
    for group, content in (("experiment", EXPERIMENT), ("size", SIZE)):
        (Path("configs") / group).mkdir(parents=True)
        (Path("configs") / group / "mine.yaml").write_text(content)
