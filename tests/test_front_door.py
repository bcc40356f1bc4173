"""``import fairseq_neurons`` gives every verb and value, documented, and loads nothing until it is used."""

from __future__ import annotations

import ast
import inspect
import logging
import pickle
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import fairseq_neurons as fn

VERBS = ("load_model", "extract", "correlate", "overlap", "probe", "ablate", "inspect", "report")
VALUES = ("Activations", "Mask", "Neurons", "Ranking", "ElasticNetProbe")
HEAVY = ("torch", "numpy", "scipy", "sklearn", "fairseq", "matplotlib", "hydra", "logging", "inspect")


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import__loads_nothing():
    assert python(f"import sys, fairseq_neurons; print([name for name in {HEAVY} if name in sys.modules])") == "[]\n"


def test_use__leaves_logging_as_it_was(monkeypatch, capfd):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    before = root.level, root.manager.disable

    def noisy(name: str) -> object:
        logging.basicConfig(level=logging.DEBUG)
        logging.getLogger("fairseq").info("imported")
        raise ImportError(name)

    monkeypatch.setattr(fn, "_find", noisy)
    monkeypatch.delitem(vars(fn), "probe", raising=False)
    with pytest.raises(ImportError, match="probe"):
        fn.probe  # noqa: B018
    assert (root.handlers, root.level, root.manager.disable) == ([], *before)
    assert capfd.readouterr().err == ""


def test_public_names__are_the_verbs_the_values_and_what_they_need():
    public = [name for name in dir(fn) if not name.startswith("_")]
    assert public == sorted(fn.__all__) and set(public) >= {*VERBS, *VALUES, "InputError", "LoadedModel"}
    assert {"__version__", "__doc__", "__all__"} <= set(dir(fn))


@pytest.mark.parametrize("name", fn.__all__)
def test_public_name__has_a_first_line_of_plain_english(name):
    first = inspect.getdoc(getattr(fn, name)).splitlines()[0]
    assert first[0].isupper() or first.startswith("``"), first
    assert first.endswith(".") and len(first.split()) > 3 and "::" not in first


@pytest.mark.parametrize("name", sorted({*VERBS} - {"load_model"}))
def test_verb__takes_the_arguments_of_its_command(name):
    command = __import__(f"fairseq_neurons.commands.{name}", fromlist=["main"])
    (config,) = (value for key, value in vars(command).items() if key.lower() == f"{name}config")
    options = {field for field in config.__dataclass_fields__ if field not in ("defaults", "hydra")}
    arguments = set(inspect.signature(getattr(fn, name)).parameters)
    # In Python, the caller saves and combines rankings.
    assert options - arguments <= {"correlate": {"out", "combine"}}.get(name, set())
    assert arguments <= options


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb__describes_every_argument(verb):
    function = getattr(fn, verb)
    for argument in inspect.signature(function).parameters:
        assert f"\n    {argument}: " in inspect.getdoc(function), argument


def test_type_checkers__see_the_same_names():
    tree = ast.parse(Path(fn.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name))
    named = {
        alias.asname: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(named) == sorted(fn.__all__)
    for name, (module, attribute) in named.items():
        assert attribute == name
        found = getattr(fn, name)
        assert found.__name__ in (name, f"{module}.{name}")
        if not isinstance(found, types.ModuleType):
            assert found.__module__ == module


def test_unknown_name__is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'fairseq_neurons' has no attribute 'prob'"):
        fn.prob  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'prob'"):
        from fairseq_neurons import prob  # noqa: F401


def test_star_import__gives_every_public_name():
    names: dict = {}
    exec("from fairseq_neurons import *", names)
    assert {name for name in names if not name.startswith("_")} == set(fn.__all__)


def test_values_and_verbs__are_pickled():
    neurons = fn.Neurons.of([fn.Block("encoder", 0, "fwd", 4)])
    ranking = fn.Ranking.from_scores("made", neurons, np.arange(4.0), "s")
    mask = fn.Mask.of(neurons, ranking.top(2))
    for value in (neurons, ranking, mask):
        assert repr(pickle.loads(pickle.dumps(value))) == repr(value)
    for verb in VERBS:
        assert pickle.loads(pickle.dumps(getattr(fn, verb))) is getattr(fn, verb)
