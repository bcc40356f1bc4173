"""Another forward pass in place of a module's own, for the duration of a context."""

from contextlib import contextmanager
from typing import Any, Callable, Iterator

from torch import nn


@contextmanager
def replaced_forward(module: nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    """Run ``forward`` instead of the module's own forward pass while the context lasts; hooks stay in place.

    Raises:
        RuntimeError: if the forward pass is already replaced.
    """
    if "forward" in vars(module):
        raise RuntimeError(f"the forward pass of this {type(module).__name__} is already replaced")
    module.forward = forward
    try:
        yield
    finally:
        del module.forward
