"""A run folder is sorted by model, and what is broken in it is told in a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Model, Run
from tests.ablation.small_ablations import ranking
from tests.activations.small_dumps import write_dump
from tests.probing.study.made_words import LABELS
from tests.runs.made_runs import edit

POINT = """{"ranking": "c", "order": "random", "seed": 1, "neurons": 0, "metric": "bleu", "score": 9, "signature": ""}
{"ranking": "cross", "order": "top", "seed": null, "neurons": 3, "metric": "bleu", "score": 8.5, "signature": ""}
"""
SENTENCES = [["a", "b"], ["c"]]


def small_dump(folder: Path, checkpoint: str = "", mask: str = "", width: int = 2) -> Path:
    dump = write_dump(folder, np.arange(3 * width).reshape(3, width), sentences=SENTENCES)
    edit(dump / "manifest.json", mask=mask, **({"checkpoint_sha256": checkpoint} if checkpoint else {}))
    return dump


def test_models_by_name__are_in_the_order_of_their_numbers(tmp_path):
    models = [Model("", Neurons(()), name) for name in ("lm1", "10", "lm", "2", "a/10", "a/9", "1")]
    names = [model.name for model in Run(tmp_path, models).models_by_name]
    assert names == ["1", "2", "10", "a/9", "a/10", "lm", "lm1"]


def test_run__is_sorted_by_model_the_best_known_first(made_run):
    run = Run.open(made_run)
    assert [model.name for model in run.models] == ["one", "three", "two"]
    one = run.models[0]
    assert list(one.dumps) == ["activations/one", "activations/train"]
    assert list(one.probes) == ["probes/pos"] and list(one.curves) == ["curves/one"]
    assert list(one.rankings) == ["probes/pos", "probes/pos/probeless", "rankings/cross"]
    assert list(one.label_rankings) == [("probes/pos", label) for label in LABELS]
    expected = Ranking.load(made_run / "probes" / "pos" / "ranking.N%2FA.json")
    np.testing.assert_array_equal(one.label_rankings["probes/pos", "N/A"].order, expected.order)
    assert [point.score for point in one.curves["curves/one"].points] == [9.0, 8.0]
    assert one.curves["curves/one"].comparisons == ()


def test_shown_dump__is_of_the_text_that_most_models_read(run_copy):
    (run_copy / "activations" / "train").rename(run_copy / "activations" / "earlier")
    run = Run.open(run_copy)
    one, three, two = run.models
    assert list(one.dumps) == ["activations/earlier", "activations/one"]
    assert run.dump_of(one).name == "activations/one"
    assert {name: dump.name for name, dump in run.others(three).items()} == {
        "one": "activations/one",
        "two": "activations/two",
    }
    assert run.others(one, one.dumps["activations/earlier"]) == {}


def test_rankings_without_a_dump__are_a_model_that_cannot_be_shown(tmp_path):
    ranking(1).save(tmp_path / "unknown.json")
    ranking(2, checkpoint="abcdef0123").save(tmp_path / "known.json")
    run = Run.open(tmp_path)
    assert [(model.name, list(model.rankings)) for model in run.models] == [
        ("abcdef01", ["known"]),
        ("unknown", ["unknown"]),
    ]
    with pytest.raises(InputError, match="has no dump of the model with checkpoint abcdef01"):
        run.dump_of(run.models[0])


def test_dump_as_a_run__is_called_like_its_folder(made_run):
    (model,) = Run.open(made_run / "activations" / "two").models
    assert model.name == "two" and Run.open(made_run / "activations" / "two").dump_of(model).name == "two"


def test_other_files_links_and_what_training_left__are_passed_over(run_copy):
    (run_copy / "notes.json").write_text('{"notes": []}')
    (run_copy / "gone.json").symlink_to(run_copy / "nowhere.json")
    (run_copy / "activations" / "round").symlink_to(run_copy)
    shutil.copytree(run_copy / "activations" / "two", run_copy / "models" / "two")
    shutil.copytree(run_copy / "activations" / "two", run_copy / "activations" / "four.partial")
    (run_copy / "list.json").write_text('["other"]')
    assert [list(model.dumps) for model in Run.open(run_copy).models][1:] == [
        ["activations/three"],
        ["activations/two"],
    ]


def test_curve_that_is_being_written__has_the_points_that_are_whole(run_copy):
    with open(run_copy / "curves" / "one" / "curve.jsonl", "a") as file:
        file.write('{"ranking": "cross", "more": {"a": 1}')
    assert len(Run.open(run_copy).models[0].curves["curves/one"].points) == 2


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("probes/pos/results.json", "{", "results.json is damaged: it is not JSON"),
        ("probes/pos/results.json", "[]", "results.json is damaged: it is not a JSON object"),
        ("probes/pos/results.json", "{}", "results.json is damaged: 'rankings' is missing or not an object"),
        ("probes/pos/ranking.json", None, "ranking.json cannot be read"),
        ("probes/pos/ranking.ADJ.json", None, "ranking.ADJ.json cannot be read"),
        ("probes/pos/rankings/probeless.json", "{}", "probeless.json is not a ranking"),
        ("rankings/cross.json", '{"format": 1, "method": "x"}', "cross.json is not a ranking"),
        ("curves/one/settings.json", None, "settings.json cannot be read"),
        ("curves/one/settings.json", "{}", "settings.json is damaged: 'settings' is missing or not an object"),
        ("curves/one/settings.json", '{"settings": {}}', "'checkpoint_sha256' is missing or not a string"),
        ("curves/one/settings.json", '{"settings": {"checkpoint_sha256": "f"}}', "'metric' is missing or not a string"),
        ("curves/one/curve.jsonl", "3\n", "curve.jsonl, line 1, is damaged: it is not a JSON object"),
        ("curves/one/curve.jsonl", "{\n{}\n", "curve.jsonl, line 1, is damaged: it is not JSON"),
        ("curves/one/curve.jsonl", POINT.replace('"top"', '"up"'), "curve.jsonl, line 2, is damaged: 'order' is 'up'"),
        ("curves/one/curve.jsonl", POINT.replace("8.5", '"8"'), "line 2, is damaged: 'score' is missing or not a num"),
        ("curves/one/curve.jsonl", POINT.replace('"neurons": 3, ', ""), "line 2, is damaged: 'neurons' is missing"),
        ("curves/one/curve.jsonl", POINT.replace("bleu", "ter"), "its points are of one metric, bleu by settings.json"),
        ("activations/two/manifest.json", "{}", "manifest.json is not a manifest"),
    ],
)
def test_broken_file__is_one_sentence(run_copy, file, content, sentence):
    if content is None:
        (run_copy / file).unlink()
    else:
        (run_copy / file).write_text(content)
    with pytest.raises(InputError, match=sentence) as raised:
        Run.open(run_copy)
    assert "\n" not in str(raised.value)


def test_what_may_not_be_read__is_one_sentence(run_copy, monkeypatch):
    def refused(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("fairseq_neurons.runs.run_scan.sha256_of_file", refused)
    with pytest.raises(InputError, match="words.txt cannot be read: Permission denied"):
        Run.open(run_copy)


def test_folders_that_are_no_run__are_refused(tmp_path):
    with pytest.raises(InputError, match="There is no folder .*nowhere"):
        Run.open(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no dump, ranking, probe or curve"):
        Run.open(tmp_path)


def test_ranking_that_is_cut_off__is_warned_of(run_copy, caplog):
    (run_copy / "rankings" / "cross.json").write_text('{"for')
    (run_copy / "rankings" / "note.json").write_text("{}")
    assert not any("rankings/cross" in model.rankings for model in Run.open(run_copy).models)
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert "cross.json is damaged: it is not JSON" in warning and warning.endswith("if it was a ranking, it is lost.")


def test_words_that_were_changed__are_reported_when_the_run_is_opened(run_copy):
    file = run_copy / "activations" / "two" / "words.txt"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    with pytest.raises(InputError, match=r"two/words\.txt is damaged: it was changed"):
        Run.open(run_copy)


def test_results_without_sources__are_read_as_before(run_copy):
    results = json.loads((run_copy / "probes" / "pos" / "results.json").read_text())
    del results["sources"], results["checksum"]
    (run_copy / "probes" / "pos" / "results.json").write_text(json.dumps(results))
    assert Run.open(run_copy).models[0].probes["probes/pos"].results.to_json() == {**results, "sources": None}


def test_text_of_a_dump__is_that_of_its_words(made_run):
    run = Run.open(made_run)
    texts = {dump.text for model in run.models for name, dump in model.dumps.items() if not name.endswith("train")}
    assert len(texts) == 1
    assert Activations(made_run / "activations" / "one").sentences == run.dump_of(run.models[1]).activations.sentences
