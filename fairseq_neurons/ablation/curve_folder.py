"""The folder of a curve: its settings, its points as they are measured, and what they were computed from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from fairseq_neurons.ablation.metrics.metric import Metric
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import hold, read_text, write_bytes_whole, write_text_whole
from fairseq_neurons.storage.results_log import Entry, EntryLog

FORMAT = 1
LOCK, SETTINGS = ".lock", "settings.json"
CURVE, COMPARISONS, OVERLAP = "curve.jsonl", "comparisons.jsonl", "overlap.json"


class Place:
    """A folder that one run at a time adds to.

    Args:
        out: the folder; made if there is none, and taken away again by a run that fails before it has measured.
        identity: the settings that all its points have in common.
        rankings: SHA-256 of the rankings, by name.

    Attributes:
        curve: the points.
        comparisons: tests between them.

    Raises:
        InputError: if the folder is not one of a curve, of other settings, or written by another run.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], rankings: Mapping[str, str]) -> None:
        self.out, self.identity, self.rankings = out, dict(identity), dict(rankings)
        self._is_new = not out.exists()
        self._lock = self._take()
        try:
            self.curve = EntryLog(out / CURVE)
            self.comparisons = EntryLog(out / COMPARISONS)
            earlier = self._earlier()
            self._check(earlier)
            self.rankings = {**earlier["rankings"], **self.rankings}
        except BaseException:
            self._leave(failed=True)
            raise

    def begin(self) -> None:
        """Write the settings down, when everything else has been found good."""
        content = {"format": FORMAT, "settings": self.identity, "rankings": self.rankings}
        write_text_whole(self.out / SETTINGS, json.dumps(content, indent=1) + "\n")

    def path(self, metric: Metric, key: str) -> Path:
        """The file of an output."""
        return self.out / metric.folder / f"{key}{metric.suffix}"

    def has(self, metric: Metric, key: str) -> bool:
        """Whether this output has been measured."""
        return self.path(metric, key).is_file()

    def read(self, metric: Metric, key: str) -> Any:
        """An output, as the metric gave it.

        Raises:
            InputError: if its file has been damaged.
        """
        path = self.path(metric, key)
        try:
            return metric.unpack(path.read_bytes())
        except Exception as error:
            raise InputError(f"{path} is missing or damaged; remove it, and it is measured anew.") from error

    def keep(self, metric: Metric, key: str, output: Any) -> None:
        """Write an output, whole."""
        write_bytes_whole(self.path(metric, key), metric.pack(output))

    def finish(self, curve: Sequence[Entry], comparisons: Sequence[Entry], overlap: Mapping[str, Any] | None) -> None:
        """Put everything in its final order."""
        self.comparisons.replace(comparisons)
        if overlap is not None:
            write_text_whole(self.out / OVERLAP, json.dumps(overlap, indent=1) + "\n")
        self.curve.replace(curve)

    def disown(self) -> None:
        """In a forked process: let go of the folder, so that it is not held for longer than its parent lives."""
        self._lock.close()

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(failed=error is not None)

    def _leave(self, failed: bool) -> None:
        if failed and self._is_new and not self._has_measured():
            shutil.rmtree(self.out, ignore_errors=True)
        self._lock.close()

    def _has_measured(self) -> bool:
        return (self.out / CURVE).exists() or any(self.out.glob("*/*"))

    def _take(self) -> TextIO:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            names = {path.name for path in self.out.iterdir()}
            if SETTINGS not in names and names - {LOCK, SETTINGS + ".partial"}:
                raise InputError(f"{self.out} is not the folder of a curve; choose another one with out=.")
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        return hold(self.out / LOCK, self.out)

    def _earlier(self) -> dict[str, Any]:
        """The settings in the folder; this run's where there are none, or none that has measured anything."""
        path = self.out / SETTINGS
        now = {"format": FORMAT, "settings": self.identity, "rankings": {}}
        if not path.exists():
            return now
        try:
            earlier = json.loads(read_text(path, "settings file"))
            if (version := earlier["format"]) > FORMAT:
                raise InputError(f"{path} has format {version}, this version reads up to {FORMAT}: update it.")
            found = {name: dict(earlier[name]) for name in ("settings", "rankings")}
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{path} is damaged or not of a curve: {self.out} cannot be continued.") from error
        return found if self._has_measured() else now

    def _check(self, earlier: Mapping[str, Mapping[str, Any]]) -> None:
        theirs, ours = earlier["settings"], self.identity
        for name in {**theirs, **ours}:
            if theirs.get(name) != ours.get(name):
                there, here = _shown(theirs.get(name)), _shown(ours.get(name))
                raise InputError(f"{self.out} was measured with {name}={there}, not {here}; choose another out=.")
        for name, content in self.rankings.items():
            if earlier["rankings"].get(name, content) != content:
                raise InputError(f"{self.out} was measured with another ranking {name}; choose another out=.")


def _shown(value: Any) -> str:
    return value[:8] if isinstance(value, str) and len(value) == 64 else str(value)
