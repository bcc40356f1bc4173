"""The notebook in ``examples/``: its cells run, one after the other, on any run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "explore.ipynb"

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


@pytest.fixture
def cells() -> list[dict]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]


def test_cells__show_the_run_and_write_figures_and_the_page(cells, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUN", str(run))
    names: dict = {}
    shown = [last_value("".join(cell["source"]), names) for cell in cells]
    tables = " ".join(value for value in shown if isinstance(value, str))
    assert all(text in tables for text in ("encoder.0.fwd (12)", "encoder.0.fwd.3, first of rankings/max", "negation"))
    assert shown[-1] == Path("report") / "index.html" and shown[-1].is_file()
    assert len(list((tmp_path / "figures").glob("*.svg"))) == len(names["drawn"]) > 3
    assert all("<svg" in value._repr_svg_() for value in shown if hasattr(value, "_repr_svg_"))
    assert "<b>" not in tables and "&lt;script" in tables


def last_value(source: str, names: dict) -> object:
    """Run a cell; what it shows."""
    *statements, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(statements, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_outputs__are_stripped(cells):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
