"""Folders that an earlier version measured: they are read, resumed and completed to the byte, and get checksums.

Those in ``earlier_curves`` were written by version 0.1.0 before points and comparisons were records.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sacrebleu.metrics.base

from fairseq_neurons.ablation.comparisons import compare, with_significance
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.measurement import Measurement
from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.ablation.metrics.controlling import Controlling
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.ablation.metrics.perplexity import Perplexity
from fairseq_neurons.ablation.planned_points import plan
from fairseq_neurons.storage.sealed_json import unsealed
from tests.ablation.small_ablations import ranking, settings
from tests.ablation.test_interruptions import files

EARLIER = Path(__file__).parent / "earlier_curves"
REFERENCES = ["elle a mangé hier soir", "il a chanté la chanson", "on a mangé du pain", "elle a chanté"]
LEXICON = {"mangé": "past", "chanté": "past", "mange": "pres", "chante": "pres"}


def never() -> list[str]:
    raise AssertionError("everything has been measured")


def bleu() -> Bleu:
    return Bleu(never, REFERENCES, "beam:5|lenpen:1|max_len_a:0|max_len_b:200", samples=20)


def perplexity() -> Perplexity:
    return Perplexity(never, 20)


def control() -> Controlling:
    return Controlling(Bleu(never, REFERENCES, "beam:5"), LEXICON, np.array([1, 1, 1, 0]), "past", "pres")


@pytest.fixture(params=[bleu, perplexity, control], ids=lambda metric: metric.__name__)
def earlier(request, tmp_path, monkeypatch) -> tuple[Path, Callable[[], AnyMetric]]:
    """A copy of the folder, and the metric that measured it."""
    monkeypatch.setattr(sacrebleu.metrics.base, "__version__", "2.6.0")  # part of its signatures
    return shutil.copytree(EARLIER / request.param.__name__, tmp_path / "out"), request.param


def resume(out: Path, metric: AnyMetric, model) -> None:
    rankings = {"rankings/a.json": ranking(1), "rankings/b.json": ranking(2)}
    points = plan(settings(points=[0, "25%"], order=["top", "random"], seeds=1), rankings)
    identity = {"subset": "test", "metric": metric.info.name, "checkpoint_sha256": "0" * 64}
    with CurveFolder(out, identity, {"rankings/a.json": "a" * 64}) as place:
        place.begin()
        Measurement(model, metric, place, "subset:test").measure(points, 1)
        comparisons = compare(metric, place, 1)
        curve = with_significance(place.curve.records, comparisons, metric.test_signature, metric.beside)
        place.finish(curve, comparisons, None)


def kept(out: Path) -> dict[str, bytes]:
    """The files, settings and lines of results without the checksums that earlier versions lack."""
    found = {name: content for name, content in files(out).items() if name != ".lock"}
    settings = unsealed(json.loads(found["settings.json"]), "settings.json")
    found["settings.json"] = (json.dumps(settings, indent=1) + "\n").encode()
    for name in ("curve.jsonl", "comparisons.jsonl"):
        lines = [unsealed(json.loads(line), name) for line in found[name].splitlines()]
        found[name] = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return found


def test_a_finished_folder__stays_as_it_is(earlier, language_model):
    out, metric = earlier
    before = kept(out)
    resume(out, metric(), language_model)
    assert kept(out) == before


@pytest.mark.parametrize("name", ["curve.jsonl", "comparisons.jsonl"])
def test_an_unfinished_folder__is_completed(earlier, language_model, name):
    out, metric = earlier
    before = kept(out)
    content = (out / name).read_bytes()
    (out / name).write_bytes(content[: len(content) // 2])
    resume(out, metric(), language_model)
    assert kept(out) == before


def test_records__are_written_as_they_were_read(earlier):
    out, _ = earlier
    curve = Curve.read(out)
    assert len(curve.points) == 8 and len(curve.comparisons) == 11
    for name, records in (("curve", curve.points), ("comparisons", curve.comparisons)):
        with open(out / f"{name}.jsonl", encoding="utf-8") as file:
            lines = [list(json.loads(line).items()) for line in file]
        assert [list(record.to_json().items()) for record in records] == lines
