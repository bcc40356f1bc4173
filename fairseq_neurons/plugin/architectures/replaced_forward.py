"""Another method in place of a module's own, for the duration of a context."""

from contextlib import ExitStack, contextmanager
from typing import Any, Callable, ContextManager, Iterator

from torch import nn


@contextmanager
def replaced_forward(module: nn.Module, forward: Callable[..., Any], name: str = "forward") -> Iterator[None]:
    """Run ``forward`` instead of the module's own forward pass while the context lasts; hooks stay in place.

    Args:
        module: of which a method is replaced.
        forward: takes what the method takes.
        name: of the method.

    Raises:
        RuntimeError: if it is already replaced.
    """
    if name in vars(module):
        what = "forward pass" if name == "forward" else name
        raise RuntimeError(f"the {what} of this {type(module).__name__} is already replaced")
    setattr(module, name, forward)
    try:
        yield
    finally:
        delattr(module, name)


class WhileUsed:
    """A context that opens for the first of its users and closes after the last."""

    def __init__(self) -> None:
        self._users = 0
        self._opened = ExitStack()

    @contextmanager
    def used(self, open_context: Callable[[], ContextManager[Any]]) -> Iterator[None]:
        """Keep the context open.

        Args:
            open_context: makes it, if it is not open already.
        """
        if self._users == 0:
            self._opened.enter_context(open_context())
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                self._opened.close()
