"""The settings of the demo's ablations, and files that they would have written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from omegaconf import OmegaConf

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.commands.ablate import AblateConfig
from fairseq_neurons.storage.results_log import Entry


def settings_of(command: list[str]) -> AblationSettings:
    """The options as Hydra reads them."""
    assert command[0] == "fairseq-neurons-ablate"
    given = OmegaConf.merge(OmegaConf.structured(AblateConfig), OmegaConf.from_dotlist(command[1:]))
    options = {
        name: value for name, value in OmegaConf.to_container(given).items() if name not in ("defaults", "hydra")
    }
    settings = AblationSettings(**options)
    settings.check()
    return settings


def write_curve(folder: Path, curve: Iterable[Entry], comparisons: Iterable[Entry] = ()) -> None:
    folder.mkdir(parents=True)
    for name, entries in (("curve", curve), ("comparisons", comparisons)):
        text = "".join(json.dumps(entry) + "\n" for entry in entries)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
