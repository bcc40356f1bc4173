"""Warn of an experiment's models that do not translate: curves and rankings of them mean nothing."""

from __future__ import annotations

import logging

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.pipelines.recipes.translation_quality import LEAST_BLEU, best_validation

logger = logging.getLogger(__name__)


def warn_of_low_bleu(experiment: Experiment) -> None:
    """Name every ablated translation model whose BLEU is below ``LEAST_BLEU`` with no neuron masked."""
    for model in experiment.studied:
        if is_language_model(model):
            continue
        points = Curve.read(experiment.folder / "curves" / model).points
        bleu = next((point.score for point in points if point.neurons == 0), None)
        if bleu is not None and bleu < LEAST_BLEU:
            perplexity = best_validation(experiment.folder, model).perplexity
            logger.warning(
                "Model %s does not translate: BLEU %.2f with no neuron masked, validation perplexity %.4g. Its curves "
                "mean little; train on more text or for longer (size.epochs=).",
                *(model, bleu, perplexity),
            )
