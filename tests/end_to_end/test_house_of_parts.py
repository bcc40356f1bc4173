"""Neurons of other parts and of the decoder go through all commands: ranked, probed, ablated, inspected and shown."""

from __future__ import annotations

import pytest

import fairseq_neurons as fn
from fairseq_neurons.errors import InputError
from tests.end_to_end.test_parts_and_sides import checkpoint, opened
from tests.probing.study.made_words import SMALL


@pytest.fixture(scope="module")
def run(transformers, tmp_path_factory):
    """Dumps of two parts of the decoder at the words of the references, a ranking and a label of each word."""
    folder = tmp_path_factory.mktemp("parts")
    for part in ("ffn", "out"):
        options = {"data": str(transformers / "bin" / "1"), "states": [f"decoder.*.{part}"]}
        fn.extract(checkpoint(transformers), str(folder / "activations" / part), **options)
    dumps = [str(folder / "activations" / part) for part in ("ffn", "out")]
    fn.correlate(dumps).save(folder / "ranking.json")
    fn.correlate(dumps[:1], method="variance").save(folder / "variance.json")
    lines = (
        " ".join("late" if word > "b4" else "early" for word in line) for line in fn.Activations(dumps[0]).sentences
    )
    (folder / "target.place").write_text("\n".join(lines) + "\n")
    return folder


def test_ranking_and_curves__are_of_the_decoders_units(run, transformers, tmp_path):
    ranking = fn.Ranking.load(run / "ranking.json")
    assert ranking.neurons.summary == "decoder.0-1.ffn"
    agreed = fn.overlap([str(run / "ranking.json"), str(run / "variance.json")], top=5)
    assert "ranking" in str(agreed)
    model, data = opened(transformers), str(transformers / "bin" / "1")
    options = {
        "points": [0, 6],
        "order": ["top"],
        "samples": 20,
        "workers": 1,
        "means": str(run / "activations" / "ffn"),
    }
    for metric in ("perplexity", "bleu"):
        out = str(tmp_path / metric)
        curve = fn.ablate(checkpoint(transformers), data, [str(run / "ranking.json")], out, metric=metric, **options)
        means = fn.Activations(run / "activations" / "ffn").mean()
        with model.masked(ranking.top(6), means, states=ranking.neurons):
            if metric == "perplexity":
                assert curve.points[1].score == pytest.approx(model.perplexity("test"))
                assert curve.points[1].score != pytest.approx(curve.points[0].score)
            else:
                written = (tmp_path / "bleu" / curve.points[1].output).read_text().splitlines()
                assert written == model.translate("test", max_tokens=2000)
        assert "|site:output|" in curve.points[1].signature
        assert curve.settings["states"] == "decoder.0-1.ffn" and curve.settings["site"] == "output"
    with pytest.raises(InputError, match="has no mask site 'recurrent'"):
        fn.ablate(checkpoint(transformers), data, [str(run / "ranking.json")], str(tmp_path / "c"), site="recurrent")


def test_control__masks_words_of_the_source_alone(run, transformers, tmp_path):
    (tmp_path / "labels").write_text((transformers / "text" / "test.en").read_text())
    (tmp_path / "lexicon").write_text("b1\ta1\nb2\ta2\n")
    options = {"metric": "control", "labels": str(tmp_path / "labels"), "at": "a1", "to": "a2", "value": "zero"}
    options |= {"outcome": str(tmp_path / "lexicon"), "points": [0, 2], "order": ["top"], "workers": 1}
    data, out = str(transformers / "bin" / "1"), str(tmp_path / "curve")
    with pytest.raises(InputError, match="Words of the source are chosen, but decoder.0.ffn reads the target"):
        fn.ablate(checkpoint(transformers), data, [str(run / "ranking.json")], out, **options)
    assert not (tmp_path / "curve").exists()
    fn.extract(checkpoint(transformers), str(tmp_path / "heads"), data, states=["encoder.*.heads"])
    fn.correlate([str(tmp_path / "heads")], method="variance").save(tmp_path / "heads.json")
    curve = fn.ablate(checkpoint(transformers), data, [str(tmp_path / "heads.json")], out, **options)
    assert [point.neurons for point in curve.points] == [0, 2]


def test_probe_inspection_and_page__show_parts_at_words_of_the_target(run, transformers, tmp_path):
    part = {"activations": str(run / "activations" / "ffn"), "labels": str(run / "target.place")}
    results = fn.probe(part, part, str(run / "probe.place"), **SMALL)
    assert 0 <= results.accuracy <= 1
    shown = str(fn.inspect("decoder.1.ffn.3", run=str(run), activations="activations/ffn"))
    assert "decoder.1.ffn.3" in shown
    fn.report(str(run), str(tmp_path / "page"))
    assert (tmp_path / "page" / "index.html").is_file()
