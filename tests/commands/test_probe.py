"""``fairseq-neurons-probe``: a wrong input is one sentence, and leaves nothing behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.activations.small_dumps import forget_checksums
from tests.commands.running_commands import Command
from tests.labels.conllu_text import text_of, word
from tests.probing.study.made_words import SMALL, write_part, write_parts
from tests.running import run
from tests.runs.made_runs import edit

FAST = [f"{name}={value}".replace(" ", "") for name, value in SMALL.items()]


class Folder:
    """Dumps and labels, and the command on them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.train, self.test = write_parts(path)

    def arguments(self, *options: str, **replaced: str | None) -> list[str]:
        """Of a run that would succeed, were it not for these; None leaves one out."""
        given = {f"train.{name}": value for name, value in self.train.items()}
        given |= {f"test.{name}": value for name, value in self.test.items()}
        given |= {"out": str(self.path / "out"), **{name.replace("_", "."): value for name, value in replaced.items()}}
        return [*FAST, *(f"{name}={value}" for name, value in given.items() if value is not None), *options]

    def fail(self, *options: str, **replaced: str | None) -> str:
        """The one sentence of a run that must fail."""
        return Command("fairseq-neurons-probe", self.path).fail(*self.arguments(*options, **replaced))

    def succeed(self, *options: str, **replaced: str | None) -> str:
        """What a run prints."""
        return Command("fairseq-neurons-probe", self.path).succeed(*self.arguments(*options, **replaced))

    def write(self, name: str, text: str) -> str:
        (self.path / name).write_text(text, encoding="utf-8")
        return str(self.path / name)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_label_file_of_other_length(folder):
    lines = Path(folder.train["labels"]).read_text().splitlines()
    shorter = folder.write("shorter.txt", "\n".join(lines[:-1]) + "\n")
    sentence = folder.fail(train_labels=shorter)
    assert "shorter.txt has labels for 39 lines, but the dump has 40 sentences" in sentence
    lines[2] += " VERB"
    longer = folder.write("longer.txt", "\n".join(lines) + "\n")
    assert "longer.txt, line 3: 5 labels, but the dump has 4 words" in folder.fail(train_labels=longer)


def test_labels_that_cannot_be_predicted(folder):
    text = Path(folder.test["labels"]).read_text()
    strange = folder.write("strange.txt", text.replace("VERB", "ADV", 1))
    assert "'ADV' (1 word) occurs in the test data but not in the training" in folder.fail(test_labels=strange)
    assert "'VERB' is the only label" in folder.fail("ignore=[ADJ,N/A]")
    assert "is not a file, a labeler" in folder.fail(train_labels="nowhere.txt")


def test_unknown_conllu_column(folder):
    sentences = [[word(str(i + 1), "x", upos="NOUN", feats="Case=Nom") for i in range(4)] for _ in range(40)]
    conllu = folder.write("train.conllu", text_of(*sentences))
    sentence = folder.fail("column=Tense", train_labels=conllu)
    assert "has no labels in the column or FEATS key 'Tense'; it has the columns UPOS" in sentence
    assert "keys Case" in sentence


def test_values_that_are_not_finite(folder):
    forget_checksums(Path(folder.test["activations"]))
    values = np.load(Path(folder.test["activations"]) / "activations.npy", mmap_mode="r+")
    values[7, 3] = np.nan
    values.flush()
    forget_checksums(Path(folder.test["activations"]))
    assert "holds values that are not finite numbers" in folder.fail()


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("l1=-1", "l1=-1.0: a penalty is zero or a positive number"),
        ("l2=nan", "l2=nan: a penalty is"),
        ("solver=sgd", "no solver 'sgd'; the solvers are certified, authors"),
        ("tolerance=0", "tolerance=0.0: give a number above 0"),
        ("max_iter=0", "max_iter=0: give at least one step"),
        ("class_weight=heavy", "class_weight is empty or balanced"),
        ("rankings=[probles]", "no ranking 'probles' from labels; there are probeless"),
        ("fractions=[0]", "fractions=[0.0]: give numbers above 0"),
        ("fractions=[10]", "fractions=[10.0]: give numbers above 0 and up to 1"),
        ("mass=[]", "mass=[]: give numbers above 0"),
        ("grid=[1e-3,-1]", "grid=[0.001, -1.0]: a penalty is"),
        ("alpha=0", "alpha=0.0: the step is a percentage"),
        ("random=-1", "random=-1, top=3"),
        ("seed=-1", "seed=-1: give a whole number from 0 to 4294967295"),
        ("seed=4294967296", "seed=4294967296: give a whole number"),
        ("neurons=[]", "names no neuron"),
        ("neurons=[0,99]", "Neuron 99 is out of range"),
        ("confidence=95", "confidence=95.0"),
        ("neurons=decoder.*", "No neuron matches 'decoder.*'"),
        ("balance=upsample", "balance must be none or downsample"),
        ("against=[nowhere]", "The probe nowhere/probe.npz is missing, damaged or lacks an array"),
    ],
)
def test_options_that_cannot_be(folder, option, sentence):
    assert sentence in folder.fail(option)


def test_options_that_do_not_fit_each_other(folder):
    assert "counts=[10, 20]: this probe has 10 neurons" in folder.fail("rankings=[iou]", "counts=[10,20]")
    assert "no class weights" in folder.fail("solver=authors", "class_weight=balanced")
    other = write_part(folder.path / "other", 60, 2)
    renamed = shutil.move(other["activations"], folder.path / "other" / "another")
    edit(Path(renamed) / "manifest.json", checkpoint_sha256="f" * 64)
    assert "are of different models: their checkpoints are" in folder.fail(test_activations=str(renamed))


def test_names_that_are_taken_or_missing(folder):
    (folder.path / "taken").mkdir()
    assert "taken already exists; remove it or choose another name" in folder.fail(out=str(folder.path / "taken"))
    for name in ("train_labels", "train_activations", "test_labels", "test_activations", "out"):
        option = name.replace("_", ".")
        assert folder.fail(**{name: None}).endswith(f"{option}= is missing; see fairseq-neurons-probe --help.")
    readable = folder.write("file", "")
    assert "cannot be written" in folder.fail(out=f"{readable}/out")


def test_unknown_options_and_wrong_types__are_refused(folder):
    assert "there is no option fraction=; did you mean fractions=?" in folder.fail("fraction=[0.1]")
    assert "there is no option train.label=; did you mean train.labels=?" in folder.fail("train.label=x")
    assert "l1=much: give a number." in folder.fail("l1=much")


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        *(("encoder.0.fwd.3", 1), ("'encoder.0.*'", 10), ("encoder.0.fwd.*", 10), ("5", 1)),
        *(("[0,1]", 2), ("[0,1,'encoder.0.fwd.[2-4]']", 5), ("'0,1'", 2)),
    ],
)
def test_neurons__are_given_as_people_type_them(folder, typed, used):
    folder.succeed(f"neurons={typed}")
    assert json.loads((folder.path / "out" / "results.json").read_text())["neurons_used"] == used


def test_entries_that_match_no_label__are_said(folder):
    printed = folder.succeed("ignore=[FOO]", "merge=[NUON]")
    assert "ignore=[FOO] matches no label; the labels are ADJ, N/A, VERB" in printed
    assert "merge=[NUON] matches no label" in printed and "ADJ matches" not in printed


def test_rankings_of_labels__are_listed_with_their_files(folder):
    for part in (folder.train, folder.test):
        labels = Path(part["labels"])
        labels.write_text(labels.read_text().replace("VERB", "PRP$").replace("ADJ", "Inf"))
    folder.succeed("ignore=[Inf]")
    files = json.loads((folder.path / "out" / "label_files.json").read_text())
    assert files == {"N/A": "ranking.N%2FA.json", "PRP$": "ranking.PRP%24.json"}
    assert all((folder.path / "out" / file).is_file() for file in files.values())


def test_console_command__writes_the_folder_and_shows_the_tables(folder):
    arguments = folder.arguments("ignore=[VERB]", "grid=[0.01]", "rankings=[probeless]", "counts=[2]")
    done = run("fairseq-neurons-probe", *arguments, folder=folder.path)
    assert done.returncode == 0, done.stderr
    for shown in (
        "majority baseline",
        "top / random / bottom",
        "top minus bottom",
        "neurons for 25 % of the mass",
        "l1 \\ l2",
        "spearman",
    ):
        assert shown in done.stderr
    results = json.loads((folder.path / "out" / "results.json").read_text())
    assert results["labels"] == ["ADJ", "N/A"] and results["signature"] in done.stderr
    assert sorted(path.name for path in folder.path.iterdir()) == ["out", "test", "train"]
