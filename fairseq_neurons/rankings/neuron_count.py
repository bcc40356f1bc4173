"""How many neurons a number or a percentage stands for."""

from __future__ import annotations

from fairseq_neurons.errors import InputError


def neuron_count(text: str, total: int, option: str) -> int:
    """Read a number of neurons (``50``) or a percentage (``2.5%``).

    Args:
        text: as the user wrote it.
        total: number of neurons of the model.
        option: for the error message, the option with which the text begins, for instance ``--mask-top``.

    Returns:
        The number; a percentage is rounded to the nearest whole neuron, and to at least one unless it is 0%.

    Raises:
        InputError: if the text is neither, or more than ``total``.
    """
    share = text.strip().endswith("%")
    try:
        number = float(text.strip().removesuffix("%")) if share else int(text)
    except ValueError as error:
        raise InputError(f"{option} {text}: give a number of neurons (50) or a percentage (2.5%).") from error
    if share and not 0 <= number <= 100:
        raise InputError(f"{option} {text}: a percentage lies between 0% and 100%.")
    if not share and not 0 <= number <= total:
        raise InputError(f"{option} {text}: this model has {total} neurons.")
    if not share:
        return int(number)
    return max(1, round(total * number / 100)) if number else 0
