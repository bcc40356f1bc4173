"""The models of a pipeline: their names, and where their files are in its folder.

A name that begins with ``lm`` is a language model's; all others are translation models'.
"""

from __future__ import annotations


def is_language_model(model: str) -> bool:
    """Whether a model of this name is a language model."""
    return model.startswith("lm")


def data_folder(model: str) -> str:
    """The binarised text of a model, relative to the pipeline's folder."""
    return f"bin/{model}"


def checkpoint(model: str) -> str:
    """The best checkpoint of a model, relative to the pipeline's folder."""
    return f"models/{model}/checkpoint_best.pt"
