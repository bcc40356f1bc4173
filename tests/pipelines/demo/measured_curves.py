"""The settings of the demo's ablations, as the command reads them."""

from __future__ import annotations

from omegaconf import OmegaConf

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.commands.ablate import AblateConfig


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
