"""The tables of one run, in a document of their own."""

from __future__ import annotations

import re

from fairseq_neurons.pipelines.paper import document
from fairseq_neurons.pipelines.paper.run_tables import run_tables, write_tables
from fairseq_neurons.pipelines.paper.table_catalogue import TABLES
from tests.pipelines.paper.finished_experiments import content_of, read, summary_of


def sections_of(text: str) -> dict[str, str]:
    """What follows each heading."""
    _, *parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_run_tables__are_those_of_a_document_with_title_and_caption():
    summary = summary_of()
    found = sections_of(run_tables(summary))
    assert list(found) == [table.title for table in TABLES.values()]
    for name, table in TABLES.items():
        asked = f"<!-- table: {name} -->\n"
        filled = document.fill(f"{asked}<!-- end -->", [summary], "runs")
        content = filled.removeprefix(asked).removesuffix("<!-- end -->").strip()
        assert found[table.title].strip() == f"{table.caption}\n\n{content}"
        assert len(table.caption) > 20 and re.search(r"^\|.*tiny|^tiny\.made", content, re.MULTILINE)


def test_run_tables__have_the_published_numbers_the_claims_and_the_signatures():
    text = run_tables(summary_of())
    assert text.startswith("# tiny.made\n") and text.endswith("|\n")
    assert re.search(r"^\| NMT EN POS +\| published +\| +93.5 \| +69.8 / 15.8 \|", text, re.MULTILINE)
    assert re.search(r"^\| retrained, the top keeps more .*\| +confirmed \|$", text, re.MULTILINE)
    assert "solver:none" in sections_of(text)["Signatures"]


def test_what_has_not_been_measured__has_no_section():
    summary = content_of()
    summary["probes"]["1"]["pos"]["grid"] = []
    assert "Figure 2: regularisation" not in sections_of(run_tables(read(summary)))


def test_write_tables__writes_the_file_whole(tmp_path):
    write_tables(tmp_path, summary_of())
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == run_tables(summary_of())
    assert [path.name for path in tmp_path.iterdir()] == ["tables.md"]
