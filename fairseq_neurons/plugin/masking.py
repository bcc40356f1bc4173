"""Apply a mask to a loaded model and take it away again."""

from contextlib import ExitStack, contextmanager
from typing import Any, Dict, FrozenSet, Iterator, Tuple
from weakref import WeakKeyDictionary

import torch
from torch import nn

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import Adapter, adapter_for
from fairseq_neurons.plugin.architectures.layer import Layer
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits, NotedBatch, NotedWords
from fairseq_neurons.plugin.model_neurons import ModelNeurons

# Model -> layer's name -> what is masked in it at present.
_MASKED: "WeakKeyDictionary[nn.Module, Dict[str, MaskedUnits]]" = WeakKeyDictionary()


@contextmanager
def masked(model: nn.Module, mask: Mask) -> Iterator[nn.Module]:
    """Mask neurons of a model while the context lasts.

    No parameter is changed, and on leaving, also by an exception, nothing of the mask is left. A mask at chosen words
    must know of every batch before the model reads it: see `note_batch`.

    Args:
        model: a loaded model of an architecture that has neurons.
        mask: of neurons of this model, wherever they are.

    Yields:
        The same model.

    Raises:
        InputError: if the mask is of other neurons, the model or a layer does not have its site, a layer is already
            masked, or words of the source are chosen for a layer that reads the target.

    >>> with masked(loaded.model, Mask.of(neurons_of(loaded.model), [1902])):  # doctest: +SKIP
    ...     loaded.translate("test")
    """
    check_mask(model, mask)
    with ExitStack() as stack:
        for layer, units in _masked_units(adapter_for(model), mask):
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
    """The neurons of a loaded model in the column order of its dumps, if these have the default states.

    Raises:
        InputError: if its architecture is not registered.
    """
    return adapter_for(model).neurons


def check_mask(model: nn.Module, mask: Mask, name: str = "The mask") -> None:
    """Refuse a mask that cannot be applied to a model.

    Args:
        model: of an architecture that has neurons.
        mask: of some neurons.
        name: of what has the neurons, for the message.

    Raises:
        InputError: if the model does not have these neurons or the site, a layer does not have the site, or words of
            the source are chosen for a layer that reads the target.
    """
    adapter = adapter_for(model)
    ModelNeurons.of(model).check(name, mask.neurons)
    if mask.site not in adapter.sites:
        raise InputError(f"This model has no mask site {mask.site!r}; {_listed(adapter.sites)}.")
    for layer, units in _masked_units(adapter, mask):
        if mask.site not in layer.sites:
            raise InputError(f"{layer.name} cannot be masked at {mask.site!r}; {_listed(layer.sites)}.")
        if units.at is not None and layer.side == "target":
            raise InputError(
                f"Words of the source are chosen, but {layer.name} reads the target: "
                "mask it at all words, or choose neurons of the encoder."
            )


def masked_layers(model: nn.Module) -> FrozenSet[str]:
    """The names of the layers of which units are masked at present."""
    return frozenset(_MASKED.get(model, {}))


def _masked_units(adapter: Adapter, mask: Mask) -> Iterator[Tuple[Layer, MaskedUnits]]:
    """The layers of which the mask has neurons."""
    spans = dict(mask.neurons.spans())
    for layer in adapter.layers_of(mask.neurons):
        chosen, values = torch.zeros(layer.size, dtype=torch.bool), torch.zeros(layer.size)
        for block, place in Neurons.of(layer.blocks).spans():
            columns = spans.get(block, slice(0, 0))
            inside = (mask.indices >= columns.start) & (mask.indices < columns.stop)
            units = torch.from_numpy(mask.indices[inside] - columns.start + place.start)
            chosen[units], values[units] = True, torch.from_numpy(mask.values[inside])
        if chosen.any():
            at = None if mask.words is None else NotedWords(mask.words)
            yield layer, MaskedUnits(chosen, values, mask.site, at)


def _listed(sites: Tuple[str, ...]) -> str:
    *others, last = sites
    return f"its sites are {', '.join(others)} and {last}" if others else f"its site is {last}"


@contextmanager
def _masked_layer(model: nn.Module, layer: Layer, units: MaskedUnits) -> Iterator[None]:
    if layer.name in masked_layers(model):
        raise InputError("This model is masked already: leave the first mask before entering another.")
    with layer.masked(units):
        # Kept here, too: a model may be collected with its mask, and its entry with it, before this context ends.
        masks = _MASKED.setdefault(model, {})
        masks[layer.name] = units
        try:
            yield
        finally:
            del masks[layer.name]
