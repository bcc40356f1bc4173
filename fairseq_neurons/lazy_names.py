"""Public names of a package that are imported on first use: ``--help`` need not wait for torch or numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package's ``__init__`` (PEP 562).

    The names are also imported under ``TYPE_CHECKING``, so that editors and mypy know their types.

    Args:
        package: ``__name__`` of the package.
        homes: for each public name the module of the package that defines it; empty if it is a module itself.
    """

    def __getattr__(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not homes[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return __getattr__
