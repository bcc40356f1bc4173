"""What an experiment is: a corpus, sizes of models, labels of words, and what is measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

STEPS = ("text", "train", "dump", "rank", "probe", "ablate", "draw", "sum")


@dataclass
class Size:
    """How large the models are, how they are trained, and how many there are.

    Args:
        name: of the folder of its results.
        hidden: units of each direction of each layer, and of the language model; embeddings have as many.
        decoder_hidden: of the decoder's layers.
        rate: learning rate after the warm-up.
        dropout: probability.
        max_tokens: of a batch.
        epochs: of translation models at most; the best by validation loss is used.
        lm_epochs: of language models.
        patience: epochs without a better validation loss after which training ends.
        models: translation models, each trained on its own part of the text.
        language_models: likewise.
        studied: how many of the translation models are probed and ablated, and as many language models.
        seeds: of random orders of neurons.
        grid: penalties that Figure 2 tries, in the first model and task; small ones take the longest. None if empty.
    """

    name: str = MISSING
    hidden: int = 128
    decoder_hidden: int = 256
    rate: float = 2e-3
    dropout: float = 0.2
    max_tokens: int = 600
    epochs: int = 15
    lm_epochs: int = 10
    patience: int = 4
    models: int = 3
    language_models: int = 3
    studied: int = 3
    seeds: int = 3
    grid: list[float] = field(default_factory=lambda: [0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3])


@dataclass
class LabelTask:
    """A column of Table 1: labels of source words, and the text that they are of.

    Files are relative to the corpus folder. Without a text, the labels are of the translation models' own training and
    test text.

    Args:
        title: what the paper's tables call it, for instance ``EN POS``.
        train_labels: a file, a tagger or the name of a built-in labeler, for the words that train probes.
        test_labels: likewise for those that test them.
        train_text: the labelled text, if it is not the beginning of the training text.
        test_text: likewise.
        options: more of ``fairseq-neurons-probe``.
        shown: labels whose best single neurons Table 3 and Figure 3 show.
    """

    title: str = MISSING
    train_labels: str = MISSING
    test_labels: str = MISSING
    train_text: str | None = None
    test_text: str | None = None
    options: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


@dataclass
class Experiment:
    """One language pair at one size.

    Args:
        corpus: folder of the texts.
        out: folder of all experiments; this one's is ``out/SIZE/NAME``.
        name: of the experiment.
        src: suffix of the source files.
        tgt: suffix of the target files.
        train: prefix of the training files, relative to the corpus folder.
        valid: of the validation files.
        test: of the test files.
        threshold: words seen less often are unknown.
        arch: of the translation models.
        size: of the models.
        tasks: labels of words, by a short name.
        probe_sentences: how many of the training text train probes.
        points: how many neurons are clamped.
        sentences: source sentences of your own, with spaces between words, that Figure 3 colours.
        steps: which of ``STEPS`` are run; what is done already is left out.
        workers: how many commands are run at a time, each on one thread.
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
        """From the options of the command, nested as in its YAML.

        Raises:
            InputError: if there is no such step or fewer models than can be compared.
        """
        plain = {name: value for name, value in options.items() if name not in ("size", "tasks")}
        tasks = {name: LabelTask(**task) for name, task in options["tasks"].items()}
        experiment = cls(**plain, size=Size(**options["size"]), tasks=tasks)
        experiment.check()
        return experiment

    def check(self) -> None:
        """Refuse what cannot be, before anything is read.

        Raises:
            InputError: naming the option.
        """
        for step in self.steps:
            if step not in STEPS:
                raise InputError(f"steps=[{','.join(self.steps)}]: the steps are {', '.join(STEPS)}.")
        if self.workers < 1:
            raise InputError(f"workers={self.workers}: at least one command is run at a time.")
        self._check_tasks()
        size = self.size
        if size.seeds < 1:
            raise InputError(f"size.seeds={size.seeds}: at least one random order stands beside the ranking.")
        if size.models < 2 or not 1 <= size.language_models <= size.models or not 1 <= size.studied <= size.models:
            raise InputError(
                f"size.models={size.models}, size.language_models={size.language_models}, size.studied={size.studied}: "
                "at least two translation models are compared, and no others are more than they."
            )

    def _check_tasks(self) -> None:
        if not self.tasks:
            raise InputError("tasks= is empty: probes need labels of at least one kind, see configs/experiment/.")
        taken = (CROSS_MODEL, POSITION, *SINGLE)
        for name in self.tasks:
            if name in taken or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
                raise InputError(
                    f"tasks.{name}: a task is called by letters, digits, dots and dashes, and not {', '.join(taken)}."
                )

    @property
    def folder(self) -> Path:
        """Where all of it lies, absolute."""
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
        """Where a model's neurons are looked for: in those of its kind; a lone one's in the translation models."""
        kind = self.language_models if is_language_model(model) else self.translation_models
        others = [other for other in kind if other != model]
        return others or self.translation_models
