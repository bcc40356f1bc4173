"""An output folder to which later runs add, as long as their settings are the same."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import writing
from fairseq_neurons.storage.output_folder import OutputFolder

LOCK = ".lock"


class ResumedFolder(OutputFolder):
    """``OUT`` itself, to which later runs of the same settings add.

    A run that fails before there is any result removes the folder if it has made it.

    Args:
        out: the folder; made if it is missing.
        what: its kind, for messages, such as ``a curve``.
        settings: name of the file by which it is recognised.

    Raises:
        InputError: if ``out`` holds something else or cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path, what: str, settings: str) -> None:
        self.out = self.folder = out
        self._what, self._settings, self._is_new = what, settings, not os.path.lexists(out)
        self._claim(out / LOCK)

    @abstractmethod
    def has_results(self) -> bool:
        """Whether there is anything that a later run would keep."""

    def check(self) -> None:
        with writing(self.out):
            names = set(os.listdir(self.out)) if os.path.lexists(self.out) else set()
        if self._settings not in names and names - {LOCK, self._settings + ".partial"}:
            raise InputError(f"{self.out} is not the folder of {self._what}; choose another one with out=.")

    def keeps(self, error: BaseException | None) -> bool:
        return error is None or not self._is_new or self.has_results()

    def check_settings(self, earlier: Mapping[str, object], now: Mapping[str, object]) -> None:
        """Refuse settings that the results in the folder were not made with.

        Args:
            earlier: settings of these results; one inside another is named ``size.epochs``.
            now: settings of this run.

        Raises:
            InputError: naming the first setting that differs.
        """
        theirs, ours = dict(_flat(earlier)), dict(_flat(now))
        for name in {**ours, **theirs}:
            if theirs.get(name) != ours.get(name):
                there, here = _shown(theirs.get(name)), _shown(ours.get(name))
                raise InputError(f"{self.out} was made with {name}={there}, not {here}; choose another out=.")


def _flat(settings: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """``size: {epochs: 3}`` is ``size.epochs``, 3."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _shown(value: object) -> str:
    return value[:8] if isinstance(value, str) and len(value) == 64 else str(value)
