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
from fairseq_neurons.storage.json_fields import Fields

# Of a block; a damaged size would fill the memory with names.
LARGEST = 1 << 31
# Parts whose state feeds the next step of its own layer: those of LSTMs.
RECURRENT_PARTS = ("fwd", "bwd")

# Blocks that a message lists one by one.
MOST_LISTED = 8


@dataclass(frozen=True)
class Block:
    """Consecutive neurons: the units of one part of one layer.

    Args:
        module: ``encoder`` or ``decoder``.
        layer: counted from 0 at the bottom.
        part: of the layer, a plain identifier that the model's architecture defines, for instance ``fwd`` and ``bwd``,
            the directions of an LSTM, or ``out`` and ``ffn`` of a transformer.
        size: number of units.
    """

    module: str
    layer: int
    part: str
    size: int

    @property
    def name(self) -> str:
        return f"{self.module}.{self.layer}.{self.part}"

    @property
    def is_recurrent(self) -> bool:
        """Whether its state feeds the next step of its own layer."""
        return self.part in RECURRENT_PARTS


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
            parsed = tuple(_block(Fields(block, source)) for block in blocks)
        except (TypeError, InputError) as error:
            raise InputError(
                f"{source}: 'neurons' must be a list of blocks with module, layer, part and size."
            ) from error
        if not parsed or any(not 1 <= b.size <= LARGEST or b.layer < 0 or not _is_plain(b.part) for b in parsed):
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
        """The blocks with their sizes; of many, layers in a row together: ``encoder.0-5.ffn (2048 each)``."""
        if len(self.blocks) <= MOST_LISTED:
            return " + ".join(f"{block.name} ({block.size})" for block in self.blocks)
        layers: dict[tuple[str, str, int], list[int]] = {}
        for block in self.blocks:
            layers.setdefault((block.module, block.part, block.size), []).append(block.layer)
        each = (
            f"{module}.{_runs(found)}.{part} ({size}{' each' if len(found) > 1 else ''})"
            for (module, part, size), found in layers.items()
        )
        return " + ".join(each)

    @property
    def summary(self) -> str:
        """The names of the blocks, layers in a row counted together: ``encoder.0-5.ffn, decoder.0.in``."""
        layers: dict[tuple[str, str], list[int]] = {}
        for block in self.blocks:
            layers.setdefault((block.module, block.part), []).append(block.layer)
        return ", ".join(f"{module}.{_runs(found)}.{part}" for (module, part), found in layers.items())

    def states(self, patterns: str | Sequence[str]) -> Neurons:
        """The blocks that match a list of names and shell patterns, in column order.

        Args:
            patterns: for instance ``encoder.*.ffn,encoder.*.out``, or a list of them.

        Raises:
            InputError: if a pattern matches no block.
        """
        listed = (patterns if isinstance(patterns, str) else ",".join(patterns)).split(",")
        chosen: set[Block] = set()
        for pattern in filter(None, (part.strip() for part in listed)):
            matched = [block for block in self.blocks if fnmatch.fnmatchcase(block.name, pattern)]
            if not matched:
                raise InputError(f"This model has no states {pattern!r}; it has {self.summary}.")
            chosen.update(matched)
        if not chosen:
            raise InputError(f"{patterns!r} names no states; this model has {self.summary}.")
        return Neurons.of(block for block in self.blocks if block in chosen)

    def columns_in(self, other: Neurons, source: str) -> NDArray[np.int64]:
        """Where these neurons are among others.

        Args:
            other: has all blocks of these neurons.
            source: what has the others, for the error message.

        Returns:
            int64 (neurons,), indices in ``other``.

        Raises:
            InputError: naming the blocks that are missing.
        """
        spans = dict(other.spans())
        if missing := Neurons.of(block for block in self.blocks if block not in spans).blocks:
            raise InputError(f"{source} has no states of {Neurons(missing).summary}; it has {other.summary}.")
        return np.concatenate([np.arange(spans[block].start, spans[block].stop) for block in self.blocks])

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


def _runs(numbers: Sequence[int]) -> str:
    """``[0, 1, 2, 4]`` -> ``0-2+4``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "+".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _block(fields: Fields) -> Block:
    """Files of format 1 call the part direction."""
    part = fields.required("part" if "part" in fields else "direction", str)
    module, layer, size = fields.required("module", str), fields.required("layer", int), fields.required("size", int)
    return Block(module, layer, part, size)


def _is_plain(part: str) -> bool:
    return part.isascii() and part.isidentifier()
