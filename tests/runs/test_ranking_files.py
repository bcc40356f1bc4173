"""Rankings are found among other JSON files, also those that were damaged."""

from __future__ import annotations

import json

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.runs.ranking_files import is_a_ranking
from fairseq_neurons.runs.run_scan import models_in
from fairseq_neurons.runs.verification import verify
from tests.ablation.small_ablations import ranking


@pytest.fixture
def file(tmp_path):
    ranking(1, checkpoint="f" * 64).save(tmp_path / "ranking.json")
    return tmp_path / "ranking.json"


@pytest.mark.parametrize("name", ["format", "method", "signature"])
def test_ranking_without_one_of_its_names__is_a_damaged_ranking(file, name):
    file.write_text(file.read_text().replace(f'"{name}"', f'"{name.upper()}"'))
    assert is_a_ranking(file)
    with pytest.raises(InputError, match="ranking.json"):
        models_in(file.parent)


@pytest.mark.parametrize("name", ["format", "method"])
def test_ranking_that_is_no_json_any_more__is_a_damaged_ranking(file, name):
    file.write_text(file.read_text().replace(f'"{name}"', f'{name}"'))
    assert [found.damage for found in verify(file.parent)] != [""]
    with pytest.raises(InputError, match="ranking.json"):
        models_in(file.parent)


def test_ranking_without_its_beginning__is_known_by_its_end(file):
    file.write_text(file.read_text()[64:])
    with pytest.raises(InputError, match="ranking.json"):
        models_in(file.parent)


def test_ranking_that_was_cut_off_early__is_warned_of(file, caplog):
    file.write_text(file.read_text()[:10])
    assert models_in(file.parent) == []
    assert "if it was a ranking, it is lost" in caplog.text


@pytest.mark.parametrize("content", [{"format": 2}, {"name": "x" * 100, "checksum": "0"}, {"method": "x", "order": []}])
def test_other_json_files__are_no_rankings(tmp_path, content):
    (tmp_path / "other.json").write_text(json.dumps(content))
    assert not is_a_ranking(tmp_path / "other.json")
