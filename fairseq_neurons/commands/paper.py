"""``fairseq-neurons-paper``: the paper's experiments, from text to tables and figures; an interrupted run resumes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any

from fairseq_neurons.commands.application import CommandConfig, application, quiet
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.shipped_folders import configs

logger = logging.getLogger(__name__)


def _names(group: str) -> str:
    return ", ".join(sorted(path.stem for path in (configs() / group).glob("*.yaml")))


@dataclass
class PaperConfig(CommandConfig, Experiment):
    """The fields of `Experiment`; ``experiment=`` and ``size=`` choose among the files of ``configs/``.

    An experiment may change the size: how long to train depends on the corpus.
    """

    defaults: list[Any] = field(default_factory=lambda: quiet({"size": "small"}, {"experiment": None}))


def run(**options: Any) -> None:
    """Run the chosen steps of an experiment. The last line is the path of its tables, if these were made."""
    experiment = Experiment.of(options)
    from fairseq_neurons.pipelines.paper.experiment_folder import ExperimentFolder
    from fairseq_neurons.pipelines.paper.experiment_steps import STAGES, chosen
    from fairseq_neurons.pipelines.paper.run_tables import TABLES_FILE

    steps = chosen(experiment)
    start = time.monotonic()
    with ExperimentFolder(experiment):
        for step in steps:
            stage = STAGES[step]
            logger.info("\n[%4.0f min] %s: %s", (time.monotonic() - start) / 60, step, stage.about)
            stage.run(experiment)
    logger.info("\n[%4.0f min] Done: %s", (time.monotonic() - start) / 60, experiment.folder)
    if "sum" in steps:
        logger.info("The tables:\n%s", experiment.folder / TABLES_FILE)


main = application(
    "fairseq-neurons-paper",
    PaperConfig,
    run,
    "The experiments of Dalvi et al. 2019 on one language pair: experiment=en-fr corpus=FOLDER [size=paper].\n"
    "Finished steps are skipped; an interrupted run resumes; steps=[probe,sum] runs some alone.\n\n"
    f"experiment= is one of {_names('experiment')}; size= is one of {_names('size')}.\n"
    "With --config-dir FOLDER, also one of its FOLDER/experiment/*.yaml and FOLDER/size/*.yaml.",
    configs=configs(),
)
