"""A run folder: its dumps, rankings, probes and curves, sorted by model."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.runs.run_model import Dump, Model, Probe, shown_dump
from fairseq_neurons.runs.run_scan import models_in

# Of a name: its numbers, and what is between them.
PARTS = re.compile(r"[0-9]+|[^0-9]+")

__all__ = ["Dump", "Model", "Probe", "Run"]


@dataclass(frozen=True)
class Run:
    """The results in a folder, recognised by what files hold, not by their names.

    Args:
        path: the folder.
        models: its models, those with most results first.
    """

    path: Path
    models: list[Model]

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Read all results in a folder.

        Raises:
            InputError: if the folder does not exist or holds no results, or one of them is damaged or cannot be read.
        """
        folder = Path(path)
        try:
            if not os.path.isdir(folder):
                raise InputError(f"There is no folder {folder}; give that of a run.")
            models = sorted(models_in(folder), key=lambda model: -model.findings)
        except OSError as error:
            raise InputError(f"{error.filename or folder} cannot be read: {error.strerror or error}.") from error
        if not models:
            raise InputError(f"{folder} holds no dump, ranking, probe or curve: it is not the folder of a run.")
        return cls(folder, models)

    @property
    def models_by_name(self) -> list[Model]:
        """The same models in the order of their names, numbers in theirs: 1, 2, 10, lm."""
        return sorted(self.models, key=lambda model: _by_numbers(model.name))

    def dump_of(self, model: Model) -> Dump:
        """The dump to show of a model: without a mask if possible, of the text that most models have read.

        Raises:
            InputError: if the run has no dump of it.
        """
        if not model.dumps:
            raise InputError(f"{self.path} has no dump of the model with checkpoint {model.checkpoint_sha256[:8]}.")
        return shown_dump(model, self.models)

    def others(self, model: Model, dump: Dump | None = None) -> dict[str, Dump]:
        """Dumps of the other models over the text of one of this model's, without a mask, by the model's name.

        Args:
            model: excluded from the result.
            dump: of this model; the one of `dump_of` if None.
        """
        text = (dump or self.dump_of(model)).text
        found = {other.name: other.unmasked(text) for other in self.models if other is not model}
        return {name: other for name, other in found.items() if other is not None}


def _by_numbers(name: str) -> list[tuple[bool, int, str]]:
    """A key by which names sort as people number them, numbers before letters."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in PARTS.findall(name)]
