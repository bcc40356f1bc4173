"""The demo's probes: which commands it runs on what, and the table of what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.pipelines.demo import demo_probes as probes
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.probing.study.run_study import probe as run_probe
from fairseq_neurons.toy_corpus.corpus_files import write_corpus
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS
from tests.activations.small_dumps import write_dump

Commands = dict[str, list[str]]


def write_states(folder: Path, split: str, sentences: list[list[str]], seed: int) -> None:
    """A dump of these words under the name that the demo gives it, its checkpoint that of all others."""
    words = sum(map(len, sentences))
    values = np.random.default_rng(seed).normal(size=(words, 8)).astype(np.float32)
    write_dump(folder / "dumps" / split / "model", values, sentences=sentences)
    (folder / "activations").mkdir(exist_ok=True)
    (folder / "dumps" / split / "model").rename(folder / "activations" / split)


def words_of(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def commands(monkeypatch) -> Commands:
    """What the demo would have run; dumps of training words appear when they should be made."""
    found: Commands = {}

    def note(jobs: Mapping[str, Sequence[str]], folder: Path) -> None:
        found.update({name: list(command) for name, command in jobs.items()})
        if "extract" in jobs:
            text = next(option.removeprefix("text=") for option in jobs["extract"] if option.startswith("text="))
            write_states(folder, "train", words_of(folder / text), seed=1)

    monkeypatch.setattr(probes, "run_all", note)
    return found


@pytest.fixture
def demo(tmp_path) -> Path:
    write_corpus(tmp_path / "text", train=300, valid=5, test=60)
    write_states(tmp_path, "1", words_of(tmp_path / "text" / "test.en"), seed=2)
    return tmp_path


def test_gold_labels__are_probed_by_commands_that_a_user_can_type(demo, commands, monkeypatch):
    monkeypatch.setattr(probes, "SENTENCES", 200)
    assert probes.probe(demo, Languages("en", "fr"), None) == list(LABEL_SETS)
    assert list(commands) == ["extract", *(f"probe-{name}" for name in LABEL_SETS)]
    assert len(words_of(demo / "probes" / "train.en")) == len(words_of(demo / "probes" / "train.en.tense")) == 200
    for name in LABEL_SETS:
        program, *options = commands[f"probe-{name}"]
        given = dict(option.split("=", 1) for option in options)
        assert program == "fairseq-neurons-probe" and given["out"] == f"probes/{name}"
        assert words_of(demo / given["train.labels"]) and words_of(demo / given["test.labels"])
        assert given.get("ignore") == ("[-]" if name in ("number", "tense") else None)


def test_own_corpus__is_probed_with_labelers_that_find_something(tmp_path, commands, monkeypatch):
    monkeypatch.setattr(probes, "FEWEST", 2)
    sentences = ["ten men slept", "two dogs did not bark", "he came in May", "ten or two", "nobody slept"]
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "train.en").write_text("\n".join(sentences) + "\n", encoding="utf-8")
    write_states(tmp_path, "1", [["one", "two", "three"]], seed=2)
    # One month is too few.
    assert probes.probe(tmp_path, Languages("en", "fr"), []) == ["position", "numbers", "negation"]
    assert "test.labels=negation" in commands["probe-negation"]
    # Nobody knows the numbers of other languages.
    (tmp_path / "text" / "train.en").rename(tmp_path / "text" / "train.xx")
    assert probes.probe(tmp_path, Languages("xx", "fr"), []) == ["position"]


def test_own_labels__are_probed_beside_what_labelers_find(demo, commands):
    assert probes.probe(demo, Languages("en", "fr"), ["tense", "number"])[:3] == ["tense", "number", "position"]
    given = dict(option.split("=", 1) for option in commands["probe-tense"][1:])
    assert (given["train.labels"], given["test.labels"]) == ("probes/train.en.tense", "text/test.en.tense")
    assert given["unseen"] == "ignore" and "ignore" not in given
    assert not (demo / "probes" / "train.en.month").exists()


def test_folders_without_a_mark__are_made_again_and_what_is_marked_is_kept(demo, commands):
    for name in ("pos", "month"):
        (demo / "probes" / name).mkdir(parents=True)
    (demo / "logs").mkdir()
    (demo / "logs" / "probe-pos.done").touch()
    probes.probe(demo, Languages("en", "fr"), None)
    assert (demo / "probes" / "pos").exists()
    assert not (demo / "probes" / "month").exists()


def test_table__has_a_row_a_label_set(demo, commands):
    names = probes.probe(demo, Languages("en", "fr"), None)[1:3]
    for name in names:
        options = dict(option.split("=", 1) for option in commands[f"probe-{name}"][1:])
        parts = [
            {kind: str(demo / options[f"{part}.{kind}"]) for kind in ("activations", "labels")}
            for part in ("train", "test")
        ]
        run_probe(*parts, demo / options["out"], fractions=[0.1], random=1, ignore=["-"], resamples=20)
    *header, _, first, second = probes.table(demo, names).splitlines()
    assert "selectivity" in header[0] and "masking-out" in header[1]
    for name, row in zip(names, (first, second)):
        assert row.split()[0] == name
        assert row.count(" / ") == 2 and row.count("encoder.0.fwd.") == 3
