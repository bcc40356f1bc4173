"""Check that the weights of a checkpoint are numbers, and those of its architecture, before memory is taken for it."""

import copy
from argparse import Namespace
from collections.abc import Mapping
from typing import Any, Dict, Iterator, Tuple

import torch
from fairseq.tasks import FairseqTask
from torch import Tensor
from torch.overrides import TorchFunctionMode

from fairseq_neurons.errors import InputError

NO_MODEL = "describes no model that can be built"
MOST_POSITIONS = 300_000
# Memory that fairseq saves as it was found.
UNINITIALISED = "_float_tensor"
# Methods of tensors, and functions of ``torch.nn.init``.
WRITES = {
    "normal_",
    "uniform_",
    "trunc_normal_",
    "xavier_normal_",
    "xavier_uniform_",
    "kaiming_uniform_",
    "orthogonal_",
}
WRITES |= {"constant_", "zeros_", "ones_", "fill_", "zero_", "copy_"}


def check_weights(path: str, weights: Any) -> None:
    """Check that all weights are tensors of finite numbers.

    Args:
        path: of the checkpoint, for the message.
        weights: its ``model``.

    Raises:
        InputError: naming a weight that is not.
    """
    if not isinstance(weights, Mapping) or not weights:
        raise InputError(f"{path} is not a fairseq checkpoint: it has no weights.")
    for name, value in weights.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise InputError(f"{path} is not a fairseq checkpoint: a weight of it is not a named tensor.")
        if not _is_plain(value):
            raise InputError(f"{path} is not a fairseq checkpoint: {_shown(name)} is not an array of numbers.")
        if not name.endswith(UNINITIALISED) and not _is_finite(value):
            raise InputError(
                f"{path} has NaN or infinite weights, in {_shown(name)}: its training diverged, or it is broken."
            )


def check_fits(path: str, weights: Mapping, cfg: Any, task: FairseqTask) -> None:
    """Check that the weights are those of the architecture, by a model whose memory is never written to.

    Args:
        path: of the checkpoint, for the message.
        weights: its ``model``, as `check_weights` accepts it.
        cfg: its configuration; checked, see `check_buildable`.
        task: set up.

    Raises:
        InputError: if no model can be built, or one that has other weights.
    """
    _check_sizes(path, cfg.model, len(weights))
    try:
        with _OnlyShapes(), torch.random.fork_rng(devices=[]):
            model = FairseqTask.build_model(task, copy.deepcopy(cfg.model), from_checkpoint=True)
            model.load_state_dict(dict(weights), strict=True, model_cfg=copy.deepcopy(cfg.model))
    except Exception as error:  # whatever a model raises of settings that it was not made for
        raise InputError(f"{path} {NO_MODEL}: {_first_problem(error)}.") from error


class _OnlyShapes(TorchFunctionMode):
    """Write no weight, at random or from a checkpoint: memory that is not written to is not taken."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(function, "__name__", "") in WRITES:
            return args[0] if args else kwargs["tensor"]
        return function(*args, **kwargs)


def _check_sizes(path: str, settings: Any, weights: int) -> None:
    """Bound what takes time and memory to build: layers, each of which has a weight, and tables of positions."""
    for name, value in _fields(settings):
        count = value.count(",") + 1 if name.endswith("layers_to_keep") and isinstance(value, str) else _number(value)
        if "layers" in name and count > weights:
            raise InputError(f"{path} {NO_MODEL}: it has fewer weights than {_shown(name)}.")
        if ("positions" in name or name == "tokens_per_sample") and count > MOST_POSITIONS:
            raise InputError(f"{path} {NO_MODEL}: {_shown(name)} is larger than {MOST_POSITIONS:,}.")


def _fields(settings: Any) -> Iterator[Tuple[str, Any]]:
    found: Dict[Any, Any] = vars(settings) if isinstance(settings, Namespace) else dict(settings)
    for name, value in found.items():
        yield str(name), value
        if isinstance(value, (Mapping, Namespace)):
            yield from _fields(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _is_finite(value: Tensor) -> bool:
    """The sum is finite, which is read three times as fast, or each number is."""
    return bool(torch.isfinite(value.sum())) or bool(torch.isfinite(value).all())


def _is_plain(value: Tensor) -> bool:
    """Whether each number has its place in the memory of a tensor: a few bytes can claim to be any number of them."""
    if value.layout != torch.strided or value.is_quantized or value.is_meta or value.is_complex():
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _first_problem(error: Exception) -> str:
    """The first line of a message that says what is wrong; torch's first line of several does not."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return _shown(lines[1] if len(lines) > 1 and lines[0].startswith("Error(s) in loading") else lines[0])


def _shown(text: str) -> str:
    """A piece of text from the file, short enough for a sentence."""
    return text[:150].rstrip(".")
