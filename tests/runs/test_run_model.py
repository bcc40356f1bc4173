"""Which dump of a model is shown, and how much is known of it."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons.activations import Activations
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.runs.run_folder import Run
from fairseq_neurons.runs.run_model import Dump, Model, shown_dump
from tests.runs.test_run_folder import small_dump


def model_with(folder: Path, **texts: str) -> Model:
    """A model with a dump of each text; names that begin with ``masked`` are under a mask."""
    dumps = {}
    for name, text in texts.items():
        path = small_dump(folder / name, mask="zero" if name.startswith("masked") else "")
        dumps[name] = Dump(name, path, Activations(path), text)
    return Model("", Neurons(()), dumps=dumps)


def test_dumps_under_a_mask__are_shown_only_if_there_are_no_others(tmp_path):
    small_dump(tmp_path / "a" / "masked", "1" * 64, mask="zero")
    small_dump(tmp_path / "a" / "plain", "1" * 64)
    small_dump(tmp_path / "b", "2" * 64, mask="zero")
    run = Run.open(tmp_path)
    assert [run.dump_of(model).name for model in run.models] == ["a/plain", "b"]
    assert run.others(run.models[0]) == {}
    assert list(run.others(run.models[1])) == ["a/plain"]


def test_shown_dump__is_without_a_mask_even_of_a_rarer_text(tmp_path):
    one = model_with(tmp_path / "1", masked="common", plain="rare")
    two = model_with(tmp_path / "2", plain="common")
    assert shown_dump(one, [one, two]).name == "plain"
    assert one.unmasked("common") is None and one.unmasked("rare") is one.dumps["plain"]


def test_shown_dump__is_of_the_most_common_text(tmp_path):
    one, two = model_with(tmp_path / "1", a="rare", b="common"), model_with(tmp_path / "2", c="common")
    assert shown_dump(one, [one, two]).name == "b"


def test_findings__are_rankings_probes_and_curves():
    assert Model("", Neurons(()), rankings={"a": None, "b": None}, curves={"c": None}).findings == 3
