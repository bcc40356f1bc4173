"""The folder of a probe study; the probe and the measurements survive an interruption."""

from __future__ import annotations

import shutil
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import writing
from fairseq_neurons.storage.new_folder import NewFolder

MEASURED, PROBE, RESULTS = "measured.jsonl", "probe.npz", "results"
# What the next fit of the penalty grid starts from.
GRID = "grid_state.npz"


class StudyFolder(NewFolder):
    """``OUT.partial`` until all results are complete.

    The probe and the measurements survive an interruption; all other files are rewritten. A run with invalid input
    leaves nothing behind, unless it has measured something.

    Args:
        out: the new folder; must not exist.

    Attributes:
        folder: folder of the results, which becomes ``out``; empty at the start.

    Raises:
        InputError: if ``out`` exists or cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path) -> None:
        kept = (MEASURED, PROBE, GRID)
        super().__init__(out, "a probe", (*kept, RESULTS), kept, results=RESULTS)

    @property
    def probe(self) -> Path:
        """File of the trained probe."""
        return self.partial / PROBE

    @property
    def measured(self) -> Path:
        """File of the measurements."""
        return self.partial / MEASURED

    def keeps(self, error: BaseException | None) -> bool:
        return not isinstance(error, InputError) or (self.measured.exists() and self.measured.stat().st_size > 0)

    def commit(self) -> None:
        """Copy the probe to the results and rename their folder to ``out``.

        Raises:
            InputError: if ``out`` exists by now or cannot be written.
        """
        with writing(self.out):
            shutil.copy2(self.probe, self.folder / PROBE)
        super().commit()
