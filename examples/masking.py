"""Mask one block of neurons after the other and report what is left of the translation.

python examples/masking.py models/1/checkpoint_best.pt bin/1
"""

from __future__ import annotations

import logging
import sys

from sacrebleu.metrics import BLEU

import fairseq_neurons as fn

logger = logging.getLogger(__name__)


def main(checkpoint: str, data: str) -> None:
    """Report BLEU with each block of neurons masked; both arguments as on fairseq's command line."""
    model = fn.load_model(checkpoint, data)
    references = model.references("test")
    bleu = BLEU(tokenize="none", force=True)

    def score() -> float:
        hypotheses = model.translate("test", max_len_a=2, max_len_b=10)
        return float(bleu.corpus_score(hypotheses, [references]).score)

    logger.info("%-16s BLEU %5.2f", "all neurons", score())
    for block in model.neurons.blocks:
        with model.masked(f"{block.name}.*"):
            logger.info("%-16s BLEU %5.2f", f"no {block.name}", score())


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s", force=True)
    logger.setLevel(logging.INFO)
    main(*sys.argv[1:])
