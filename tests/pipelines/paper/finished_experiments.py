"""An experiment and its summary, made up for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.model_size import Size
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.paper.run_summary import RunSummary
from fairseq_neurons.storage.json_fields import Fields
from fairseq_neurons.storage.json_records import read_record

RANKINGS = [CROSS_MODEL, *SINGLE, "pos", POSITION]


def write_corpus(folder: Path, lines: int = 7) -> Path:
    """Three splits, and labels for the first five training and all test sentences."""
    folder.mkdir(parents=True)
    for split in ("train", "valid", "test"):
        for side in ("en", "fr"):
            text = "".join(f"{split} {side} {i}\n" for i in range(lines))
            (folder / f"{split}.{side}").write_text(text, encoding="utf-8")
    (folder / "train.pos").write_text("N P V\n" * 5, encoding="utf-8")
    (folder / "test.pos").write_text("N P V\n" * lines, encoding="utf-8")
    return folder


def experiment_of(tmp_path: Path, **options: Any) -> Experiment:
    tasks = {"pos": LabelTask("EN POS", "train.pos", "test.pos")}
    given = {"size": Size(name="tiny"), "tasks": tasks, "probe_sentences": 5, **options}
    return Experiment(str(tmp_path / "corpus"), str(tmp_path / "out"), "made", "en", "fr", **given)


def probe_of(shift: float = 0.0) -> dict[str, Any]:
    """A probe whose top keeps more than its bottom by 0.2."""
    ablation = [
        {"kind": kind, "keep": keep, "fraction": fraction, "seed": None, "neurons": 5, "accuracy": accuracy + shift}
        | {"low": None, "high": None}
        for kind in ("mask", "retrain")
        for keep, accuracy in (("top", 0.6), ("random", 0.5), ("bottom", 0.4))
        for fraction in (0.1, 0.15, 0.2)
    ]
    differences = [
        {"kind": kind, "between": "top-bottom", "fraction": 0.1, "value": 0.2, "low": 0.1, "high": 0.3}
        | {"seed": None, "signature": "d"}
        for kind in ("mask", "retrain")
    ]
    fit = {"objective": 0.3, "gap": 0.0, "nonzero": 1.0}
    bounds = {"low": None, "high": None}
    return {
        **fit,
        **bounds,
        **{"majority_interval": bounds, "versus_majority": {"value": 0.1, **bounds}, "neurons_used": 100},
        "test_words": 432,
        **{"accuracy": 0.9 + shift, "majority": 0.8, "control_accuracy": 0.7, "selectivity": 0.2, "train_words": 1234},
        "focus": {"0.25": {"DT": 2, "CC": 1, ",": 3, "`": 4, "NN": 20, "VB": 19, "JJ": 18, "NNS": 21, "RARE": 1}},
        "labels": dict.fromkeys(("DT", "CC", ",", "`", "NN", "VB", "JJ", "NNS"), 100) | {"RARE": 3},
        "grid": [
            {"l1": a, "l2": b, "accuracy": 0.5 + a + b, "iterations": 1, "signature": "g", **fit, **bounds}
            for a in (0.0, 0.1)
            for b in (0.0, 0.2)
        ],
        "ablation": ablation,
        "differences": differences,
        "signature": "solver:none|l1:0",
    }


def curve_of(metric: str) -> dict[str, Any]:
    """Scores of 100 neurons: cross-model, top first, costs the most; random has two seeds."""
    sign, start = (-1, 40.0) if metric == "bleu" else (1, 50.0)
    cost = {("cross-model", "top"): 3.0, ("cross-model", "bottom"): 1.0, ("cross-model", "random"): 2.0}
    cost |= {(name, "top"): 2.0 for name in (*SINGLE, "pos")}
    points = [
        {"ranking": name, "order": order, "seed": seed, "neurons": count, "p_value": 0.001 if count > 5 else 0.5}
        | {"score": start + sign * count * each / 10 + (seed or 0) - 1 * bool(seed)}
        for (name, order), each in cost.items()
        for count in (0, 5, 10, 20, 40)
        for seed in ((1, 2) if order == "random" else (None,))
    ]
    top = {"ranking": "cross-model", "order": "top", "seed": None}
    comparisons = [
        {"ranking": name, "order": order, "seed": None, "neurons": count, "p_value": 0.3 if count == 5 else 0.01}
        | {"against": top}
        for name, order in cost
        for count in (5, 10, 20, 40)
        if (name, order) != ("cross-model", "top") and order != "random"
    ]
    return {"metric": metric, "points": points, "comparisons": comparisons, "signature": "s", "test": "t"}


def read(content: dict[str, Any]) -> RunSummary:
    """The summary that a file of this content has."""
    return read_record(RunSummary, Fields(content, "summary.json"))


def summary_of(size: str = "tiny") -> RunSummary:
    """The summary of two translation models and a language model."""
    return read(content_of(size))


def content_of(size: str = "tiny") -> dict[str, Any]:
    """The same as JSON."""
    models = {
        name: {"kind": kind, "seed": seed, "sentences": 10, "perplexity": 5.0 + seed, "checkpoint_sha256": ""}
        for name, kind, seed in (("1", "nmt", 1), ("2", "nmt", 12), ("lm1", "lm", 1))
    }
    share = [[1.0, *([0.0] * len(SINGLE)), 0.1, 0.5]]
    overlap = {"top": 3, "of": 100, "rankings": RANKINGS, "shared": share, "first": {}, "signatures": {}}
    ends = [("cross-model", "top", 0.3), ("cross-model", "bottom", 0.1), *((name, "top", 0.2) for name in SINGLE)]
    squares = {
        "neurons": 10,
        "all": 0.15,
        "ends": [{"ranking": name, "order": order, "square": square} for name, order, square in ends],
    }
    return {
        **{"format": 1, "name": "made", "size": size, "arch": "lstm_dalvi2019", "version": "0", "models": models},
        "tasks": {"pos": "EN POS"},
        "probes": {name: {"pos": probe_of(shift)} for name, shift in (("1", 0.0), ("2", 0.02), ("lm1", -0.1))},
        "curves": {"1": curve_of("bleu"), "lm1": curve_of("perplexity")},
        "overlaps": {"1": overlap, "lm1": overlap},
        "squares": {"1": squares, "lm1": squares},
        "detectors": {
            "1": [detector_of(), {**detector_of("month"), **dict.fromkeys(("neuron", "auc", "rank")), "top": []}]
        },
        "figures": {"figure-3.begin": "s", "figure-4": "s"},
    }


def detector_of(label: str = "begin") -> dict[str, Any]:
    return {"label": label, "words": 3, "neuron": "encoder.0.fwd.1", "auc": 0.9, "rank": 7, "top": ["A", "|"]}
