"""Where an analysis is made: beside its final name, by one run at a time, taken over after an interruption."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from fairseq_neurons.activations.writer import check_free
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import hold

LOCK, LEDGER, PROBE, RESULTS = "lock", "measured.jsonl", "probe.npz", "results"


class Workplace:
    """``OUT.partial`` until all results are there.

    What took long, the probe and the measurements, stays after an interruption; what is made of them is made anew. A
    run that fails before it has measured anything leaves nothing behind.

    Args:
        out: the folder to be; must not exist.

    Attributes:
        probe: file of the trained probe.
        ledger: file of the measurements.
        results: folder that will be ``out``; empty at the start.

    Raises:
        InputError: if ``out`` exists or cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path) -> None:
        self.out, self.partial = out, out.with_name(out.name + ".partial")
        self.probe, self.ledger = self.partial / PROBE, self.partial / LEDGER
        self.results = self.partial / RESULTS
        check_free(out)
        self._lock = hold(self.partial / LOCK, out)
        try:
            # The run that held the lock may have ended well.
            check_free(out)
            self._check_contents()
            self._begin()
        except BaseException:
            self._lock.close()
            raise

    def commit(self) -> None:
        """Give the results their name.

        Raises:
            InputError: if that cannot be done.
        """
        try:
            shutil.copy2(self.probe, self.results / PROBE)
            check_free(self.out)
            self.results.rename(self.out)
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        shutil.rmtree(self.partial)

    def __enter__(self) -> Workplace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, InputError) and not self._has_measured():
            shutil.rmtree(self.partial, ignore_errors=True)
        self._lock.close()

    def _has_measured(self) -> bool:
        return self.ledger.exists() and self.ledger.stat().st_size > 0

    def _begin(self) -> None:
        try:
            shutil.rmtree(self.results, ignore_errors=True)
            self.results.mkdir()
        except OSError as error:
            raise InputError(f"{self.results} cannot be written: {error.strerror or error}.") from error

    def _check_contents(self) -> None:
        ours = (LOCK, LEDGER, PROBE, RESULTS)
        if any(path.name.removesuffix(".partial") not in ours for path in self.partial.iterdir()):
            raise InputError(
                f"{self.partial} holds files that are not of a probe; move it away or choose another name."
            )
