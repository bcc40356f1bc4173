"""A run beside another of the same experiment."""

from __future__ import annotations

import json
import math
from statistics import fmean, stdev

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import document, repeated_run
from tests.pipelines.paper.finished_experiments import content_of, curve_of, read, summary_of


def by_name(first, second):
    return {(number.group, number.name): number for number in repeated_run.numbers(first, second)}


def test_the_same_run__is_within_the_spread_everywhere():
    found = by_name(summary_of(), summary_of())
    assert all(number.apart == 0 and number.within() for number in found.values())
    # The language model is alone of its kind, and one curve has no sister.
    assert {group for group, _ in found} == {"Models", "Table 1", "Tables 2 and 5", "Tables 4 and 6"}
    assert not any(name.startswith("NLM") for _, name in found)


def test_a_number__is_the_mean_over_the_models_of_each_run():
    second = content_of()
    second["models"]["1"]["perplexity"], second["models"]["2"]["perplexity"] = 7.0, 18.0
    number = by_name(summary_of(), read(second))["Models", "NMT validation perplexity"]
    assert (number.first, number.second) == ([6.0, 17.0], [7.0, 18.0])
    assert number.apart == pytest.approx(abs(fmean([7.0, 18.0]) - fmean([6.0, 17.0])))
    assert number.within() and not number.within(0.9 / stdev([6.0, 17.0]))


def test_probes__are_compared_in_points():
    second = content_of()
    for model in ("1", "2"):
        second["probes"][model]["pos"]["accuracy"] -= 0.03
        second["probes"][model]["pos"]["ablation"][0]["accuracy"] -= 0.01
    found = by_name(summary_of(), read(second))
    accuracy = found["Table 1", "NMT EN POS accuracy"]
    assert accuracy.apart == pytest.approx(3) and not accuracy.within() and accuracy.within(2.2)
    masked = found["Tables 2 and 5", "NMT EN POS top 0.1"]
    assert masked.apart == pytest.approx(1) and masked.within()
    assert found["Tables 4 and 6", "NMT EN POS top 0.1"].apart == 0


def test_curves__are_means_over_random_orders_and_finite():
    first, second = content_of(), content_of()
    for summary in (first, second):
        summary["curves"]["2"] = curve_of("bleu")
    for point in second["curves"]["2"]["points"]:
        if (point["order"], point["neurons"]) == ("top", 20):
            point["score"] = None
    found = by_name(read(first), read(second))
    assert found["Figure 4", "NMT BLEU random 10"].first == [fmean([39.0 - 1, 40.0 - 1])] * 2
    assert found["Models", "NMT test BLEU"].first == [40.0, 40.0]
    assert ("Figure 4", "NMT BLEU top 10") in found and ("Figure 4", "NMT BLEU top 20") not in found
    assert all(math.isfinite(number.apart) for number in found.values())


def test_table__counts_what_is_within():
    second = content_of()
    for model in ("1", "2"):
        second["probes"][model]["pos"]["accuracy"] -= 0.03
    lines = repeated_run.table(summary_of(), read(second)).splitlines()
    assert any("NMT EN POS accuracy" in line and "91.00 ± 1.41" in line and line.endswith("no |") for line in lines)
    counted = next(
        line for line in lines if line.startswith("| Table 1 ") and "numbers" not in line and "EN" not in line
    )
    assert [cell.strip() for cell in counted.split("|")[2:7]] == ["3", "2", "2", "0.00", "3.00"]
    assert any(line.startswith("| retrained") and line.count("confirmed") == 2 for line in lines)


def test_other_experiments_and_single_models__are_refused():
    with pytest.raises(InputError, match="tiny.made and small.made are not the same"):
        repeated_run.table(summary_of(), summary_of("small"))
    with pytest.raises(InputError, match=r"There is a repeated run of tiny\.made, but no first one"):
        document.fill("<!-- table: repeated -->\n<!-- end -->", [], "runs", [summary_of()])
    alone = content_of()
    del alone["models"]["2"]
    with pytest.raises(InputError, match="no spread"):
        repeated_run.table(read(alone), summary_of())


def test_main__prints_what_the_document_has(tmp_path, capsys):
    files = [tmp_path / "paper" / name for name in ("tiny.made.json", "repeated/tiny.made.json")]
    files[1].parent.mkdir(parents=True)
    for file in files:
        file.write_text(json.dumps(content_of()), encoding="utf-8")
    repeated_run.main(*map(str, files))
    printed = capsys.readouterr().out.strip()
    paper = tmp_path / "paper.md"
    paper.write_text("<!-- table: repeated -->\n<!-- end -->\n", encoding="utf-8")
    document.main(str(paper))
    assert printed.startswith("|") and f"tiny.made:\n\n{printed}\n" in paper.read_text(encoding="utf-8")
