"""Tables of ablation curves, from a summary that is known."""

from __future__ import annotations

from fairseq_neurons.pipelines.paper import paper_curves as curves
from tests.pipelines.paper.finished_experiments import content_of, read, summary_of
from tests.pipelines.paper.markdown_rows import rows


def test_orders__marks_what_does_not_differ():
    bleu, perplexity = curves.orders([summary_of()]).split("tiny.made, perplexity:")
    assert rows(bleu)[2:4] == [["5", "38.5° / 39.5° / 39.5 ± 0.7°"], ["10", "37.0 / 39.0 / 38.5 ± 0.7"]]
    assert rows(perplexity)[2][1] == "51.5° / 50.5° / 51.5 ± 0.7°"


def test_single_model__is_of_models_in_which_all_rankings_were_masked():
    assert [row[1:] for row in rows(curves.single_model([summary_of()]))[2:6]] == [
        ["38.5°", *["39.0°"] * 4],
        ["37.0", *["38.0"] * 4],
        ["34.0", *["36.0"] * 4],
        ["28.0", *["32.0"] * 4],
    ]
    without = content_of()
    without["curves"]["1"]["points"] = [p for p in without["curves"]["1"]["points"] if p["ranking"] == "cross-model"]
    assert "model 1" not in curves.single_model([read(without)])


def test_mean_squares__stand_beside_the_scores_without_these_neurons():
    made = content_of()
    bleu, perplexity = rows(curves.mean_squares([read(made)]))[1:]
    assert bleu == ["tiny.made", "1", "0.150", "0.300: 37.0", "0.100: 39.0", *["0.200: 38.0"] * 4, "1.00"]
    assert perplexity[-1] == "1.00"
    made["curves"]["1"]["points"] = [p for p in made["curves"]["1"]["points"] if p["ranking"] == "cross-model"]
    assert rows(curves.mean_squares([read(made)]))[1][3:] == ["0.300: 37.0", "0.100: 39.0", *[""] * 4, ""]
    for end in made["squares"]["lm1"]["ends"]:
        end["square"] = -end["square"]
    assert rows(curves.mean_squares([read(made)]))[2][-1] == "-1.00"
