"""Find the results in a run folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.probing.label_file_names import ranking_file
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.ranking_files import is_a_ranking
from fairseq_neurons.runs.run_model import Dump, Model, Probe, shown_dump
from fairseq_neurons.storage.files import sha256_of_file

logger = logging.getLogger(__name__)

# Folders of training and of fairseq, which are not searched.
OTHER_FOLDERS = ("*.partial", ".*", "__pycache__", "checkpoints", "models", "bin", "text", "logs", "figures", "report")

# Where dumps are kept; names of models leave it out.
DUMPS = "activations/"


def models_in(folder: Path) -> list[Model]:
    """The models that have results in a folder, in the order of the files' names.

    Raises:
        InputError: if a dump or a result is damaged.
        OSError: if a file cannot be read.
    """
    findings = _Findings(folder)
    findings.add_folder(folder)
    models = findings.models_with_curves()
    names = [_name_of_dump(model, models) for model in models]
    short = [name.removeprefix(DUMPS) for name in names]
    return [
        replace(model, name=name if short.count(name) == 1 else whole)
        for model, name, whole in zip(models, short, names, strict=True)
    ]


def _name_of_dump(model: Model, models: Sequence[Model]) -> str:
    """The name of the dump to show, or the start of the checksum."""
    return shown_dump(model, models).name if model.dumps else model.checkpoint_sha256[:8] or "unknown"


class _Findings:
    """Everything in a folder, by model; a model is a checkpoint and its neurons."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models: dict[tuple[str, Neurons], Model] = {}
        self.curves: list[Curve] = []
        self.seen: set[Path] = set()

    def models_with_curves(self) -> list[Model]:
        """The models with their curves, which name the checkpoint but not the neurons."""
        for curve in self.curves:
            for model in self._models_of(curve):
                model.curves[curve.name] = curve
        return list(self.models.values())

    def _models_of(self, curve: Curve) -> list[Model]:
        """Those of the curve's checkpoint; of several, those whose states were masked."""
        checkpoint, states = str(curve.settings["checkpoint_sha256"]), curve.settings.get("states")
        ours = [model for (known, _), model in self.models.items() if known == checkpoint]
        masked = [model for model in ours if model.neurons.summary == states]
        return masked or ours or [self._model(checkpoint, Neurons(()))]

    def add_folder(self, path: Path) -> None:
        """Add a dump, a probe or a curve, or all that a folder of other folders and rankings holds."""
        if path.resolve() in self.seen:
            return
        self.seen.add(path.resolve())
        for mark, add in (
            ("manifest.json", self._add_dump),
            ("probe.npz", self._add_probe),
            ("curve.jsonl", self._add_curve),
        ):
            if os.path.isfile(path / mark):
                return self._add(add, path)
        for inner in sorted(path.iterdir()):
            if inner.is_dir() and not any(fnmatch(inner.name, pattern) for pattern in OTHER_FOLDERS):
                self.add_folder(inner)
            elif inner.suffix == ".json" and inner.is_file():
                self._add_ranking(inner)

    def _add(self, add: Callable[[Path], None], path: Path) -> None:
        """Add a folder of results; what is damaged is refused, since a run that lacks a part would look whole."""
        try:
            add(path)
        except InputError as error:
            if path == self.folder:
                raise
            raise InputError(
                f"{error} To see the rest of {self.folder}, move {path.relative_to(self.folder)} out of it."
            ) from error

    def _add_ranking(self, file: Path) -> None:
        try:
            found = is_a_ranking(file)
        except InputError as error:
            logger.warning("%s It is left out; if it was a ranking, it is lost.", error)
            return
        if found:
            ranking = Ranking.load(file)
            self._model(ranking.checkpoint_sha256, ranking.neurons).rankings[self._relative(file)] = ranking

    def _add_dump(self, path: Path) -> None:
        dump, name = Activations(path), self._relative(path)
        model = self._model(dump.manifest.checkpoint_sha256, dump.neurons)
        text = sha256_of_file(path / "words.txt")
        dump.check_text(text)
        model.dumps[name] = Dump(name, path, dump, text)

    def _add_probe(self, path: Path) -> None:
        ranking, results, name = Ranking.load(path / "ranking.json"), ProbeResults.load(path), self._relative(path)
        model = self._model(ranking.checkpoint_sha256, ranking.neurons)
        model.probes[name] = Probe(name, path, results)
        model.rankings[name] = ranking
        for label in results.labels:
            model.label_rankings[name, label] = Ranking.load(ranking_file(path, label))
        for method in results.rankings.names[1:] if results.rankings else ():
            model.rankings[f"{name}/{method}"] = Ranking.load(path / "rankings" / f"{method}.json")

    def _add_curve(self, path: Path) -> None:
        self.curves.append(Curve.read(path, self._relative(path)))

    def _model(self, checkpoint: str, neurons: Neurons) -> Model:
        return self.models.setdefault((checkpoint, neurons), Model(checkpoint, neurons))

    def _relative(self, path: Path) -> str:
        """The path relative to the folder; for the folder itself, its name."""
        name = path.relative_to(self.folder).as_posix().removesuffix(".json") if path != self.folder else path.name
        if not name.isascii() and any("\ud800" <= c <= "\udfff" for c in name):
            raise InputError(f"The name of {path} is not UTF-8 text; rename it.")
        return name
