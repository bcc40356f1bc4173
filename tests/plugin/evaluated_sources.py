"""Where fairseq's sources evaluate text as Python, and which of these places a model of ours reaches."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

BUILT_IN = {"eval", "exec", "compile", "__import__"}
EVALUATORS = {*BUILT_IN, "import_module", "import_user_module", "run_path", "run_module"}
EVALUATORS |= {"eval_bool", "eval_str_list", "eval_str_dict"}


class Site(NamedTuple):
    """A call in fairseq's sources: file, function, and the last name of its first argument (``cfg.a.b`` -> ``b``)."""

    file: str
    function: str
    argument: str


def reached_from(*modules: str) -> set[str]:
    """The modules of fairseq that some import, directly or through others, at any place in their text."""
    reached: set[str] = set()
    to_come = [module for name in modules for module in _with_parents(name)]
    while to_come:
        module = to_come.pop()
        if module not in reached and (file := file_of(module)) is not None:
            reached.add(module)
            to_come += [parent for name in _imported(module, file) for parent in _with_parents(name)]
    return reached


@cache
def sites_in(module: str) -> list[Site]:
    """The calls in a module's text that evaluate something."""
    file = file_of(module)
    assert file is not None
    found: list[Site] = []
    if not re.search(rf"\b({'|'.join(EVALUATORS)})\b", file.read_text(encoding="utf-8")):
        return found
    for node in ast.walk(_tree(file)):
        if not isinstance(node, ast.Call) or not node.args:  # model.eval() has no argument
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        # re.compile compiles no Python, and editdistance.eval compares words.
        if function in EVALUATORS and not (function in BUILT_IN and isinstance(node.func, ast.Attribute)):
            found.append(Site(module, function, _last_name(node.args[0])))
    return found


@cache
def file_of(module: str) -> Path | None:
    """The source of a module of fairseq; None of other packages, and of names that are no module."""
    if module.split(".")[0] != "fairseq":
        return None
    base = Path(find_spec("fairseq").origin).parent.joinpath(*module.split(".")[1:])  # type: ignore[union-attr, arg-type]
    return next((file for file in (base / "__init__.py", base.with_suffix(".py")) if file.is_file()), None)


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _with_parents(module: str) -> list[str]:
    """Importing a module imports the packages that it lies in."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


@cache
def _imported(module: str, file: Path) -> list[str]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = []
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return found


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    return ast.unparse(node)
