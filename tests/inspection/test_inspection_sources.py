"""What is known of a neuron is found in named files and in a run folder."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump


def test_run__gives_all_that_is_in_it(made_run):
    known = known_from(run=str(made_run))
    assert known.dump.path == made_run / "activations" / "one"
    assert list(known.labels) == ["pos", "position"] and list(known.others) == ["three", "two"]
    assert list(known.rankings) == ["probes/pos", "probes/pos/probeless", "rankings/cross"]
    assert len(known.label_rankings) == 3


@pytest.mark.parametrize("named", ["two", "activations/two", "{run}/activations/two"])
def test_dump_of_a_run__is_named_by_model_folder_or_path(made_run, named):
    known = known_from(run=str(made_run), activations=named.format(run=made_run))
    assert known.dump.path == made_run / "activations" / "two"
    assert known.rankings == {} and list(known.others) == ["one", "three"] and "pos" in known.labels


def test_dump_outside_of_a_run__is_of_one_of_its_models(made_run, tmp_path):
    train = Activations(made_run / "activations" / "train")
    write_dump(tmp_path / "model", np.asarray(train.values), sentences=train.sentences)
    known = known_from(run=str(made_run), activations=str(tmp_path / "model"))
    assert known.dump.path == tmp_path / "model" and len(known.rankings) == 3 and known.others == {}
    # The words are those of a dump that the probe had labels for.
    assert list(known.labels) == ["pos", "position"]
    write_dump(tmp_path / "other", np.zeros((3, 2)))
    with pytest.raises(InputError, match="other is a dump of a model .* of which .* has nothing"):
        known_from(run=str(made_run), activations=str(tmp_path / "other"))


def test_files__come_beside_what_the_run_has(made_run, tmp_path):
    dumps = [str(made_run / "activations" / name) for name in ("one", "two")]
    correlate(dumps).save(tmp_path / "more.json")
    files = {"labels": str(made_run / "text" / "one.pos"), "rankings": [str(tmp_path / "more.json")]}
    alone = known_from(dumps[0], others=[dumps[1]], **files)
    assert list(alone.labels) == ["one.pos"] and list(alone.rankings) == [str(tmp_path / "more.json")]
    assert list(alone.others) == [dumps[1]]
    both = known_from(run=str(made_run), **files)
    assert list(both.labels) == ["one.pos", "pos", "position"] and len(both.rankings) == 4
    assert list(known_from(dumps[0], labels="length").labels) == ["length"]


def test_what_is_missing__is_one_sentence(made_run):
    one = str(made_run / "activations" / "one")
    for options, sentence in (
        ({}, "Give a dump with activations= or the folder of a run with run="),
        ({"activations": one, "column": "UPOS"}, "column=UPOS is a column of a file: give the file with labels="),
        ({"activations": one, "labels": str(made_run / "text" / "train.pos")}, "train.pos has labels for 40 lines"),
        (
            {"run": str(made_run), "activations": "four"},
            "no dump four, neither here nor in .*, which has act",
        ),
    ):
        with pytest.raises(InputError, match=sentence):
            known_from(**options)
