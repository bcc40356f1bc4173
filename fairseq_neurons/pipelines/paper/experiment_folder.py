"""The folder of an experiment: begun with some settings, gone on with by these alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.storage.files import read_text, write_text_whole

logger = logging.getLogger(__name__)

SETTINGS = "experiment.json"
# No result depends on these.
FREE = ("out", "steps", "workers")
# The first that is made; until then, settings may still be mended.
FIRST = "text"


def begin(experiment: Experiment) -> None:
    """Write the settings of a new folder down, or compare them with those that its results were made with.

    Results without settings, of an earlier version, are taken to be of these.

    Raises:
        InputError: if a setting differs; the first is named.
    """
    folder, settings = experiment.folder, _settings(experiment)
    file = folder / SETTINGS
    if (folder / FIRST).exists():
        if file.exists():
            _check(folder, _read(file), settings)
            return
        logger.warning("%s has results and no %s: they are taken to be of these settings", folder, SETTINGS)
    write_text_whole(file, json.dumps(settings, indent=1, ensure_ascii=False) + "\n")


def _settings(experiment: Experiment) -> dict[str, Any]:
    settings = {name: value for name, value in asdict(experiment).items() if name not in FREE}
    return {**settings, "corpus": str(Path(experiment.corpus).absolute())}


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(read_text(file, "settings file")))
    except (TypeError, ValueError) as error:
        raise InputError(f"{file} is damaged; remove it if you know that the settings are those of before.") from error


def _check(folder: Path, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    there, here = dict(_flat(theirs)), dict(_flat(ours))
    for name in {**here, **there}:
        if there.get(name) != here.get(name):
            raise InputError(
                f"{folder} was made with {name}={there.get(name)}, not {here.get(name)}; choose another out=, "
                "or remove it."
            )


def _flat(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """``size: {epochs: 3}`` is ``size.epochs``, 3."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
