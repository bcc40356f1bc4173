"""A run folder made up for tests: three models, a probe of the first, a ranking and a curve."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.activations import Activations
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.rankings.cross_model import correlate
from tests.ablation import curve_files
from tests.activations.small_dumps import write_dump
from tests.probing.study.made_words import write_parts

MODELS = ("one", "two", "three")
# A probe that is trained in no time.
QUICK: dict[str, Any] = {
    **{"l1": 1e-1, "l2": 1e-1, "tolerance": 0.5, "refit_tolerance": 0.9, "max_iter": 1, "control": False},
    **{"fractions": [0.5], "random": 0, "resamples": 2, "top": 3, "rankings": ["probeless"], "counts": [2]},
}


def write_run(folder: Path) -> Path:
    """``activations/{one,two,three,train}``, ``probes/pos``, ``rankings/cross.json`` and ``curves/one``."""
    train, test = write_parts(folder / "parts")
    dumps = folder / "run" / "activations"
    (folder / "run" / "text").mkdir(parents=True)
    for name, part in (("train", train), ("one", test)):
        shutil.copytree(part["activations"], dumps / name)
        shutil.copy(part["labels"], folder / "run" / "text" / f"{name}.pos")
    shown = Activations(dumps / "one")
    for seed, name in enumerate(MODELS[1:]):
        noise = np.random.default_rng(seed).normal(size=shown.values.shape)
        write_dump(dumps / name, (shown.values[:, ::-1] + noise).astype(np.float32), sentences=shown.sentences)
    run = folder / "run"
    labels = {name: str(run / "text" / f"{name}.pos") for name in ("train", "one")}
    sources = [{"activations": str(dumps / name), "labels": labels[name]} for name in labels]
    probe(sources[0], sources[1], run / "probes" / "pos", **QUICK)
    (run / "rankings").mkdir()
    correlate([dumps / name for name in MODELS]).save(run / "rankings" / "cross.json")
    write_curve(run / "curves" / "one", shown.manifest.checkpoint_sha256)
    return run


def write_curve(folder: Path, checkpoint: str) -> None:
    points = [Point("cross", "top", None, n, str(n), "bleu", 9.0 - n, signature=str(n)) for n in (0, 1)]
    curve_files.write_curve(folder, points, checkpoint=checkpoint)


def edit(file: Path, **fields: object) -> None:
    """Replace fields of a JSON file, which then has no checksum, as one of an earlier version."""
    content = {name: value for name, value in json.loads(file.read_text()).items() if name != "checksum"}
    file.write_text(json.dumps({**content, **fields}))
