"""Folders that come with the software: at the top of a checkout, inside the package of an installation."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def user_dir() -> Path:
    """The folder for fairseq's ``--user-dir``."""
    return _shipped("user_dir", "__init__.py")


def configs() -> Path:
    """The folder of the YAML files that ``fairseq-neurons-paper`` chooses among."""
    return _shipped("configs", "experiment")


def _shipped(name: str, member: str) -> Path:
    """The first folder of this name that has the member: another folder may have the same name by accident."""
    return next(folder / name for folder in (PACKAGE, PACKAGE.parent) if (folder / name / member).exists())
