"""``fairseq-neurons-ablate``: a wrong option is one sentence, before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ablation.small_ablations import ranking
from tests.commands.running_commands import Command

REQUIRED = {"checkpoint": "model.pt", "data": "bin", "rankings": "[ranking.json]", "out": "out"}


@pytest.fixture
def fail(tmp_path, monkeypatch):
    """The one sentence of a run that must fail, in a folder with a ranking and a file that is no checkpoint."""
    monkeypatch.chdir(tmp_path)
    ranking(1).save(tmp_path / "ranking.json")
    (tmp_path / "model.pt").write_text("x")

    def run(*options: str, **replaced: str | None) -> str:
        given = [f"{name}={value}" for name, value in {**REQUIRED, **replaced}.items() if value is not None]
        return Command("fairseq-neurons-ablate", tmp_path).fail(*given, *options)

    return run


@pytest.mark.parametrize("name", list(REQUIRED))
def test_missing_option(fail, name):
    assert fail(**{name: None}).endswith(f"{name}= is missing; see fairseq-neurons-ablate --help.")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("metric=bleurt", "metric=bleurt: the choices are bleu, perplexity"),
        ("test=t", "test=t: the choices are bootstrap, approximate-randomization"),
        ("order=[up]", "order=[up]: the choices are top, bottom, random"),
        ("order=[]", "order=[]: give at least one, and each once"),
        ("points=[]", "points=[]: give at least one"),
        ("rankings=[a,a]", "rankings=[a,a]: give at least one, and each once"),
        ("seeds=0", "seeds=0: give at least 1"),
        ("workers=0", "workers=0: give at least 1"),
        ("samples=0", "samples=0: give at least 1"),
        ("beam=-1", "beam=-1: give at least 1"),
        ("max_len_b=0", "max_len_a=0.0, max_len_b=0: allow hypotheses of at least one word"),
        ("value=median", "value=median: the mask value is zero, mean or a number"),
        ("value=nan", "value=nan: give a finite number"),
        ("value=mean", "value=mean and means=DUMP go together"),
        ("means=dump", "dump is not a dump"),
        ("points=[17]", "points= 17: this model has 16 neurons"),
        ("points=[120%]", "points= 120%: a percentage lies between 0% and 100%"),
        ("points=[many]", "points= many: give a number of neurons (50) or a percentage"),
        ("rankings=[nowhere.json]", "The ranking nowhere.json cannot be read"),
        ("checkpoint=nowhere.pt", "The checkpoint nowhere.pt cannot be read"),
        ("reference=nowhere.txt", "The file reference=nowhere.txt cannot be read"),
        ("out=ranking.json", "ranking.json cannot be written"),
        ("out=.", ". is not the folder of a curve"),
    ],
)
def test_option_that_cannot_be(fail, option, sentence):
    name = option.partition("=")[0]
    assert sentence in (fail(option) if name not in REQUIRED else fail(**{name: option.partition("=")[2]}))


def test_options_that_do_not_go_together(fail):
    assert "value=mean and means=DUMP go together" in fail("value=zero", "means=dump")
    control = ("metric=control", "labels=l", "at=past", "to=pres", "outcome=o")
    assert "to=pres: give means=DUMP means_labels=LABELS" in fail(*control)


def test_options_of_another_metric__are_refused(fail):
    assert "beam=3 is for metric=bleu; metric=perplexity has none" in fail("metric=perplexity", "beam=3")
    assert "reference=x is for metric=bleu" in fail("metric=perplexity", "reference=x")


def test_unknown_options__are_refused(fail):
    assert "there is no option point=; did you mean points=? See fairseq-neurons-ablate --help." in fail("point=[0]")
    assert "seeds=many: give an integer." in fail("seeds=many")


def test_checkpoint_that_is_none(fail):
    assert "model.pt is refused" in fail() or "model.pt is not a checkpoint" in fail()


def test_help__does_not_wait_for_fairseq():
    program = Path(sys.executable).parent / "fairseq-neurons-ablate"
    code = "import sys; import fairseq_neurons.commands.ablate; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    shown = subprocess.run([str(program), "--help"], capture_output=True, text=True).stdout
    assert "fairseq-neurons-ablate option=value" in shown and "max_len_b=200" in shown
