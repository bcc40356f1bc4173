"""The paper's experiments, small, by the driver."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from fairseq_neurons.pipelines.paper.run_tables import run_tables
from fairseq_neurons.pipelines.paper.table_catalogue import TABLES
from tests.running import output_of, run, run_apart, succeed

EXPERIMENT = """# @package _global_
name: made
src: de
tgt: en
points: ["0%", "20%"]
sentences: [w1 w2 unseen]
tasks:
  pos: {title: DE POS, train_labels: train.pos, test_labels: test.pos, shown: [EVEN]}
"""
SIZE = """name: tiny
hidden: 8
decoder_hidden: 8
epochs: 1
lm_epochs: 1
models: 2
language_models: 1
studied: 1
seeds: 1
grid: [0.0, 1e-3]
"""


@pytest.fixture
def corpus(tmp_path) -> Path:
    chance, folder = random.Random(1), tmp_path / "corpus"
    folder.mkdir()
    for split, count in {"train": 200, "valid": 20, "test": 20}.items():
        words = [[f"w{chance.randrange(9)}" for _ in range(chance.randrange(2, 7))] for _ in range(count)]
        for suffix, line in {
            "de": " ".join,
            "en": lambda sentence: " ".join(reversed(sentence)).upper(),
            "pos": lambda sentence: " ".join("EVEN" if int(word[1]) % 2 == 0 else "ODD" for word in sentence),
        }.items():
            (folder / f"{split}.{suffix}").write_text("".join(line(s) + "\n" for s in words), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_driver__goes_from_text_to_tables_and_repeats_nothing(corpus, tmp_path):
    for group, name, content in (("experiment", "made", EXPERIMENT), ("size", "tiny", SIZE)):
        (tmp_path / "configs" / group).mkdir(parents=True)
        (tmp_path / "configs" / group / f"{name}.yaml").write_text(content)
    command = ["fairseq-neurons-paper", "--config-dir", str(tmp_path / "configs"), "experiment=made", "size=tiny"]
    command += [f"corpus={corpus}", f"out={tmp_path / 'out'}"]
    first = output_of(run_apart(*command))
    assert first.count("$ fairseq-train") == 3
    folder = tmp_path / "out" / "tiny" / "made"
    summary = json.loads((folder / "summary.json").read_text())
    measured = {point["order"] for point in summary["curves"]["lm1"]["points"]}
    assert measured == {"top", "bottom", "random"}
    assert set(summary["probes"]["1"]) == {"pos", "position"}
    assert (folder / "report" / "index.html").is_file()
    assert first.rstrip().splitlines()[-1] == str(folder / "tables.md")
    assert (folder / "tables.md").read_text(encoding="utf-8") == run_tables(summary)
    titles = [table.title for table in TABLES.values()]
    assert re.findall("^## (.*)", run_tables(summary), re.MULTILINE) == titles
    drawn = {
        "figure-2",
        "figure-3.begin",
        "figure-3.EVEN",
        "figure-4",
        "figure-5",
        "figure-6.1",
        "figure-7",
        "figure-8",
    }
    assert drawn <= {path.stem for path in (folder / "figures").iterdir()} == set(summary["figures"])
    repeated = output_of(run_apart(*command))
    assert repeated.count("$ ") == repeated.count("$ fairseq-neurons-report")
    assert json.loads((folder / "summary.json").read_text()) == summary
    assert str(folder / "tables.md") not in output_of(run_apart(*command, "steps=[rank]"))
    wrong = run_apart(*command, "steps=[train,nap]")
    assert wrong.returncode == 1 and "the steps are text" in wrong.stderr
    other = run_apart(*command, "size.epochs=2")
    assert other.returncode == 1 and "was made with size.epochs=1, not 2" in other.stderr


def test_what_is_missing__is_named_and_help_has_the_choices(tmp_path):
    nothing, no_corpus, unknown = (
        run("fairseq-neurons-paper", *options) for options in ([], ["experiment=de-en"], ["experiment=none"])
    )
    assert "experiment= is missing; see fairseq-neurons-paper --help" in nothing.stderr
    assert "corpus= is missing; see fairseq-neurons-paper --help" in no_corpus.stderr
    assert "experiment=none: the choices are de-en, en-fr" in unknown.stderr
    assert {nothing.returncode, no_corpus.returncode, unknown.returncode} == {1}
    assert not any("Traceback" in one.stderr for one in (nothing, no_corpus, unknown))
    shown = succeed("fairseq-neurons-paper", "--help")
    assert "experiment= is one of de-en, en-fr" in shown and "probe_sentences: 20000" in shown
