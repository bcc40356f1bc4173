"""Compose fairseq's configuration in a twentieth of the time that Hydra takes, which is most of a short command's.

fairseq hands Hydra its whole configuration as some 330 overrides. Nearly all are the same in every command, and only a
few of them choose a part of the configuration (``task=translation_neurons``). So Hydra composes each choice of parts
once, and parses each override once. `tests/end_to_end/test_quick_composition.py` compares the results with Hydra's own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

_composed: dict[tuple[str, frozenset[str], tuple[str, ...]], DictConfig] = {}


@contextmanager
def quick_composition() -> Iterator[None]:
    """fairseq's commands compose their configuration from parts composed before."""
    from fairseq.dataclass import utils

    compose = utils.compose

    def from_parts(name: str, overrides: list[str], strict: bool) -> DictConfig:
        parts = [override for override in overrides if "." not in override.partition("=")[0]]
        key = (name, _registered(), tuple(parts))
        if key not in _composed:
            _composed[key] = compose(name, overrides=parts, strict=strict)
        cfg = copy.deepcopy(_composed[key])
        values = [_parsed(override) for override in overrides if override not in parts]
        ConfigLoaderImpl._apply_overrides_to_config(values, cfg)
        return cfg

    with patch.object(utils, "compose", from_parts):
        yield


def _registered() -> frozenset[str]:
    """The names of all parts; tests register further architectures."""
    parts = ConfigStore.instance().repo.items()
    return frozenset(f"{group}/{name}" for group, names in parts if isinstance(names, dict) for name in names)


@cache
def _parsed(override: str) -> Override:
    (parsed,) = OverridesParser.create().parse_overrides([override])
    return parsed
