"""A mask as a value: which neurons are masked, at which values, where and at which words. The plugin applies it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons


@dataclass(frozen=True)
class ChosenWords:
    """The words of a data set at which neurons are masked; at all other words they are free.

    Args:
        masked: bool (positions,), sentence after sentence in the order of the data set: whether the neurons are masked
            there. Every subword has a position, and so has the end-of-sentence symbol.
        offsets: int64 (sentences + 1,); sentence s owns ``masked[offsets[s]:offsets[s + 1]]``.
        chosen_by: how the words were chosen, for the signature.
    """

    masked: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    chosen_by: str = "given"

    @classmethod
    def of(cls, sentences: Iterable[NDArray[np.bool_]], chosen_by: str = "given") -> ChosenWords:
        """From one bool array (positions,) for each sentence."""
        parts = [np.asarray(masked, dtype=bool) for masked in sentences]
        offsets = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        return cls(np.concatenate([np.zeros(0, dtype=bool), *parts]), offsets, chosen_by)

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.offsets) - 1

    def sentence(self, index: int) -> NDArray[np.bool_]:
        """Where the neurons are masked in one sentence: bool (positions,)."""
        return self.masked[self.offsets[index] : self.offsets[index + 1]]

    @property
    def signature(self) -> str:
        """How the words were chosen; the part behind the ``@`` distinguishes choices made by the same patterns."""
        content = hashlib.sha256(self.offsets.astype("<i8").tobytes() + np.packbits(self.masked).tobytes())
        return f"words:{self.chosen_by}@{content.hexdigest()[:8]}"


@dataclass(frozen=True)
class Mask:
    """Neurons set to constant values.

    Args:
        neurons: in which the indices count: all blocks of the model or some of them.
        indices: int64 (n,), sorted, each once.
        values: float32 (n,), the mask value of each.
        site: where the values are set, one of the sites that the model's architecture defines. ``recurrent`` sets the
            hidden state of an LSTM inside the recurrence, so that the value also feeds the next step; ``output`` sets
            only what the layer hands on: to the layer above, the attention and the decoder's start. Neither changes
            the cell state. ``context`` sets only what the decoder's attention reads of the top encoder layer (Bau et
            al. 2019, "Identifying and Controlling Important Neurons in Neural Machine Translation"). ``auto`` becomes
            ``recurrent`` if a masked neuron is a hidden state of an LSTM, and ``output`` otherwise.
        chosen_by: how the neurons and values were chosen, for the signature.
        words: the words at which the neurons are masked; None is from before the first word to the end of every
            sentence.
    """

    neurons: Neurons
    indices: NDArray[np.int64]
    values: NDArray[np.float32]
    site: str = "auto"
    chosen_by: str = "neurons:given|value:given"
    words: ChosenWords | None = None

    def __post_init__(self) -> None:
        if self.indices.shape != self.values.shape or (np.diff(self.indices) <= 0).any():
            raise InputError("A mask needs sorted indices, each once, and one value per index.")
        if len(self.indices) and not 0 <= self.indices[0] <= self.indices[-1] < len(self.neurons):
            raise InputError(f"A masked neuron is out of range: this model has neurons 0 to {len(self.neurons) - 1}.")
        if not np.isfinite(self.values).all():
            raise InputError("Mask values must be finite numbers.")
        object.__setattr__(self, "site", site_of(self.neurons, self.site, self.indices))

    @classmethod
    def of(
        cls,
        neurons: Neurons,
        indices: NDArray[np.int64],
        value: float | str | NDArray[np.floating[Any]] = 0.0,
        site: str = "auto",
        means: NDArray[np.floating[Any]] | None = None,
        chosen_by: str = "neurons:given",
        words: ChosenWords | None = None,
    ) -> Mask:
        """Mask some neurons, all at one value or each at its own.

        Args:
            neurons: in which the indices count.
            indices: (n,) in any order.
            value: ``zero``, ``mean``, a number, or (neurons,) a number for each of ``neurons``, masked or not.
            site: see :class:`Mask`; the model checks it when the mask is applied.
            means: (neurons,) the mean of each of ``neurons``, for the value ``mean``.
            chosen_by: how the neurons were chosen, for the signature.
            words: at which the neurons are masked; everywhere if None.

        Raises:
            InputError: if the value is invalid, or ``mean`` comes without ``means``.
        """
        indices = np.unique(np.asarray(indices, dtype=np.int64))
        chosen_by = f"{chosen_by}|value:{'given' if isinstance(value, np.ndarray) else value}"
        if isinstance(value, np.ndarray):
            values = _of_each(neurons, indices, value)
        elif value == "mean":
            if means is None:
                raise InputError(f"The mask value 'mean' needs `means`: one number per neuron of {neurons.summary}.")
            values = _of_each(neurons, indices, means)
        else:
            values = np.full(len(indices), _number(value), dtype=np.float32)
        return cls(neurons, indices, values, site, chosen_by, words)

    @property
    def digest(self) -> str:
        """SHA-256 of the neurons and their values, whatever the site and words."""
        content = self.indices.astype("<i8").tobytes() + self.values.astype("<f4").tobytes()
        if not all(block.is_recurrent for block in self.neurons.blocks):
            # Rankings of several parts of a model have equal indices. Those of LSTMs keep the digests they have had.
            content += ",".join(f"{block.name}:{block.size}" for block in self.neurons.blocks).encode()
        return hashlib.sha256(content).hexdigest()

    @property
    def signature(self) -> str:
        """The settings that made the mask, as in sacreBLEU; ``id`` distinguishes masks of equal settings."""
        where = f"|{self.words.signature}" if self.words else ""
        return f"masked:{len(self.indices)}|site:{self.site}|{self.chosen_by}{where}|id:{self.digest[:8]}"


def site_of(neurons: Neurons, site: str, indices: NDArray[np.int64] | None = None) -> str:
    """The site that ``auto`` stands for; any other as it is.

    Args:
        neurons: in which the indices count.
        site: see :class:`Mask`.
        indices: (n,) of the masked neurons; by default, or if there are none, all.
    """
    if site != "auto":
        return site
    within = indices if indices is not None and len(indices) else np.arange(len(neurons))
    touched = [block for block, span in neurons.spans() if ((within >= span.start) & (within < span.stop)).any()]
    return "recurrent" if any(block.is_recurrent for block in touched) else "output"


def _of_each(neurons: Neurons, indices: NDArray[np.int64], values: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    if np.shape(values) != (len(neurons),):
        raise InputError(f"`value` must have shape ({len(neurons)},): one number per neuron of {neurons.summary}.")
    # The mask itself refuses indices that are out of range.
    return np.asarray(values, dtype=np.float32).take(indices, mode="clip")


def _number(value: float | str) -> float:
    try:
        return 0.0 if value == "zero" else float(value)
    except ValueError as error:
        raise InputError(f"A mask value must be zero, mean or a number, not {value!r}.") from error
