"""fairseq's use of Hydra leaves no trace in a process of ours."""

from __future__ import annotations

import argparse

import pytest
from fairseq.dataclass.utils import convert_namespace_to_omegaconf
from hydra import compose, initialize
from hydra.core.global_hydra import GlobalHydra
from hydra.version import VersionBase

from fairseq_neurons.plugin.fairseq_hydra import hydra_of_fairseq


@pytest.fixture
def version_kept():
    base = VersionBase.instance().getbase()
    yield
    VersionBase.instance().version_base = base


def test_inside_an_application_of_hydra_1_3__fairseq_composes_its_config_and_ours_stays(version_kept, tmp_path):
    with initialize(version_base="1.3", config_path=None):
        hydra = GlobalHydra.instance().hydra
        with pytest.raises(ImportError), hydra_of_nobody():
            convert_namespace_to_omegaconf(argparse.Namespace(task="translation"))
        with hydra_of_fairseq():
            cfg = convert_namespace_to_omegaconf(argparse.Namespace(task="translation"))
        assert cfg.task._name == "translation"
        assert GlobalHydra.instance().hydra is hydra
        assert str(VersionBase.instance().getbase()) == "1.3"
        assert compose(overrides=[]) == {}


def hydra_of_nobody():
    """What was there before: fairseq clears Hydra's configuration and fails."""
    from contextlib import contextmanager

    @contextmanager
    def kept():
        hydra = GlobalHydra.instance().hydra
        try:
            yield
        finally:
            GlobalHydra.instance().hydra = hydra

    return kept()
