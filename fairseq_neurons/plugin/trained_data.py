"""Compare the data that a model was trained on, as far as its checkpoint describes it, with a data folder."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from fairseq import utils
from fairseq.tasks import FairseqTask

from fairseq_neurons.errors import InputError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainedData:
    """The languages and the data folder of a training.

    Args:
        source: language; None for a language model, and where the task has none.
        target: likewise.
        folder: with the dictionaries.
    """

    source: Optional[str]
    target: Optional[str]
    folder: Path

    @classmethod
    def of(cls, state: Dict[str, Any]) -> "TrainedData":
        """From the content of a checkpoint, as opened."""
        return cls._of_settings(state["cfg"]["task"] if state.get("cfg") else state["args"])

    @classmethod
    def _of_settings(cls, settings: Any) -> "TrainedData":
        names = ("source_lang", "target_lang", "data")
        known = settings if isinstance(settings, Mapping) else vars(settings)
        source, target, data = (None if known.get(name) is None else str(known[name]) for name in names)
        return cls(source, target, Path(utils.split_paths(data or "")[0]))

    def check(self, path: str, task: FairseqTask) -> None:
        """Refuse a language pair in the wrong direction; warn of dictionaries with other words.

        A checkpoint does not hold the symbols of its dictionaries. They are compared if its data folder still exists.

        Args:
            path: of the checkpoint, for the message.
            task: set up with the data folder.

        Raises:
            InputError: if a language has changed its side.
        """
        given = self._of_settings(vars(task).get("args") or task.cfg)
        if None not in (self.source, self.target, given.source, given.target) and self._is_reversed(given):
            raise InputError(
                f"{path} translates from {self.source} to {self.target}, not from {given.source} to {given.target}: "
                f"give -s {self.source} -t {self.target}, or the model of the other direction."
            )
        for name in given._dictionaries:
            _compare(path, self.folder / name, given.folder / name)

    def _is_reversed(self, given: "TrainedData") -> bool:
        """Whether one of the languages is on the other side."""
        return self.source != self.target and (self.source == given.target or self.target == given.source)

    @property
    def _dictionaries(self) -> List[str]:
        languages = (self.source, self.target)
        return ["dict.txt"] if None in languages else [f"dict.{language}.txt" for language in languages]


def _compare(path: str, trained: Path, given: Path) -> None:
    if not (trained.is_file() and given.is_file()) or trained.samefile(given):
        return
    if _symbols(trained) != _symbols(given):
        logger.warning(
            "%s has other words than %s, which %s was trained on: if neither folder has changed since, "
            "the model takes each word for another",
            given,
            trained,
            path,
        )


def _symbols(dictionary: Path) -> List[bytes]:
    return [line.rpartition(b" ")[0] for line in dictionary.read_bytes().split(b"\n")]
