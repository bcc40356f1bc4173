"""A document that is filled with the tables and figures of runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import document
from fairseq_neurons.pipelines.paper.paper_figures import signature_in
from tests.pipelines.paper.finished_experiments import content_of, summary_of

DOCS = Path(__file__).parents[3] / "docs"


def test_fill__replaces_the_tables_and_leaves_the_rest():
    text = "before\n<!-- table: models -->\nold\n<!-- end -->\nafter\n"
    filled = document.fill(text, [summary_of()], "runs")
    assert filled.startswith("before\n<!-- table: models -->\n\n| run") and filled.endswith("\n<!-- end -->\nafter\n")
    assert "old" not in filled
    assert document.fill(filled, [summary_of()], "runs") == filled
    with pytest.raises(InputError, match="no table 'none'; the tables are claims, models"):
        document.fill("<!-- table: none -->\n<!-- end -->", [], "runs")


def test_every_table__can_be_made():
    for name in document.TABLES:
        assert re.search(
            r"^\|", document.fill(f"<!-- table: {name} -->\n<!-- end -->", [summary_of()], "runs"), re.MULTILINE
        )


def test_the_document_of_the_reproduction__has_the_tables_of_its_summaries():
    summaries, repeated = map(document.read_summaries, (DOCS / "reproduction", DOCS / "reproduction" / "repeated"))
    text = (DOCS / "reproduction.md").read_text("utf-8")
    assert summaries and document.fill(text, summaries, "reproduction", repeated) == text


def test_the_figures_of_the_reproduction__are_those_of_its_summaries():
    folder = DOCS / "reproduction"
    told = {
        f"{path.stem}.{name}": signature
        for path in folder.glob("*.json")
        for name, signature in json.loads(path.read_text("utf-8"))["figures"].items()
    }
    assert told == {path.stem: signature_in(path.read_text("utf-8")) for path in folder.glob("*.svg")}
    assert all(told.values())


def test_a_figure__is_linked_for_every_run_that_has_it():
    filled = document.fill("<!-- figure: 3 -->\n<!-- end -->", [summary_of(), summary_of("large")], "runs")
    assert re.findall(r"\((.*)\)", filled) == [
        "runs/tiny.made.figure-3.begin.svg",
        "runs/large.made.figure-3.begin.svg",
    ]
    assert "](" not in document.fill("<!-- figure: 5 -->\n<!-- end -->", [summary_of()], "runs")


def test_main__collects_runs_beside_the_document(tmp_path):
    run = tmp_path / "out" / "tiny" / "made"
    (run / "figures").mkdir(parents=True)
    (run / "summary.json").write_text(json.dumps(content_of()), encoding="utf-8")
    for name in summary_of().figures:
        (run / "figures" / f"{name}.svg").write_text(name, encoding="utf-8")
    paper = tmp_path / "paper.md"
    paper.write_text("<!-- table: models -->\n<!-- end -->\n<!-- figure: 4 -->\n<!-- end -->\n", encoding="utf-8")
    document.main(str(paper), str(run))
    filled = paper.read_text(encoding="utf-8")
    assert "tiny.made" in filled and "(paper/tiny.made.figure-4.svg)" in filled
    assert (tmp_path / "paper" / "tiny.made.figure-3.begin.svg").read_text() == "figure-3.begin"
    document.main(str(paper))
    assert paper.read_text(encoding="utf-8") == filled
    with pytest.raises(InputError, match="summary"):
        document.main(str(paper), str(tmp_path))
