"""The settings of an experiment: a corpus, the size of the models, labels of words, and what is measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.model_size import Size
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

STEPS = ("text", "train", "dump", "rank", "probe", "ablate", "draw", "sum")


@dataclass
class Experiment:
    """One language pair at one size.

    Args:
        corpus: folder of the texts.
        out: folder of all experiments; this one's is ``out/SIZE/NAME``.
        name: of the experiment, also of its folder.
        src: suffix of the source files.
        tgt: suffix of the target files.
        train: prefix of the training files, relative to the corpus folder.
        valid: of the validation files.
        test: of the test files.
        threshold: words seen less often in the training text are unknown.
        arch: of the translation models; with one of fairseq's transformers, the language models are transformers, too.
        size: of the models.
        tasks: labels of words, by a short name.
        probe_sentences: how many sentences of the training text train probes.
        points: how many neurons are masked.
        sentences: source sentences of your own, with spaces between words, that Figure 3 colours.
        steps: which steps are run, by default all of them; finished ones are skipped.
        workers: how many commands run at a time, each on one thread.
    """

    corpus: str = MISSING
    out: str = "runs/paper"
    name: str = MISSING
    src: str = MISSING
    tgt: str = MISSING
    train: str = "train"
    valid: str = "valid"
    test: str = "test"
    threshold: int = 2
    arch: str = "lstm_dalvi2019"
    size: Size = field(default_factory=Size)
    tasks: dict[str, LabelTask] = field(default_factory=dict)
    probe_sentences: int = 20_000
    points: list[str] = field(default_factory=lambda: ["0%", "1%", "2.5%", "5%", "7.5%", "10%", "15%", "20%", "40%"])
    sentences: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=lambda: list(STEPS))
    workers: int = 2

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Experiment:
        """Make an experiment of the options of the command, nested as in its YAML.

        Raises:
            InputError: if a setting is invalid.
        """
        plain = {name: value for name, value in options.items() if name not in ("size", "tasks")}
        tasks = {name: LabelTask(**task) for name, task in options["tasks"].items()}
        experiment = cls(**plain, size=Size(**options["size"]), tasks=tasks)
        experiment.check()
        return experiment

    def check(self) -> None:
        """Refuse invalid settings, before anything is read.

        Raises:
            InputError: naming the option.
        """
        for step in self.steps:
            if step not in STEPS:
                raise InputError(f"steps=[{','.join(self.steps)}]: the steps are {', '.join(STEPS)}.")
        if self.workers < 1:
            raise InputError(f"workers={self.workers}: at least one command must run at a time.")
        self._check_tasks()
        size = self.size
        if size.seeds < 1:
            raise InputError(f"size.seeds={size.seeds}: at least one random order is needed beside the ranking.")
        if size.models < 2 or not 1 <= size.language_models <= size.models or not 1 <= size.studied <= size.models:
            raise InputError(
                f"size.models={size.models}, size.language_models={size.language_models}, size.studied={size.studied}: "
                "at least two translation models are needed, and at most as many of the others."
            )

    def _check_tasks(self) -> None:
        if not self.tasks:
            raise InputError("tasks= is empty: probes need labels of at least one kind, see configs/experiment/.")
        taken = (CROSS_MODEL, POSITION, *SINGLE)
        for name in self.tasks:
            if name in taken or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
                raise InputError(
                    f"tasks.{name}: a name consists of letters, digits, dots and dashes, and is not {', '.join(taken)}."
                )

    @property
    def folder(self) -> Path:
        """The folder of all its files, absolute."""
        return Path(self.out).absolute() / self.size.name / self.name

    @property
    def translation_models(self) -> list[str]:
        """Their names: ``1``, ``2``, …"""
        return [str(i + 1) for i in range(self.size.models)]

    @property
    def language_models(self) -> list[str]:
        """Their names: ``lm1``, ``lm2``, …"""
        return [f"lm{i + 1}" for i in range(self.size.language_models)]

    @property
    def models(self) -> list[str]:
        """All of them, translation models first."""
        return [*self.translation_models, *self.language_models]

    @property
    def languages(self) -> Languages:
        """Suffixes of the parallel files."""
        return Languages(self.src, self.tgt)

    @property
    def studied(self) -> list[str]:
        """The models that are probed and ablated, translation models first."""
        return self.translation_models[: self.size.studied] + self.language_models[: self.size.studied]

    @property
    def first(self) -> list[str]:
        """The first studied model of each kind."""
        return [self.translation_models[0], self.language_models[0]]

    def siblings(self, model: str) -> list[str]:
        """The models that a model is compared with: the others of its kind, or else the translation models."""
        kind = self.language_models if is_language_model(model) else self.translation_models
        others = [other for other in kind if other != model]
        return others or self.translation_models
