"""Switch off one layer after the other and see what is left of the translation.

python examples/masking.py models/1/checkpoint_best.pt bin/1
"""

from __future__ import annotations

import logging
import sys

from sacrebleu.metrics import BLEU

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import load_model, masked, neurons_of
from fairseq_neurons.plugin.evaluation import translate

logger = logging.getLogger(__name__)


def main(checkpoint: str, data: str) -> None:
    """Report BLEU without each block of neurons; both arguments as on fairseq's command line."""
    loaded = load_model(checkpoint, data)
    bleu = BLEU(tokenize="none", force=True)
    neurons = neurons_of(loaded.model)

    def score() -> float:
        hypotheses, references = translate(loaded, "test", max_len_a=2, max_len_b=10)
        return float(bleu.corpus_score(hypotheses, [references]).score)

    logger.info("%-16s BLEU %5.2f", "all neurons", score())
    for block in neurons.blocks:
        with masked(loaded.model, Mask.of(neurons, neurons.select(f"{block.name}.*"))):
            logger.info("%-16s BLEU %5.2f", f"no {block.name}", score())


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s", force=True)
    logger.setLevel(logging.INFO)
    main(*sys.argv[1:])
