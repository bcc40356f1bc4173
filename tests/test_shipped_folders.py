"""The folders beside the package, in a checkout and in an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairseq_neurons import shipped_folders

ROOT = Path(__file__).parents[1]


def test_a_checkout__has_them_at_its_top():
    assert shipped_folders.user_dir() == ROOT / "user_dir"
    assert shipped_folders.configs() == ROOT / "configs"


@pytest.mark.parametrize("inside", [True, False])
def test_an_installation__has_them_inside_the_package(tmp_path, monkeypatch, inside):
    package = tmp_path / "site-packages" / "fairseq_neurons"
    home = package if inside else package.parent
    (home / "user_dir").mkdir(parents=True)
    (home / "user_dir" / "__init__.py").touch()
    (home / "configs" / "experiment").mkdir(parents=True)
    if not inside:
        # A folder of another kind with the same name.
        (package / "configs").mkdir(parents=True)
    monkeypatch.setattr(shipped_folders, "PACKAGE", package)
    assert shipped_folders.user_dir() == home / "user_dir"
    assert shipped_folders.configs() == home / "configs"
