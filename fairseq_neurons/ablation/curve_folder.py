"""The folder of a curve: its settings, its points as they are measured, and the outputs they were computed from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve import COMPARISONS, POINTS, SETTINGS
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_bytes, write_bytes_whole, write_text_whole
from fairseq_neurons.storage.json_fields import Fields, read_object
from fairseq_neurons.storage.results_log import ResultsLog
from fairseq_neurons.storage.resumed_folder import ResumedFolder
from fairseq_neurons.storage.sealed_json import sealed

FORMAT = 1
OVERLAP = "overlap.json"


class CurveFolder(ResumedFolder):
    """A folder to which one run at a time adds points.

    Args:
        out: the folder; made if it is missing, and removed again by a run that fails before it has measured anything.
        identity: the settings that all its points have in common.
        rankings: SHA-256 of the rankings, by name.

    Attributes:
        curve: the points.
        comparisons: tests between them.

    Raises:
        InputError: if the folder is not one of a curve, has other settings, or is written by another run.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], rankings: Mapping[str, str]) -> None:
        super().__init__(out, "a curve", SETTINGS)
        self.identity, self.rankings = dict(identity), dict(rankings)
        try:
            self.curve = ResultsLog(out / POINTS, Point.to_json, Point.read)
            self.comparisons = ResultsLog(out / COMPARISONS, Comparison.to_json, Comparison.read)
            self._check_earlier()
        except BaseException as error:
            self.abort(error)
            raise

    def begin(self) -> None:
        """Write the settings, when everything else has been checked."""
        content = {"format": FORMAT, "settings": self.identity, "rankings": self.rankings}
        write_text_whole(self.out / SETTINGS, json.dumps(sealed(content), indent=1) + "\n")

    def path(self, metric: AnyMetric, key: str) -> Path:
        """The file of an output."""
        return self.out / metric.folder / f"{key}{metric.suffix}"

    def has(self, metric: AnyMetric, key: str) -> bool:
        """Whether this output has been measured."""
        return os.path.isfile(self.path(metric, key))

    def read(self, metric: AnyMetric, key: str) -> Any:
        """An output, as the metric returned it.

        Raises:
            InputError: if its file is missing or damaged.
        """
        path = self.path(metric, key)
        try:
            return metric.unpack(read_bytes(path, "output"))
        except ValueError as error:
            raise InputError(f"{path} is missing or damaged; remove it, and it is measured again.") from error

    def keep(self, metric: AnyMetric, key: str, output: Any) -> None:
        """Write an output, whole."""
        write_bytes_whole(self.path(metric, key), metric.pack(output))

    def finish(
        self, curve: Sequence[Point], comparisons: Sequence[Comparison], overlap: Mapping[str, Any] | None
    ) -> None:
        """Write everything in its final order."""
        self.comparisons.replace(comparisons)
        if overlap is not None:
            write_text_whole(self.out / OVERLAP, json.dumps(overlap, indent=1) + "\n")
        self.curve.replace(curve)

    def has_results(self) -> bool:
        return (self.out / POINTS).exists() or any(self.out.glob("*/*"))

    def _check_earlier(self) -> None:
        """Compare the settings in the folder with this run's; settings without results bind nobody."""
        path = self.out / SETTINGS
        if not os.path.lexists(path):
            return
        earlier = read_object(path, "settings file")
        if (version := earlier.required("format", int)) > FORMAT:
            raise InputError(f"{path} has format {version}, this version reads up to {FORMAT}: update it.")
        settings, rankings = earlier.inner("settings"), _hashes(earlier.inner("rankings"))
        if not self.has_results():
            return
        self.check_settings(settings.content, self.identity)
        for name, content in self.rankings.items():
            if rankings.get(name, content) != content:
                raise InputError(f"{self.out} was made with another ranking {name}; choose another out=.")
        self.rankings = {**rankings, **self.rankings}


def _hashes(rankings: Fields) -> dict[str, str]:
    return {name: rankings.required(name, str) for name in rankings.content}
