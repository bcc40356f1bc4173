"""Models whose curves are measured in moments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.run_ablation import ablate
from fairseq_neurons.plugin import load_model, neurons_of
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import sha256_of_file
from tests.end_to_end.conftest import World

QUICK = {"beam": 2, "max_len_b": 12, "samples": 50, "seeds": 2}


def a_ranking(folder: Path, checkpoint: Path, data: Path, seed: int) -> Path:
    """Saved under the model's name and the seed."""
    neurons = neurons_of(load_model(str(checkpoint), str(data)).model)
    scores = np.random.default_rng(seed).random(len(neurons))
    path = folder / f"{checkpoint.parent.name}-{seed}.json"
    Ranking.from_scores("made", neurons, scores, "s", sha256_of_file(checkpoint)).save(path)
    return path


def lively(checkpoint: Path, folder: Path) -> Path:
    """The model with large random weights: one trained for moments says the same whatever is clamped."""
    state = torch.load(checkpoint, weights_only=True)
    generator = torch.Generator().manual_seed(2)
    for name, weight in state["model"].items():
        state["model"][name] = torch.randn(weight.shape, generator=generator)
    (folder / "lively").mkdir()
    torch.save(state, folder / "lively" / "checkpoint.pt")
    return folder / "lively" / "checkpoint.pt"


def joint_curve(world: World, tmp_path: Path) -> AblationSettings:
    checkpoint = lively(world.model("joint"), tmp_path)
    rankings = [str(a_ranking(tmp_path, checkpoint, world.data, seed)) for seed in (1, 2)]
    return AblationSettings(
        str(checkpoint), str(world.data), rankings, str(tmp_path / "out"), **QUICK, points=[0, 4, "50%"], workers=1
    )


def lm_curve(world: World, tmp_path: Path) -> AblationSettings:
    checkpoint = world.model("lm")
    rankings = [str(a_ranking(tmp_path, checkpoint, world.lm_data, 1))]
    options = {"metric": "perplexity", "points": [0, 3, "50%"], "samples": 50, "seeds": 2, "workers": 1}
    return AblationSettings(str(checkpoint), str(world.lm_data), rankings, str(tmp_path / "out"), **options)


def measure(settings: AblationSettings) -> Curve:
    """The curve of some settings."""
    return ablate(**vars(settings))


def command(settings: AblationSettings, *options: str) -> list[str]:
    """The console command of some settings."""
    defaults = AblationSettings("", "", [], "")
    given = {name: value for name, value in vars(settings).items() if value != getattr(defaults, name)}
    typed = (f"{name}={value}".replace(" ", "") for name, value in given.items())
    return ["fairseq-neurons-ablate", *options, *typed]
