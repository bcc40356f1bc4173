"""Which tasks and architectures a checkpoint may name: those whose configuration can be checked here."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any, Dict, Iterator, Tuple

from fairseq.models import ARCH_MODEL_REGISTRY, MODEL_REGISTRY, FairseqEncoderDecoderModel
from fairseq.tasks import TASK_REGISTRY, FairseqTask
from fairseq.tasks.language_modeling import LanguageModelingTask
from fairseq.tasks.translation import TranslationTask

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.architectures.adapter import has_no_neurons, is_registered
from fairseq_neurons.plugin.config_literals import check_config

# fairseq looks for the name of a task and of an architecture in either place.
NAMES = {"task": ("_name", "task"), "model": ("_name", "arch")}
KNOWN_TASKS = (TranslationTask, LanguageModelingTask)


def check_buildable(path: str, state: Dict[str, Any]) -> None:
    """Check that the task and the model of a checkpoint can be built, and that nothing in them is run as code.

    Args:
        path: of the checkpoint, for the message.
        state: its content, with ``cfg`` or ``args`` as plain data; fairseq uses ``args`` where there are both.

    Raises:
        InputError: if its task or its architecture is not known here, or its configuration is refused; see
            `check_config`.
    """
    for settings in (state.get("cfg"), state.get("args")):
        if settings is not None:
            check_config(path, settings)
    for part, name in _named(path, state):
        if part == "task":
            check_task(path, name)
        else:
            _check_architecture(path, name)


def check_same_kind(path: str, state: Dict[str, Any], task: FairseqTask) -> None:
    """Check that a translation model is read by a translation task, and a language model by one of language modelling.

    Args:
        path: of the checkpoint, for the message.
        state: its content, see `check_buildable`.
        task: that will read it.

    Raises:
        InputError: if fairseq would translate with a language model, from nothing, or the reverse.
    """
    for part, name in _named(path, state):
        if part == "task" and issubclass(TASK_REGISTRY[name], TranslationTask) != isinstance(task, TranslationTask):
            raise InputError(f"{path} was trained for the task {name!r}: give --task {name}, or one that extends it.")


def _named(path: str, state: Dict[str, Any]) -> Iterator[Tuple[str, str]]:
    """All names of tasks and architectures: (``task`` or ``model``, name)."""
    parts = [(part, state["cfg"].get(part)) for part in NAMES] if state.get("cfg") is not None else []
    if state.get("args") is not None:
        parts += [("task", {"task": "translation", **vars(state["args"])}), ("model", state["args"])]
    for part, settings in parts:
        known = isinstance(settings, (Mapping, Namespace))
        found = settings if isinstance(settings, Mapping) else vars(settings) if known else {}
        names = [found[key] for key in NAMES[part] if found.get(key) is not None]
        if not names or not all(isinstance(name, str) for name in names):
            raise InputError(f"{path} is not a fairseq checkpoint: it does not name its {_words(part)}.")
        for name in names:
            yield part, name[:100]


def check_task(path: str, name: str) -> None:
    """Check that a task translates or models a language.

    fairseq's own tasks that derive from these two are left out: what they evaluate and read is not known here.

    Args:
        path: of the checkpoint, for the message.
        name: of the task, as registered with fairseq.

    Raises:
        InputError: if it is another task.
    """
    task = TASK_REGISTRY.get(name)
    if task is None:
        raise InputError(f"{path} was trained with the task {name!r}, which is not known here.")
    if not issubclass(task, KNOWN_TASKS) or (task.__module__.startswith("fairseq.") and task not in KNOWN_TASKS):
        raise InputError(f"{path} was trained for the task {name!r}, not for translation or language_modeling.")


def _check_architecture(path: str, name: str) -> None:
    model = ARCH_MODEL_REGISTRY.get(name) or MODEL_REGISTRY.get(name)
    if model is None:
        raise InputError(f"{path} was trained with the architecture {name!r}, which is not known here.")
    if not is_registered(model):
        raise InputError(f"{path} was trained with the architecture {name!r}: {model.__name__} {has_no_neurons()}")


def check_translation_architecture(name: str) -> None:
    """Check that models of an architecture translate and have neurons.

    Raises:
        InputError: if it is unknown, or they do not.
    """
    model = ARCH_MODEL_REGISTRY.get(name)
    if model is None:
        raise InputError(f"arch={name}: fairseq has no such architecture, see fairseq-train --help.")
    if not is_registered(model):
        raise InputError(f"arch={name}: {model.__name__} {has_no_neurons()}")
    if not issubclass(model, FairseqEncoderDecoderModel):
        raise InputError(f"arch={name}: {model.__name__} does not translate.")


def _words(part: str) -> str:
    return "task" if part == "task" else "architecture"
