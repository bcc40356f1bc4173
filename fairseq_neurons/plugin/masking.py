"""Apply a mask to a loaded model and take it away again."""

from contextlib import ExitStack, contextmanager
from typing import Any, Dict, FrozenSet, Iterator, Tuple
from weakref import WeakKeyDictionary

import torch
from torch import nn

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import Adapter, Layer, adapter_for
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits, NotedBatch, NotedWords
from fairseq_neurons.same_model import check_same_neurons

# Model -> layer's name -> what is masked in it at present.
_MASKED: "WeakKeyDictionary[nn.Module, Dict[str, MaskedUnits]]" = WeakKeyDictionary()


@contextmanager
def masked(model: nn.Module, mask: Mask) -> Iterator[nn.Module]:
    """Mask neurons of a model while the context lasts.

    No parameter is changed, and on leaving, also by an exception, nothing of the mask is left. A mask at chosen words
    must know of every batch before the model reads it: see `note_batch`.

    Args:
        model: a loaded model of an architecture that has neurons.
        mask: of this model's neurons.

    Yields:
        The same model.

    Raises:
        InputError: if the mask is of other neurons, the model does not have its site, or a layer is already masked.

    >>> with masked(loaded.model, Mask.of(neurons_of(loaded.model), [1902])):  # doctest: +SKIP
    ...     loaded.translate("test")
    """
    adapter = adapter_for(model)
    check_same_neurons(("The mask", mask.neurons), ("this model", adapter.neurons))
    check_site(model, mask.site)
    with ExitStack() as stack:
        for layer, units in _masked_units(adapter, mask):
            stack.enter_context(_masked_layer(model, layer, units))
        yield model


def note_batch(model: nn.Module, sample: Dict[str, Any]) -> None:
    """Announce the sentences that the model reads next to a mask at chosen words; does nothing without such a mask.

    Args:
        model: masked or not.
        sample: as collated by fairseq, with ``id`` and ``net_input.src_lengths``.

    Raises:
        RuntimeError: if the sentences are not those of the data set in which the words were chosen.
    """
    waiting = [units.at for units in _MASKED.get(model, {}).values() if units.at is not None]
    if waiting and "net_input" in sample:
        batch = adapter_for(model).batch(sample)
        noted = {id(at.words): NotedBatch.of(at.words, sample["id"], batch) for at in waiting}
        for at in waiting:
            at.note(noted[id(at.words)])


def neurons_of(model: nn.Module) -> Neurons:
    """The neurons of a loaded model, in the column order of its dumps.

    Raises:
        InputError: if its architecture is not registered.
    """
    return adapter_for(model).neurons


def check_site(model: nn.Module, site: str) -> None:
    """Refuse a mask site that a model does not have.

    Raises:
        InputError: naming the sites that it has.
    """
    sites = adapter_for(model).sites
    if site not in sites:
        raise InputError(f"This model has no mask site {site!r}; its sites are {' and '.join(sites)}.")


def masked_layers(model: nn.Module) -> FrozenSet[str]:
    """The names of the layers of which units are masked at present."""
    return frozenset(_MASKED.get(model, {}))


def _masked_units(adapter: Adapter, mask: Mask) -> Iterator[Tuple[Layer, MaskedUnits]]:
    """The layers of which the mask has neurons."""
    start = 0
    for layer in adapter.layers:
        inside = (mask.indices >= start) & (mask.indices < start + layer.size)
        if inside.any():
            units = torch.from_numpy(mask.indices[inside] - start)
            chosen = torch.zeros(layer.size, dtype=torch.bool).index_fill(0, units, True)
            values = torch.zeros(layer.size).index_copy(0, units, torch.from_numpy(mask.values[inside]))
            at = None if mask.words is None else NotedWords(mask.words)
            yield layer, MaskedUnits(chosen, values, mask.site, at)
        start += layer.size


@contextmanager
def _masked_layer(model: nn.Module, layer: Layer, units: MaskedUnits) -> Iterator[None]:
    if layer.name in masked_layers(model):
        raise InputError("This model is masked already: leave the first mask before entering another.")
    if units.site not in layer.sites:
        raise InputError(f"{layer.name} cannot be masked at {units.site!r}; its sites are {' and '.join(layer.sites)}.")
    with layer.masked(units):
        # Kept here, too: a model may be collected with its mask, and its entry with it, before this context ends.
        masks = _MASKED.setdefault(model, {})
        masks[layer.name] = units
        try:
            yield
        finally:
            del masks[layer.name]
