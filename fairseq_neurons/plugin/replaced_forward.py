"""Another forward pass in a module's place, for a while."""

from contextlib import contextmanager
from typing import Any, Callable, Iterator

from torch import nn

from fairseq_neurons.errors import InputError


def is_replaced(module: nn.Module) -> bool:
    """Whether a module's forward pass is another than its class's."""
    return "forward" in vars(module)


@contextmanager
def replaced_forward(module: nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    """Run ``forward`` for the module's own while the context lasts; hooks stay in place.

    Raises:
        InputError: if it is replaced already.
    """
    if is_replaced(module):
        raise InputError("This model is masked already: leave the first mask before entering another.")
    module.forward = forward
    try:
        yield
    finally:
        del module.forward
