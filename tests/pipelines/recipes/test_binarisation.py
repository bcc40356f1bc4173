"""The commands that binarise texts."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.recipes import binarisation
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

ENGLISH_FRENCH = Languages("en", "fr")


@pytest.fixture
def batches(monkeypatch) -> list[dict[str, list[str]]]:
    """What would be run, one entry for each call of ``run_all``."""
    found: list[dict[str, list[str]]] = []
    monkeypatch.setattr(binarisation, "run_all", lambda jobs, folder, workers: found.append(dict(jobs)))
    return found


def test_dictionaries__are_those_of_the_whole_text_and_come_first(tmp_path, batches):
    binarisation.preprocess(tmp_path, ENGLISH_FRENCH, 5, {"1": "third1", "lm": "train"})
    whole, models = batches
    assert " ".join(whole["preprocess"]) == (
        "fairseq-preprocess -s en -t fr --trainpref text/train --thresholdsrc 5 --thresholdtgt 5 "
        "--validpref text/valid --testpref text/test --destdir bin/all"
    )
    assert " ".join(models["preprocess1"]) == (
        "fairseq-preprocess -s en -t fr --trainpref text/third1 --validpref text/valid --testpref text/test "
        "--srcdict bin/all/dict.en.txt --tgtdict bin/all/dict.fr.txt --destdir bin/1"
    )
    assert " ".join(models["preprocess-lm"]) == (
        "fairseq-preprocess --only-source --srcdict bin/all/dict.en.txt --trainpref text/train.en "
        "--validpref text/valid.en --testpref text/test.en --destdir bin/lm"
    )


@pytest.mark.parametrize("finished", [False, True])
def test_dictionaries_of_a_killed_run__are_removed(tmp_path, batches, finished):
    dictionary = tmp_path / "bin/all/dict.en.txt"
    dictionary.parent.mkdir(parents=True)
    dictionary.touch()
    if finished:
        (tmp_path / "logs").mkdir()
        (tmp_path / "logs/preprocess.done").touch()
    binarisation.preprocess(tmp_path, ENGLISH_FRENCH, 2, {})
    assert dictionary.exists() is finished
