"""The rules of the house: where a file goes, what it may import, how long it is, and where its tests are."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fairseq_neurons"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 250

# From the bottom up: a room imports those to its left, never those to its right. Files of the package itself count as
# rooms of the same name; what is not here (the front door) may import everything and is imported by commands alone.
ROOMS = [
    *("errors", "terminal_text", "storage", "neurons", "options", "same_model", "activations", "labels"),
    *("statistics", "rankings", "masks", "probing", "plugin", "ablation", "runs", "figures", "inspection", "page"),
    *("toy_corpus", "pipelines", "commands"),
]

# Files that may be longer until they are split.
LONGER = {}

# Tests of no single module, by path from tests/: of a behaviour across modules, of scripts in a browser, of files
# outside the package. A test of a whole folder is named after the folder.
CROSS_CUTTING = {
    "attack",
    "end_to_end",
    "ablation/metrics/test_toy_metric.py",
    "ablation/test_earlier_curves.py",
    "ablation/test_interruptions.py",
    "page/test_access.py",
    "page/test_neuron_view.py",
    "page/test_notebook.py",
    "plugin/architectures/test_support_matrix.py",
    "plugin/architectures/test_toy_architecture.py",
    "plugin/test_stock_checkpoints.py",
    "probing/study/test_interrupted_studies.py",
    "probing/test_scikit_learn.py",
    "runs/test_damaged_runs.py",
    "test_documentation.py",
    "test_front_door.py",
    "test_layout.py",
}


def room_of(module: str) -> str:
    """The second part of a dotted name: ``fairseq_neurons.page.quantise`` lies in ``page``."""
    return module.split(".")[1] if "." in module else ""


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = frozenset(map(module_of, FILES))


@cache
def imports_of(file: Path) -> frozenset[tuple[str, bool]]:
    """The modules that a file imports, and whether it does so as it is imported itself, not within a function."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    late = {inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    late |= {inner for node in ast.walk(tree) if _is_for_types(node) for inner in ast.walk(node)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node not in late) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {(name if name in MODULES else node.module, node not in late) for name in names}
    return frozenset(found)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def test_no_two_files__share_a_name():
    names = Counter(file.name for file in FILES if file.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_files__are_short():
    lengths = {str(file.relative_to(PACKAGE)): len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST and name not in LONGER} == {}


def test_fairseq__is_imported_by_the_plugin_alone():
    others = [file for file in FILES if PACKAGE / "plugin" not in file.parents]
    top = {module_of(file): {name.split(".")[0] for name, _ in imports_of(file)} for file in others}
    assert [name for name, imported in top.items() if imported & {"fairseq", "fairseq_cli"}] == []


def test_modules__import_each_other_in_no_circle():
    graph = {module_of(file): {name for name, early in imports_of(file) if early} for file in FILES}
    try:
        TopologicalSorter({name: imported & set(graph) for name, imported in graph.items()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_rooms__import_only_those_below_them():
    upward = [
        f"{module_of(file)} imports {name}"
        for file in FILES
        for name, _ in sorted(imports_of(file))
        if room_of(module_of(file)) in ROOMS and room_of(name) in ROOMS and name.startswith("fairseq_neurons.")
        if ROOMS.index(room_of(name)) > ROOMS.index(room_of(module_of(file)))
    ]
    assert upward == []


def test_tests__are_named_after_the_module_or_folder_they_test():
    stray = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        place = file.relative_to(ROOT / "tests")
        tested = PACKAGE / place.with_name(place.name.removeprefix("test_"))
        # Also of a folder beside the package, such as the examples.
        folders = [tested.with_suffix(""), ROOT / tested.relative_to(PACKAGE).with_suffix("")]
        known = tested.is_file() or any(folder.is_dir() for folder in folders)
        if not known and not {str(place), place.parts[0]} & CROSS_CUTTING:
            stray.append(str(place))
    assert stray == []
