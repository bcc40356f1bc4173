"""Public names that are imported on first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fairseq_neurons import activations, labels, page, probing, rankings

SLOW = ("torch", "numpy", "sklearn", "matplotlib", "fairseq")


@pytest.mark.parametrize(
    "package", [activations, labels, page, probing, rankings], ids=lambda package: package.__name__
)
def test_public_names__are_all_there(package):
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nothing'"):
        getattr(package, "nothing")  # noqa: B009


def test_commands__are_imported_without_anything_slow():
    commands = [f"fairseq_neurons.commands.{name}" for name in ("probe", "extract", "correlate", "inspect", "report")]
    code = f"import sys, {', '.join(commands)}; print([name for name in {SLOW} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
