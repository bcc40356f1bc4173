"""What is asked of an ablation: one set of options for the command and for Python."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, fields
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import SITES

METRICS = ("bleu", "perplexity", "control")
ORDERS = ("top", "bottom", "random")
TESTS = ("bootstrap", "approximate-randomization")
POINTS = ("0%", "2.5%", "5%", "10%", "20%", "40%")
OF_TRANSLATIONS = ("beam", "lenpen", "max_len_a", "max_len_b", "reference", "tokenize", "test")
NEEDED_FOR_CONTROL = ("labels", "at", "to", "outcome")
OF_CONTROL = (*NEEDED_FOR_CONTROL, "column", "means_labels", "strength")

OF_OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    "bleu": {"control": OF_CONTROL},
    "perplexity": {"bleu": OF_TRANSLATIONS, "control": OF_CONTROL},
    "control": {"bleu": ("test", "samples")},
}


@dataclass
class AblationSettings:
    """Which model, which neurons, and what is measured.

    Args:
        checkpoint: of the model.
        data: its data folder.
        rankings: files of the rankings, all of this model.
        out: folder of the curve; an unfinished or smaller one of the same settings is continued.
        subset: of the data.
        metric: ``bleu``; ``perplexity``, of a language model, or of a translation model by forced decoding; or
            ``control``: how many translations change their label when neurons are held at words of that label alone.
        points: how many neurons are clamped, numbers (50) or percentages (2.5%).
        order: from which ends of each ranking: ``top``, ``bottom``; or ``random``.
        seeds: how many random orders; seeds 1 to that many, the same for every ranking.
        value: ``zero``, ``mean`` or a number, what the neurons are held at.
        means: the dump whose means ``mean`` stands for.
        site: ``recurrent`` or ``output``, where they are held.
        beam: width of the search, as the next three only for translations and as in ``fairseq-generate``.
        lenpen: length penalty.
        max_len_a: a hypothesis has at most ``max_len_a * source + max_len_b`` words: bounds models that never end.
        max_len_b: likewise.
        max_tokens: of a batch; by default as many as suit the metric.
        reference: raw text, a line a sentence; by default the data's own targets, with unknown words as ``<<unk>>``.
        tokenize: sacreBLEU's tokenizer.
        workers: processes that share the points; by default the number of cores, or one on a GPU.
        test: ``bootstrap`` or ``approximate-randomization``, sacreBLEU's paired tests (perplexity: a paired permutation
            test).
        samples: resamples of the tests and intervals.
        labels: of control, as all that follow: a file of one label a source word of the subset.
        at: the label at whose words the neurons are held; the translations should lose it.
        to: the label that they should have instead.
        outcome: a file that tells the label of a translation: on each line a word of the target language, a
            tabulator and a label; words with several labels are ignored.
        means_labels: labels of the words of ``means``, a file or a labeler: ``value=mean`` is then the mean over those
            with the label ``to``.
        strength: 1 for that mean, 2 for twice as far from the mean over the words with the label ``at``.
        column: of CoNLL-U label files, see `labels.read_column`.
    """

    checkpoint: str
    data: str
    rankings: list[str]
    out: str
    subset: str = "test"
    metric: str = "bleu"
    points: list[Any] = field(default_factory=lambda: list(POINTS))
    order: list[str] = field(default_factory=lambda: list(ORDERS))
    seeds: int = 3
    value: Any = "zero"
    means: str | None = None
    site: str = "recurrent"
    beam: int = 5
    lenpen: float = 1.0
    max_len_a: float = 0.0
    max_len_b: int = 200
    max_tokens: int | None = None
    reference: str | None = None
    tokenize: str = "none"
    workers: int | None = None
    test: str = "bootstrap"
    samples: int = 1000
    labels: str | None = None
    at: str | None = None
    to: str | None = None
    outcome: str | None = None
    means_labels: str | None = None
    strength: float = 1.0
    column: str | None = None

    def check(self) -> None:
        """Refuse what cannot be, before anything is read.

        Raises:
            InputError: naming the option.
        """
        self._check_choices()
        for name in ("seeds", "beam", "max_tokens", "workers", "samples"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise InputError(f"{name}={number}: give at least 1.")
        if not math.isfinite(self.lenpen):
            raise InputError(f"lenpen={self.lenpen}: give a finite number.")
        if self.max_len_a < 0 or self.max_len_b < 0 or max(self.max_len_a, self.max_len_b) < 1:
            raise InputError(f"max_len_a={self.max_len_a}, max_len_b={self.max_len_b}: a hypothesis has some length.")
        if (self.held_at == "mean") != (self.means is not None):
            raise InputError("value=mean and means=DUMP go together: the means are those of a dump.")
        self._check_metric()

    @property
    def held_at(self) -> float | str:
        """``value``, spelled in one way: ``zero``, ``mean`` or another number.

        Raises:
            InputError: if it is none of these.
        """
        if self.value in ("zero", "mean"):
            return str(self.value)
        try:
            number = float(self.value)
        except (TypeError, ValueError) as error:
            raise InputError(f"value={self.value}: neurons are held at zero, mean or a number.") from error
        if not math.isfinite(number):
            raise InputError(f"value={self.value}: give a finite number.")
        return number or "zero"

    def processes(self, gpu: bool) -> int:
        """How many processes measure.

        Args:
            gpu: whether the model runs on one.

        Raises:
            InputError: if more than one is asked for on a GPU.
        """
        if gpu and (self.workers or 1) > 1:
            raise InputError(f"workers={self.workers}: on a GPU one process measures all points.")
        return 1 if gpu else self.workers or len(os.sched_getaffinity(0))

    def _check_choices(self) -> None:
        for name, choices in {"metric": METRICS, "site": SITES, "test": TESTS}.items():
            if getattr(self, name) not in choices:
                raise InputError(f"{name}={getattr(self, name)}: the choices are {', '.join(choices)}.")
        for name in ("rankings", "points", "order"):
            given = getattr(self, name)
            if not given or len(set(map(str, given))) < len(given):
                raise InputError(f"{name}={_shown(given)}: give at least one, and each once.")
        for order in self.order:
            if order not in ORDERS:
                raise InputError(f"order={_shown(self.order)}: the choices are {', '.join(ORDERS)}.")

    def _check_metric(self) -> None:
        defaults = {item.name: item.default for item in fields(self)}
        for metric, names in OF_OTHERS[self.metric].items():
            for name in names:
                if getattr(self, name) != defaults[name]:
                    given = f"{name}={getattr(self, name)}"
                    raise InputError(f"{given} is for metric={metric}; metric={self.metric} has none.")
        if self.metric == "control":
            self._check_control()

    def _check_control(self) -> None:
        for name in NEEDED_FOR_CONTROL:
            if not getattr(self, name):
                raise InputError(f"metric=control needs {', '.join(NEEDED_FOR_CONTROL)}; {name}= is missing.")
        if self.at == self.to:
            raise InputError(f"at={self.at}, to={self.to}: give two different labels.")
        if self.means_labels is not None and self.means is None:
            raise InputError("means_labels= gives the labels of a dump; means=DUMP with value=mean says which.")
        if not math.isfinite(self.strength) or (self.strength != 1 and self.means_labels is None):
            raise InputError(f"strength={self.strength}: a finite number, of the means that means_labels= tells apart.")


def _shown(values: list[Any]) -> str:
    return f"[{','.join(map(str, values))}]"
