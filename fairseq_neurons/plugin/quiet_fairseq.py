"""Quiet what fairseq's commands say beside their results, so that results and our own lines are seen."""

import argparse
import atexit
import logging
import os
import sys
import warnings
from typing import Callable

from omegaconf import DictConfig

logger = logging.getLogger("fairseq_neurons")

# Of Hydra, OmegaConf and PyTorch about fairseq's use of them, and of PyTorch's loader without a GPU: nothing a user can
# change.
MESSAGES = (
    r"hydra\.experimental\.",
    r"\s*The version_base parameter is not specified",
    r"\s*'\w+' is validated against ConfigStore schema",
    r"\s*The strict flag in the compose API",
    r"In '.*': Usage of deprecated keyword in package header",
    r"'pin_memory' argument is set as true",
    r"Support for mismatched key_padding_mask and attn_mask is deprecated",
)
COMMANDS = ("generate", "interactive", "eval_lm", "validate")


def quiet_warnings() -> None:
    """Leave out warnings and messages that are not about the user's data; called by the user-dir alone.

    ``LOGLEVEL=INFO`` and Python's ``-W`` bring them back.
    """
    if not sys.warnoptions:
        for message in MESSAGES:
            warnings.filterwarnings("ignore", message=message)
    if "LOGLEVEL" not in os.environ:
        logging.getLogger("hydra").setLevel(logging.WARNING)
        for command in COMMANDS:
            logging.getLogger(f"fairseq_cli.{command}").addFilter(_is_no_config)


def quiet_data_and_tasks() -> None:
    """Leave out what tasks and data sets say on loading; of no use once a model is trained."""
    if "LOGLEVEL" not in os.environ:
        for part in ("tasks", "data"):
            logging.getLogger(f"fairseq.{part}").setLevel(logging.WARNING)


def say_at_end(line: Callable[[], str]) -> None:
    """Log what a function returns when the process ends, after all that fairseq says; nothing after an error."""
    atexit.register(_say, line)


def _say(line: Callable[[], str]) -> None:
    said = "" if getattr(sys, "last_value", None) else line()
    if said:
        logger.info(said)


def _is_no_config(record: logging.LogRecord) -> bool:
    return not isinstance(record.msg, (dict, DictConfig, argparse.Namespace))
