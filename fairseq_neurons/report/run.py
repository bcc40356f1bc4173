"""A run folder: the dumps, rankings, probes and curves in it, sorted by the model they are of."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from fairseq_neurons.activations import Activations
from fairseq_neurons.analysis.results import file_name
from fairseq_neurons.errors import InputError
from fairseq_neurons.files import read_lines, read_text, sha256_of_file
from fairseq_neurons.ledger import Entry
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking

# A ranking begins with these; other JSON files, which may be large, are not read any further.
RANKING_FIELDS = ('"format"', '"method"')
BEGINNING = 64
# What training and fairseq leave in a run is not looked through.
OTHER_FOLDERS = ("*.partial", ".*", "__pycache__", "checkpoints", "models", "bin", "text", "logs", "figures")


@dataclass(frozen=True)
class Dump:
    """States of words.

    Args:
        name: its folder, relative to the run.
        path: the folder.
        activations: the same, opened.
        text: SHA-256 of ``words.txt``: dumps of one text can be compared word by word.
    """

    name: str
    path: Path
    activations: Activations
    text: str


@dataclass(frozen=True)
class Probe:
    """What ``fairseq-neurons-probe`` left.

    Args:
        name: its folder, relative to the run.
        path: the folder.
        results: ``results.json``.
    """

    name: str
    path: Path
    results: dict[str, Any]


@dataclass(frozen=True)
class Curve:
    """What ``fairseq-neurons-ablate`` left.

    Args:
        name: its folder, relative to the run.
        path: the folder.
        settings: of all its points.
        points: the lines of ``curve.jsonl``.
        comparisons: those of ``comparisons.jsonl``.
    """

    name: str
    path: Path
    settings: dict[str, Any]
    points: list[Entry]
    comparisons: list[Entry]


@dataclass(frozen=True)
class Model:
    """All that a run has of one model.

    Args:
        checkpoint_sha256: of the model; empty where a ranking does not know it.
        neurons: that it has.
        dumps: by name, as the others.
        rankings: of its neurons, for a whole set of labels or for none.
        label_rankings: for single labels, by the name of their probe and the label.
        probes: of its states.
        curves: of its ablation.
    """

    checkpoint_sha256: str
    neurons: Neurons
    dumps: dict[str, Dump] = field(default_factory=dict)
    rankings: dict[str, Ranking] = field(default_factory=dict)
    label_rankings: dict[tuple[str, str], Ranking] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """That of its first dump without the folder that dumps are kept in, or the start of its checksum."""
        return next(iter(self.dumps)).removeprefix("activations/") if self.dumps else self.checkpoint_sha256[:8]

    @property
    def findings(self) -> int:
        """How much is known of it besides its states."""
        return len(self.rankings) + len(self.probes) + len(self.curves)


@dataclass(frozen=True)
class Run:
    """A folder in which models were dumped, ranked, probed and ablated, whatever its files are called.

    Args:
        path: the folder.
        models: in it, those that most is known of first.
    """

    path: Path
    models: list[Model]

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Look through a folder.

        Raises:
            InputError: if there is no such folder, it holds neither dump nor result, or one of them is broken.
        """
        folder = Path(path)
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}; give that of a run.")
        models = sorted(_Findings(folder).look_through(), key=lambda model: -model.findings)
        if not models:
            raise InputError(f"{folder} holds no dump, ranking, probe or curve: it is not the folder of a run.")
        return cls(folder, models)

    def dump_of(self, model: Model) -> Dump:
        """The dump that shows a model: of the text that most models were dumped on.

        Raises:
            InputError: if the run has no dump of it.
        """
        if not model.dumps:
            raise InputError(f"{self.path} has no dump of the model with checkpoint {model.checkpoint_sha256[:8]}.")
        texts = Counter(text for other in self.models for text in {dump.text for dump in other.dumps.values()})
        return max(model.dumps.values(), key=lambda dump: texts[dump.text])

    def others(self, model: Model) -> dict[str, Dump]:
        """Dumps of the other models over the same text, by the model's name."""
        text = self.dump_of(model).text
        return {
            other.name: dump
            for other in self.models
            for dump in list(other.dumps.values())[::-1]
            if other is not model and dump.text == text
        }


class _Findings:
    """Everything in a folder, by model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models: dict[str, Model] = {}
        self.curves: list[Curve] = []

    def look_through(self) -> list[Model]:
        """The models, in the order of their names in the folder."""
        self._look_into(self.folder)
        for curve in self.curves:
            # The points of a curve do not tell the neurons; the ranking that they follow does.
            if (checkpoint := curve.settings["checkpoint_sha256"]) in self.models:
                self.models[checkpoint].curves[curve.name] = curve
        return list(self.models.values())

    def _look_into(self, path: Path) -> None:
        """A folder that is a dump, a probe or a curve, or one that holds such folders and rankings."""
        if (path / "manifest.json").is_file():
            self._add_dump(path)
        elif (path / "probe.npz").is_file():
            self._add_probe(path)
        elif (path / "curve.jsonl").is_file():
            settings = _json(path / "settings.json")["settings"]
            lines = (_entries(path / name) for name in ("curve.jsonl", "comparisons.jsonl"))
            self.curves.append(Curve(self._name(path), path, settings, *lines))
        else:
            for inner in sorted(path.iterdir()):
                if inner.is_dir() and not any(fnmatch(inner.name, pattern) for pattern in OTHER_FOLDERS):
                    self._look_into(inner)
                elif inner.suffix == ".json" and _is_ranking(inner):
                    ranking = Ranking.load(inner)
                    self._model(ranking.checkpoint_sha256, ranking.neurons).rankings[self._name(inner)] = ranking

    def _add_dump(self, path: Path) -> None:
        dump, name = Activations(path), self._name(path)
        model = self._model(dump.manifest.checkpoint_sha256, dump.neurons)
        model.dumps[name] = Dump(name, path, dump, sha256_of_file(path / "words.txt"))

    def _add_probe(self, path: Path) -> None:
        ranking, results, name = Ranking.load(path / "ranking.json"), _json(path / "results.json"), self._name(path)
        model = self._model(ranking.checkpoint_sha256, ranking.neurons)
        model.probes[name] = Probe(name, path, results)
        model.rankings[name] = ranking
        for label in results["labels"]:
            model.label_rankings[name, label] = Ranking.load(path / f"ranking.{file_name(label)}.json")
        for method in results["rankings"].get("names", [])[1:]:
            model.rankings[f"{name}/{method}"] = Ranking.load(path / "rankings" / f"{method}.json")

    def _model(self, checkpoint: str, neurons: Neurons) -> Model:
        key = checkpoint or str(neurons)
        return self.models.setdefault(key, Model(checkpoint, neurons))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix().removesuffix(".json")


def _is_ranking(file: Path) -> bool:
    with open(file, encoding="utf-8", errors="replace") as opened:
        beginning = opened.read(BEGINNING)
    return all(name in beginning for name in RANKING_FIELDS)


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(path, "result"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is damaged: it is no JSON ({error}).") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} is damaged: it is no JSON object.")
    return content


def _entries(path: Path) -> list[Entry]:
    """The lines of a file that grows a line at a time; a last one that was cut short is left out."""
    lines = read_lines(path, "curve") if path.is_file() else []
    try:
        return [json.loads(line) for line in lines[:-1]] + [
            json.loads(line) for line in lines[-1:] if line.endswith("}")
        ]
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is damaged: a line is no JSON ({error}).") from error
