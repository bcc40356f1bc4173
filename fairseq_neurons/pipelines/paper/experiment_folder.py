"""The folder of an experiment: made with some settings, and resumed with these alone."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.storage.files import write_text_whole
from fairseq_neurons.storage.json_fields import JsonObject, read_object
from fairseq_neurons.storage.resumed_folder import ResumedFolder

logger = logging.getLogger(__name__)

SETTINGS = "experiment.json"
# No result depends on these.
FREE = ("out", "steps", "workers")
# The first result; until it is there, settings may still be changed.
FIRST = "text"


class ExperimentFolder(ResumedFolder):
    """A folder in which one run at a time takes the steps of an experiment.

    Its settings are written down, or compared with those that its results were made with. Results without settings,
    of an earlier version, are taken to be of these.

    Args:
        experiment: whose folder it is.

    Raises:
        InputError: if a setting differs (the first is named), or another run is at work in the folder.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment.folder, "an experiment", SETTINGS)
        try:
            self._begin(_settings(experiment))
        except BaseException as error:
            self.abort(error)
            raise

    def check(self) -> None:
        """Accept any folder: one may hold the corpus, too, or results without settings."""

    def has_results(self) -> bool:
        return (self.out / FIRST).exists()

    def _begin(self, settings: JsonObject) -> None:
        file = self.out / SETTINGS
        if self.has_results():
            if file.exists():
                self.check_settings(_earlier(file), settings)
                return
            logger.warning("%s has results and no %s: they are taken to be of these settings", self.out, SETTINGS)
        write_text_whole(file, json.dumps(settings, indent=1, ensure_ascii=False) + "\n")


def _settings(experiment: Experiment) -> JsonObject:
    settings = {name: value for name, value in asdict(experiment).items() if name not in FREE}
    return {**settings, "corpus": str(Path(experiment.corpus).absolute())}


def _earlier(file: Path) -> JsonObject:
    try:
        return read_object(file, "settings file").content
    except InputError as error:
        raise InputError(f"{error} Remove it if you know that the settings are still the same.") from error
