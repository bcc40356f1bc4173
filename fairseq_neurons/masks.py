"""A mask as a value: which neurons are clamped, to what, where, and at which words. The plugin applies it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking

Site = Literal["recurrent", "output"]
SITES = ("recurrent", "output")


@dataclass(frozen=True)
class ChosenWords:
    """The words of a data set at which a mask holds; at all others its neurons are free.

    Args:
        held: bool (positions,), sentence after sentence in the order of the data set: whether the mask holds there.
            Every subword has a position, and so has the end-of-sentence symbol.
        offsets: int64 (sentences + 1,); sentence s owns ``held[offsets[s]:offsets[s + 1]]``.
        chosen_by: what the words were chosen by, for the signature.
    """

    held: np.ndarray
    offsets: np.ndarray
    chosen_by: str = "given"

    @classmethod
    def of(cls, sentences: Iterable[np.ndarray], chosen_by: str = "given") -> ChosenWords:
        """From one bool (positions,) a sentence."""
        parts = [np.asarray(held, dtype=bool) for held in sentences]
        offsets = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        return cls(np.concatenate([np.zeros(0, dtype=bool), *parts]), offsets, chosen_by)

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.offsets) - 1

    def sentence(self, index: int) -> np.ndarray:
        """Bool (positions,) of one sentence."""
        return self.held[self.offsets[index] : self.offsets[index + 1]]

    @property
    def signature(self) -> str:
        """What the words were chosen by; the part behind the ``@`` tells choices of the same patterns apart."""
        content = hashlib.sha256(self.offsets.astype("<i8").tobytes() + np.packbits(self.held).tobytes())
        return f"words:{self.chosen_by}@{content.hexdigest()[:8]}"


@dataclass(frozen=True)
class Mask:
    """Neurons held at constant values.

    Args:
        neurons: of the model the mask is for.
        indices: int64 (n,), sorted, each once.
        values: float32 (n,), what each is held at.
        site: ``recurrent`` clamps the hidden state inside the recurrence: the value also feeds the next step.
            ``output`` clamps only what the layer hands on: to the layer above, the attention and the decoder's start.
            The cell state is left alone by both.
        chosen_by: how the neurons were chosen and valued, for the signature.
        words: where the mask holds; None is from before the first word to the end of every sentence.
    """

    neurons: Neurons
    indices: np.ndarray
    values: np.ndarray
    site: Site = "recurrent"
    chosen_by: str = "neurons:given|value:given"
    words: ChosenWords | None = None

    def __post_init__(self) -> None:
        if self.site not in SITES:
            raise InputError(f"There is no mask site {self.site!r}; the sites are {' and '.join(SITES)}.")
        if self.indices.shape != self.values.shape or (np.diff(self.indices) <= 0).any():
            raise InputError("A mask needs sorted indices, each once, and one value for each.")
        if len(self.indices) and not 0 <= self.indices[0] <= self.indices[-1] < len(self.neurons):
            raise InputError(f"A masked neuron is out of range: this model has neurons 0 to {len(self.neurons) - 1}.")
        if not np.isfinite(self.values).all():
            raise InputError("A mask's values must be finite numbers.")

    @classmethod
    def of(
        cls,
        neurons: Neurons,
        indices: np.ndarray,
        value: float | str | np.ndarray = 0.0,
        site: Site = "recurrent",
        means: np.ndarray | None = None,
        chosen_by: str = "neurons:given",
        words: ChosenWords | None = None,
    ) -> Mask:
        """A mask of some neurons, all held at one number or each at its own.

        Args:
            neurons: of the model.
            indices: (n,) in any order.
            value: ``zero``, ``mean``, a number, or (neurons,) a number for each neuron of the model, masked or not.
            site: ``recurrent`` or ``output``.
            means: (neurons,) what ``mean`` stands for.
            chosen_by: how the neurons were chosen, for the signature.
            words: where the mask holds; everywhere if None.

        Raises:
            InputError: if the value is none of these, or ``mean`` comes without means.
        """
        indices = np.unique(np.asarray(indices, dtype=np.int64))
        chosen_by = f"{chosen_by}|value:{'given' if isinstance(value, np.ndarray) else value}"
        if isinstance(value, np.ndarray):
            values = _of_each(neurons, indices, value)
        elif value == "mean":
            if means is None:
                raise InputError("The value 'mean' needs the means of a dump (--mask-means).")
            values = _of_each(neurons, indices, means)
        else:
            values = np.full(len(indices), _number(value), dtype=np.float32)
        return cls(neurons, indices, values, site, chosen_by, words)

    @property
    def signature(self) -> str:
        """The settings that made the mask, sacreBLEU style; ``id`` tells masks of equal settings apart."""
        content = hashlib.sha256(self.indices.astype("<i8").tobytes() + self.values.astype("<f4").tobytes())
        where = f"|{self.words.signature}" if self.words else ""
        return f"masked:{len(self.indices)}|site:{self.site}|{self.chosen_by}{where}|id:{content.hexdigest()[:8]}"


def amount(text: str, total: int, flag: str) -> int:
    """``50`` -> 50 neurons; ``2.5%`` -> that share of them, to the nearest whole neuron, at least one if not 0%.

    Raises:
        InputError: if the text is neither, or more than there is.
    """
    share = text.strip().endswith("%")
    try:
        number = float(text.strip().removesuffix("%")) if share else int(text)
    except ValueError as error:
        raise InputError(f"{flag} {text}: give a number of neurons (50) or a percentage (2.5%).") from error
    if share and not 0 <= number <= 100:
        raise InputError(f"{flag} {text}: a percentage lies between 0% and 100%.")
    if not share and not 0 <= number <= total:
        raise InputError(f"{flag} {text}: this model has {total} neurons.")
    if not share:
        return int(number)
    return max(1, round(total * number / 100)) if number else 0


def select(
    neurons: Neurons,
    patterns: str | None = None,
    ranking: Ranking | None = None,
    top: str | None = None,
    bottom: str | None = None,
    invert: bool = False,
) -> tuple[np.ndarray, str]:
    """The neurons that the mask flags choose.

    Args:
        neurons: of the model.
        patterns: ``--mask-neurons``: indices, names and patterns, separated by commas.
        ranking: ``--mask-ranking``, with exactly one of
        top: ``--mask-top``: a number of neurons or a percentage, and
        bottom: ``--mask-bottom``: likewise, from the other end.
        invert: ``--mask-invert``: all the others instead.

    Returns:
        Sorted indices (n,) and how they were chosen, for the signature.

    Raises:
        InputError: if the flags contradict each other, or the ranking is of another model's neurons.
    """
    if (patterns is None) == (ranking is None):
        raise InputError("A mask takes either --mask-neurons or --mask-ranking.")
    if patterns is not None:
        if top is not None or bottom is not None:
            raise InputError("--mask-top and --mask-bottom need --mask-ranking, not --mask-neurons.")
        chosen, how = neurons.select(patterns), f"neurons:{patterns}"
    else:
        assert ranking is not None
        chosen, how = _from_ranking(neurons, ranking, top, bottom)
    if invert:
        return np.setdiff1d(np.arange(len(neurons)), chosen), how + "|inverted:yes"
    return np.sort(chosen), how


def _from_ranking(neurons: Neurons, ranking: Ranking, top: str | None, bottom: str | None) -> tuple[np.ndarray, str]:
    if ranking.neurons != neurons:
        raise InputError(f"The ranking is of other neurons ({ranking.neurons}) than this model's ({neurons}).")
    if (top is None) == (bottom is None):
        raise InputError("--mask-ranking needs either --mask-top or --mask-bottom.")
    if top is not None:
        return ranking.top(amount(top, len(neurons), "--mask-top")), f"ranking:{ranking.method}|top:{top}"
    assert bottom is not None
    return ranking.bottom(amount(bottom, len(neurons), "--mask-bottom")), f"ranking:{ranking.method}|bottom:{bottom}"


def _of_each(neurons: Neurons, indices: np.ndarray, values: np.ndarray) -> np.ndarray:
    if np.shape(values) != (len(neurons),):
        raise InputError(f"Values of single neurons are one for each of the model's {len(neurons)}.")
    # What is out of range is refused by the mask, in a sentence of its own.
    return np.asarray(values, dtype=np.float32).take(indices, mode="clip")


def _number(value: float | str) -> float:
    try:
        return 0.0 if value == "zero" else float(value)
    except ValueError as error:
        raise InputError(f"A mask's value is zero, mean or a number, not {value!r}.") from error
