"""Names and indices of neurons: ``encoder.1.bwd.402`` <-> 1902."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class Block:
    """Consecutive neurons: the units of one part of one layer.

    Args:
        module: ``encoder`` or ``decoder``.
        layer: counted from 0 at the bottom.
        part: of the layer, a plain identifier that the model's architecture defines, for instance ``fwd`` and ``bwd``,
            the directions of an LSTM.
        size: number of units.
    """

    module: str
    layer: int
    part: str
    size: int

    @property
    def name(self) -> str:
        return f"{self.module}.{self.layer}.{self.part}"


@dataclass(frozen=True)
class Neurons:
    """All neurons of a model, block after block, in the column order of a dump.

    The paper's encoder (2 layers, 2 directions, 500 units) has 2,000 neurons; neuron 1902 is unit 402 of the
    backward direction of the upper layer.

    >>> encoder = Neurons.of(Block("encoder", layer, part, 500) for layer in (0, 1) for part in ("fwd", "bwd"))
    >>> len(encoder), encoder.name(1902), encoder.index("encoder.1.bwd.402")
    (2000, 'encoder.1.bwd.402', 1902)
    """

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Neurons:
        """The neurons of these blocks, in this order."""
        return cls(tuple(blocks))

    @classmethod
    def from_json(cls, blocks: Sequence[dict[str, Any]], source: str) -> Neurons:
        """Read the ``neurons`` list of a manifest or a ranking.

        Args:
            blocks: with ``module``, ``layer``, ``part`` and ``size``; files of format 1 call the part ``direction``.
            source: the file, for the error message.

        Raises:
            InputError: if the list is empty or contains an invalid block; the sentence names ``source``.
        """
        try:
            parsed = tuple(
                Block(str(b["module"]), int(b["layer"]), str(b["part" if "part" in b else "direction"]), int(b["size"]))
                for b in blocks
            )
        except (TypeError, KeyError, ValueError) as error:
            raise InputError(
                f"{source}: 'neurons' must be a list of blocks with module, layer, part and size."
            ) from error
        if not parsed or any(b.size < 1 or b.layer < 0 or not _is_plain(b.part) for b in parsed):
            raise InputError(
                f"{source}: 'neurons' is empty or contains an invalid block "
                "(invalid part, negative layer, or size below 1)."
            )
        return cls(parsed)

    def to_json(self) -> list[dict[str, Any]]:
        """The ``neurons`` list of a manifest or a ranking."""
        return [asdict(block) for block in self.blocks]

    def __len__(self) -> int:
        return sum(block.size for block in self.blocks)

    def __str__(self) -> str:
        return " + ".join(f"{block.name} ({block.size})" for block in self.blocks)

    def spans(self) -> Iterator[tuple[Block, slice]]:
        """Each block with the columns it owns."""
        start = 0
        for block in self.blocks:
            yield block, slice(start, start + block.size)
            start += block.size

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of every neuron, in index order."""
        return tuple(f"{block.name}.{unit}" for block in self.blocks for unit in range(block.size))

    @cached_property
    def _index_of(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.names)}

    def name(self, index: int) -> str:
        """``1902`` -> ``encoder.1.bwd.402``."""
        self._check(index)
        return self.names[index]

    def index(self, name: str) -> int:
        """``encoder.1.bwd.402`` (or ``1902``) -> 1902.

        Raises:
            InputError: if there is no such neuron.
        """
        if name.removeprefix("-").isdecimal():
            self._check(int(name))
            return int(name)
        if name not in self._index_of:
            raise InputError(f"There is no neuron {name!r} in this model; it has {self}.")
        return self._index_of[name]

    def select(self, patterns: str) -> NDArray[np.int64]:
        """The neurons that match a comma-separated list of indices, names and shell patterns.

        Args:
            patterns: for instance ``1902,encoder.1.bwd.*``.

        Returns:
            Sorted indices without repeats, int64, shape (n,).

        Raises:
            InputError: if an index is out of range or a name or pattern matches no neuron.
        """
        chosen: set[int] = set()
        for pattern in filter(None, (part.strip() for part in patterns.split(","))):
            if any(c in pattern for c in "*?["):
                matched = [i for i, name in enumerate(self.names) if fnmatch.fnmatchcase(name, pattern)]
                if not matched:
                    raise InputError(f"No neuron matches {pattern!r}; this model has {self}.")
                chosen.update(matched)
            else:
                chosen.add(self.index(pattern))
        if not chosen:
            raise InputError(f"{patterns!r} names no neuron.")
        return np.array(sorted(chosen), dtype=np.int64)

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise InputError(f"Neuron {index} is out of range: this model has neurons 0 to {len(self) - 1} ({self}).")


def _is_plain(part: str) -> bool:
    return part.isascii() and part.isidentifier()
