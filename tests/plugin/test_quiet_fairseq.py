"""What is left out of the log of fairseq's commands, and what is not."""

from __future__ import annotations

import logging
import sys
import warnings

import pytest
from omegaconf import OmegaConf

from fairseq_neurons.plugin.quiet_fairseq import quiet_warnings

ABOUT_HYDRA = [
    "hydra.experimental.compose() is no longer experimental. Use hydra.compose()",
    "\nThe version_base parameter is not specified.\nHydra will assume defaults for version 1.1.",
    "\n'config' is validated against ConfigStore schema with the same name.",
    "\nThe strict flag in the compose API is deprecated.",
]


@pytest.fixture
def command_log(monkeypatch, caplog):
    """The log of a command, after the user-dir was imported; nothing stays changed."""
    monkeypatch.delenv("LOGLEVEL", raising=False)
    monkeypatch.setattr(sys, "warnoptions", [])
    log = logging.getLogger("fairseq_cli.eval_lm")
    monkeypatch.setattr(log, "filters", [])
    monkeypatch.setattr(logging.getLogger("hydra"), "level", logging.NOTSET)
    # A command of ours that ran in this process before has set these.
    monkeypatch.setattr(log, "disabled", False)
    caplog.set_level(logging.INFO, logger="fairseq_cli.eval_lm")
    caplog.set_level(logging.INFO)
    return log


def test_the_config__is_left_out_and_results_are_not(command_log, caplog):
    quiet_warnings()
    command_log.info(OmegaConf.create({"task": {"data": "bin"}}))
    command_log.info({"task": None})
    command_log.info("Loss (base 2): 4.5589, Perplexity: 23.57")
    assert [record.getMessage() for record in caplog.records] == ["Loss (base 2): 4.5589, Perplexity: 23.57"]


def test_loglevel__brings_everything_back(command_log, caplog, monkeypatch):
    monkeypatch.setenv("LOGLEVEL", "INFO")
    quiet_warnings()
    command_log.info({"task": None})
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("options", "shown"), [([], 1), (["default"], 5)])
def test_warnings_about_hydra__are_left_out_unless_asked_for(command_log, monkeypatch, options, shown):
    monkeypatch.setattr(sys, "warnoptions", options)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quiet_warnings()
        for message in [*ABOUT_HYDRA, "the data are odd"]:
            warnings.warn(message, stacklevel=1)
    assert len(caught) == shown
    assert str(caught[-1].message) == "the data are odd"
