"""Stop a demo whose models do not translate, before it ranks and masks neurons that do nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.demo.demo_text import THIRDS
from fairseq_neurons.pipelines.demo.own_text import ADVISED_PAIRS
from fairseq_neurons.pipelines.recipes.translation_quality import (
    Validation,
    best_validation,
    logged_bleu,
    without_attention,
)
from fairseq_neurons.storage.files import read_lines

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quality:
    """How well the demo's translation models translate.

    Args:
        bleu: of the test set, by model.
        validation: the best of each.
        pairs: sentence pairs that all are trained on together.
        epochs: that each was trained for.
    """

    bleu: Mapping[str, float]
    validation: Mapping[str, Validation]
    pairs: int
    epochs: int

    @classmethod
    def read(cls, folder: Path, language: str, epochs: int) -> Quality:
        """Read the quality of trained models that have translated the test set."""
        bleu = {model: logged_bleu(folder / "logs" / f"generate{model}.log") for model in THIRDS}
        validation = {model: best_validation(folder, model) for model in THIRDS}
        return cls(bleu, validation, len(read_lines(folder / "text" / f"train.{language}", "text")), epochs)

    @property
    def high(self) -> dict[str, float]:
        """The models whose perplexity is far above that of the best."""
        return without_attention({model: best.perplexity for model, best in self.validation.items()})

    def check(self, least_bleu: float) -> None:
        """Refuse models that do not translate; warn of those without attention.

        Raises:
            InputError: with the reasons and what to change, if the BLEU of a model is below ``least_bleu``.
        """
        if all(score >= least_bleu for score in self.bleu.values()):
            for model in self.high:
                logger.warning("%s", _attention(model, self.validation))
            return
        scores = ", ".join(
            f"model {model} has BLEU {score:.2f} (validation perplexity {self.validation[model].perplexity:.4g})"
            for model, score in self.bleu.items()
        )
        raise InputError(
            f"The models do not translate, so that masking their neurons would show nothing: {scores}; "
            f"a BLEU of {least_bleu:g} is needed. {' '.join(self._advice())} "
            "Begin again with another out=; or see curves of these models with least_bleu=0."
        )

    def _advice(self) -> Iterator[str]:
        if self.pairs < ADVISED_PAIRS:
            each = self.pairs // len(THIRDS)
            yield (
                f"The text is probably too small: each model was trained on {each} sentence pairs, "
                f"and a corpus of at least {ADVISED_PAIRS} is advised."
            )
        for model in self.high:
            yield _attention(model, self.validation)
        late = [model for model, best in self.validation.items() if best.epoch >= self.epochs]
        if late:
            yield f"The perplexity still fell in the last epoch: train for longer, with epochs={2 * self.epochs}."
        elif not self.high:
            last = max(best.epoch for best in self.validation.values())
            yield (
                f"The perplexity fell until epoch {last} of {self.epochs}: "
                "give more text, or simpler text, or larger models with hidden=."
            )


def _attention(model: str, validation: Mapping[str, Validation]) -> str:
    best = min(one.perplexity for one in validation.values())
    return (
        f"Model {model} has probably formed no attention: its validation perplexity is "
        f"{validation[model].perplexity:.4g}, that of the best model {best:.4g}; "
        "another seed= or more epochs= may help."
    )
