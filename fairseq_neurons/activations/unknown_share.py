"""State how many words of a text a model does not know."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)

# Above this share, the text is probably in another language, or tokenised in another way, than the training data.
MOST = 0.1


def report_unknown(name: str, unknown: int, words: int, only_many: bool = False) -> None:
    """State how many words are unknown; a warning above 10 %.

    Args:
        name: of the text.
        unknown: words that the dictionary lacks, or of which it lacks a subword.
        words: in all.
        only_many: say nothing below 10 %.
    """
    share = unknown / words if words else 0.0
    counted = f"{name}: {unknown} of {words} words are unknown to the model ({100 * share:.1f} %)"
    if share > MOST:
        logger.warning("%s; is the text tokenised as the training data, in the same language and case?", counted)
    elif not only_many:
        logger.info("%s", counted)
