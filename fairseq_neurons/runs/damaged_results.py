"""Results of ours that may be damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairseq_neurons.errors import InputError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell which result is damaged if a field of it is missing or of another kind.

    Args:
        path: the folder of the result.

    Raises:
        InputError: naming the folder; one that is raised meanwhile passes.
    """
    try:
        yield
    except InputError:
        raise
    except KeyError as error:
        raise InputError(f"{path} is damaged: a result in it lacks {error}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is damaged: a result in it is of the wrong kind ({error}).") from error
