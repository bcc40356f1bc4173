"""Hydra's errors as one sentence."""

from __future__ import annotations

import os

import pytest
from hydra.errors import ConfigCompositionException, MissingConfigException, OverrideParseException

from fairseq_neurons.commands.hydra_errors import FULL, errors_raised, refusal_of


def test_unknown_config_file__names_the_choices():
    error = MissingConfigException("Could not find 'size/huge'\n\nmore", "size/huge", ["paper", "small"])
    assert str(refusal_of(error)) == "size=huge: the choices are paper, small."


def test_value_that_cannot_be_read__is_named():
    error = OverrideParseException("++tasks.pos.shown=[$(]", "no viable alternative at input '[$('")
    assert str(refusal_of(error)).startswith("tasks.pos.shown=[$(]: this value cannot be read; put what is more than")


def test_other_errors__are_their_first_lines():
    error = ConfigCompositionException("Could not override 'hydra.x'.\nTo append use +hydra.x=1")
    error.__cause__ = ValueError("Key 'x' not in 'HydraConf'\n    full_key: hydra.x")
    assert str(refusal_of(error)) == "Could not override 'hydra.x': Key 'x' not in 'HydraConf'."


@pytest.mark.parametrize(("before", "in_full"), [(None, False), ("0", False), ("1", True)])
def test_wish_for_full_errors__is_known_and_kept(monkeypatch, before, in_full):
    if before is None:
        monkeypatch.delenv(FULL, raising=False)
    else:
        monkeypatch.setenv(FULL, before)
    with errors_raised() as asked:
        assert asked is in_full and os.environ[FULL] == "1"
    assert os.environ.get(FULL) == before
