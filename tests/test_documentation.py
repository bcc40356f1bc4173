"""The Python in README, docs and examples runs, on a tiny run of the same file names, and needs only the front door."""

from __future__ import annotations

import doctest
import importlib.util
import json
import logging
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import fairseq_neurons as fn
from tests.running import succeed

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "examples" / "README.md", *(ROOT / "docs").glob("*.md")])
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MODULES_WITH_EXAMPLES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted((ROOT / "fairseq_neurons").rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]
# A package in its own right, which the front door has as `figures`.
ROOMS = ("fairseq_neurons", "fairseq_neurons.figures")


def snippets(document: Path) -> list[str]:
    return SNIPPET.findall(document.read_text(encoding="utf-8"))


@pytest.fixture
def workshop(untrained, tmp_path, monkeypatch) -> Path:
    """The folder that README's commands leave behind, and ``demo``."""
    from tests.activations.small_dumps import write_dump
    from tests.page.hostile_run import write_curve

    shutil.copytree(untrained, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(1)
    fn.extract("models/1/checkpoint_best.pt", "activations/1", "bin/1")
    first = fn.Activations("activations/1")
    for name in ("2", "3", "probe"):
        write_dump(Path("activations") / name, chance.normal(size=first.values.shape), sentences=first.sentences)
    labels = [" ".join("odd" if int(word[1:]) % 2 else "even" for word in line[:-1]) for line in first.sentences]
    Path("text/probe.en.pos").write_text("\n".join(f"{line} other" for line in labels) + "\n")
    neurons = fn.Neurons.of(fn.Block("encoder", 0, part, 50) for part in ("fwd", "bwd"))
    sentences = [[f"word{i % 7}", "."] for i in range(150)]
    values = chance.normal(size=(300, 100)).astype(np.float32)
    write_dump(Path("demo/activations/1"), values, sentences=sentences, neurons=neurons)
    Path("demo/rankings").mkdir()
    fn.correlate(["demo/activations/1"], method="variance").save("demo/rankings/variance.json")
    write_curve(Path("demo/curves/nmt"), fn.Activations("demo/activations/1").manifest.checkpoint_sha256)
    return tmp_path


@pytest.mark.parametrize("module", MODULES_WITH_EXAMPLES)
def test_examples_of_docstrings__are_true(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_snippets__are_found():
    assert sum(len(snippets(document)) for document in DOCUMENTS) >= 6


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if snippets(d)], ids=lambda document: document.name)
def test_document__runs_from_top_to_bottom(document, workshop, capsys):
    names: dict = {}
    for number, snippet in enumerate(snippets(document), start=1):
        exec(compile(snippet, f"{document.name}, snippet {number}", "exec"), names)
    printed = capsys.readouterr().out
    if document.name == "README.md":
        assert printed.startswith("['") and "encoder.0.bwd.34, neuron 84 of 100" in printed
        assert names["words"] == ["a", "dog", "runs", "."] and names["states"].shape == (4, 32)
        assert fn.Ranking.load("ranking.json").method == "crossmodel-max"
    assert (workshop / "figures").is_dir() or document.name == "dumps.md"


def test_dump_of_another_program__is_read_by_every_command(workshop, monkeypatch):
    """The lines of docs/dumps.md as they are printed, for the words and neurons of a model of ours."""
    given, writing = snippets(ROOT / "docs" / "dumps.md")
    assert len([line for line in writing.splitlines() if line]) <= 10
    names: dict = {}
    exec(given, names)
    chance = np.random.default_rng(2)
    names["sentences"] = [[f"a{i}", "dog", "runs", "not"] for i in range(20)]
    names["values"] = chance.normal(size=(80, 16)).astype(np.float32)
    names["blocks"] = [{"module": "decoder", "layer": layer, "part": "fwd", "size": 8} for layer in (0, 1)]
    exec(writing, names)
    shutil.copytree("activations/mine", "activations/other")
    dump = fn.Activations("activations/mine")
    assert dump.manifest.skipped == 0 and not dump.manifest.eos and dump.sentences == names["sentences"]
    np.testing.assert_array_equal(dump.values, names["values"])
    parts = [
        f"{part}.{what}" for part in ("train", "test") for what in ("activations=activations/mine", "labels=position")
    ]
    for command, *options in (
        ["correlate", "activations=[activations/mine,activations/other]", "out=mine/max.json"],
        ["correlate", "activations=[activations/mine]", "method=variance", "out=mine/variance.json"],
        ["overlap", "rankings=[mine/max.json,mine/variance.json]", "top=4"],
        ["probe", *parts, "out=mine/probe", "fractions=[0.5]", "random=1", "resamples=10", "top=4", "control=false"],
        ["inspect", "activations=activations/mine", "neuron=decoder.1.fwd.3", "labels=position"],
        [
            "ablate",
            "checkpoint=models/lm/checkpoint_best.pt",
            "data=bin/lm",
            "metric=perplexity",
            "out=mine/curve",
            "workers=1",
        ]
        + [
            "rankings=[mine/max.json]",
            "points=[0,2]",
            "order=[top]",
            "value=mean",
            "means=activations/mine",
            "samples=10",
        ],
    ):
        succeed(f"fairseq-neurons-{command}", *options)
    shutil.copytree("activations/mine", "mine/activations/mine")
    assert "page/index.html" in succeed("fairseq-neurons-report", "run=mine", "out=page")


def test_first_example_of_the_readme__is_five_lines():
    assert len([line for line in snippets(ROOT / "README.md")[0].splitlines() if line]) == 5


def test_masking_script__reports_every_block(untrained, caplog):
    script = ROOT / "examples" / "masking.py"
    spec = importlib.util.spec_from_file_location("masking_example", script)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with caplog.at_level(logging.INFO, "masking_example"):
        example.main(str(untrained / "models" / "1" / "checkpoint_best.pt"), str(untrained / "bin" / "1"))
    reported = [record.getMessage() for record in caplog.records if record.name == "masking_example"]
    starts = ["all neurons", *(f"no encoder.{layer}.{part}" for layer in (0, 1) for part in ("fwd", "bwd"))]
    assert [re.split(r" +BLEU +\d+\.\d\d$", line)[0] for line in reported] == starts


def test_documentation__needs_the_front_door_alone():
    notebook = json.loads((ROOT / "examples" / "explore.ipynb").read_text())
    sources = {"explore.ipynb": "\n".join("".join(cell["source"]) for cell in notebook["cells"])}
    sources |= {script.name: script.read_text() for script in (ROOT / "examples").glob("*.py")}
    sources |= {document.name: "\n".join(snippets(document)) for document in DOCUMENTS}
    for name, source in sources.items():
        used = re.findall(r"^ *(?:from|import) (fairseq_neurons[\w.]*)", source, re.MULTILINE)
        assert set(used) <= set(ROOMS), name
