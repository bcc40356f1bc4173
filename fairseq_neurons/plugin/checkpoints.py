"""Open checkpoints safely: only plain types are accepted, and no code in a pickle runs."""

import argparse
import pickle
import zipfile
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

import torch
from fairseq import checkpoint_utils, tasks
from fairseq.models import BaseFairseqModel
from fairseq.tasks import FairseqTask
from omegaconf import OmegaConf
from torch import Tensor

from fairseq_neurons.activations.subwords import check_subwords
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoint_bytes import check_bytes
from fairseq_neurons.plugin.checkpoint_weights import check_fits, check_weights
from fairseq_neurons.plugin.data_dictionaries import broken_dictionary, check_dictionary_files
from fairseq_neurons.plugin.fairseq_hydra import hydra_of_fairseq
from fairseq_neurons.plugin.known_models import check_buildable
from fairseq_neurons.plugin.older_checkpoints import upgraded, without_training
from fairseq_neurons.plugin.plain_arrays import OPENERS
from fairseq_neurons.plugin.trained_data import TrainedData

# fairseq stores its arguments as a Namespace: a bag of attributes, no code. Metrics may be NumPy's numbers.
torch.serialization.add_safe_globals([argparse.Namespace, *OPENERS])

# What the unpickler raises of bytes that are no pickle, or of a call with other arguments than its function has.
BROKEN = (RuntimeError, ValueError, EOFError, OSError, LookupError, TypeError, AttributeError, MemoryError)


class Loaded(NamedTuple):
    """A model ready for inference and the task that it was trained for: what the plugin's own functions take.

    Args:
        model: in evaluation mode.
        task: set up with the data folder.
        subwords: ``words``, ``bpe`` or ``sentencepiece`` to override what the symbols of its dictionaries suggest.
    """

    model: BaseFairseqModel
    task: FairseqTask
    subwords: Optional[str] = None


def check_checkpoint(path: str) -> Dict[str, Any]:
    """Open a checkpoint as plain data and check that fairseq wrote it, for a model that can be built here.

    fairseq's own commands open the file again with the default settings of ``torch.load``, which is safe after this
    check.

    Args:
        path: the file.

    Returns:
        Its content; tensors are memory-mapped where the file format allows it.

    Raises:
        InputError: if the file is missing, broken, not a checkpoint, contains more than plain types, or names a task or
            an architecture that is not known here, or a configuration that could run code.
    """
    state = open_checkpoint(path)
    check_buildable(path, state)
    return state


def open_checkpoint(path: str) -> Dict[str, Any]:
    """Open a checkpoint as plain data, whatever model it is of.

    Args:
        path: the file.

    Returns:
        Its content, with weights (``model``) and a configuration (``cfg``, ``args`` or both).

    Raises:
        InputError: if the file is missing, broken, not a checkpoint, or contains more than plain types.
    """
    if not Path(path).is_file():
        raise InputError(f"The checkpoint {path} does not exist or is not a file.")
    check_bytes(path)
    try:
        # A checkpoint of today is a zip file, which can be mapped: no tensor is read.
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path} is refused: it is not a checkpoint, or it contains more than tensors and plain values "
            "and could run code when opened."
        ) from error
    except BROKEN as error:
        raise InputError(f"{path} is not a checkpoint, or it is broken.") from error
    is_one = isinstance(state, dict) and isinstance(state.get("model"), dict)
    if not is_one or not (state.get("cfg") or state.get("args")):
        raise InputError(f"{path} is not a fairseq checkpoint: it lacks the model or its configuration.")
    if not isinstance(state.get("cfg", {}), (dict, type(None))):
        raise InputError(f"{path} is not a fairseq checkpoint: its configuration has no sections.")
    if not isinstance(state.get("args"), (argparse.Namespace, type(None))):
        raise InputError(f"{path} is not a fairseq checkpoint: its arguments are no Namespace.")
    return state


def check_dictionaries(path: str, state: Dict[str, Any], task: FairseqTask) -> None:
    """Check a data folder's dictionaries: their words, and that the checkpoint's embeddings have their sizes.

    Args:
        path: of the checkpoint, for the error message.
        state: its content.
        task: set up with the data folder.

    Raises:
        InputError: if the sizes differ, or a word has a blank in it: a dump would count two.
    """
    dictionaries = {"encoder": task.source_dictionary, "decoder": task.target_dictionary}
    for side, dictionary in dictionaries.items():
        if parted := next((word for word in dictionary.symbols if " " in word), None):
            raise InputError(f"A dictionary of {data_of(task)} is damaged: its word {parted!r} has a blank in it.")
        embedding = state["model"].get(f"{side}.embed_tokens.weight")
        if isinstance(embedding, Tensor) and embedding.ndim == 2 and len(embedding) != len(dictionary):
            raise InputError(
                f"{path} was trained with other dictionaries than those of the data folder {data_of(task)}: "
                f"{len(embedding)} and {len(dictionary)} words on the {side}'s side."
            )


def data_of(task: FairseqTask) -> str:
    """The data folder of a task."""
    return str((vars(task).get("args") or task.cfg).data)


def load_checkpoint(checkpoint: str, data: Optional[str] = None, subwords: Optional[str] = None) -> Loaded:
    """Load a checkpoint for inference, also one that an older version of fairseq wrote (``args`` instead of ``cfg``).

    Args:
        checkpoint: the file.
        data: the data folder with the dictionaries; by default the one that the model was trained on.
        subwords: see `Loaded`.

    Returns:
        The model in evaluation mode and its task.

    Raises:
        InputError: if the checkpoint is refused, its task or architecture is unknown, its weights are not finite or not
            those of its architecture, or its dictionaries are missing or of other sizes.
    """
    check_subwords(subwords)
    with hydra_of_fairseq():
        state = check_checkpoint(checkpoint)
        check_weights(checkpoint, state["model"])
        trained = TrainedData.of(state)
        state = _upgraded(checkpoint, state, data)
        check_buildable(checkpoint, {"cfg": OmegaConf.to_container(state["cfg"], resolve=False)})
        task = _task_of(checkpoint, state["cfg"])
        check_dictionaries(checkpoint, state, task)
        trained.check(checkpoint, task)
        check_fits(checkpoint, state["model"], state["cfg"], task)
        models, _, _ = checkpoint_utils.load_model_ensemble_and_task([checkpoint], task=task, state=state)
    model = models[0].eval()
    return Loaded(model.cuda() if torch.cuda.is_available() else model, task, subwords)


def _upgraded(checkpoint: str, state: Dict[str, Any], data: Optional[str]) -> Dict[str, Any]:
    try:
        state = without_training(upgraded(state, data))
    except Exception as error:  # whatever fairseq, Hydra and OmegaConf raise of invalid fields
        raise InputError(
            f"{checkpoint} has a configuration that fairseq cannot read ({_first_line(error)})."
        ) from error
    state["args"] = None  # of which fairseq would make the configuration again, another than the one that is checked
    return state


def _task_of(checkpoint: str, cfg: Any) -> FairseqTask:
    data = getattr(cfg.task, "data", None)
    check_dictionary_files(data)
    try:
        return tasks.setup_task(cfg.task)
    except InputError as error:
        raise InputError(f"{checkpoint} cannot be loaded: {error}") from error
    except Exception as error:  # fairseq raises bare Exceptions here
        raise broken_dictionary(data) or InputError(
            f"{checkpoint} needs the dictionaries of its data folder, which cannot be read ({_first_line(error)}): "
            "give the folder with data=."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:150].rstrip(".")
