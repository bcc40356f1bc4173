"""Report invalid input to fairseq's commands in one sentence, without a traceback."""

import logging
import sys
from types import TracebackType
from typing import Optional, Type

from fairseq_neurons.errors import InputError
from fairseq_neurons.terminal_text import shown, shown_lines


def report_input_errors() -> None:
    """Make the interpreter print an uncaught ``InputError`` as a sentence; its exit status stays 1.

    Only the user-dir calls this: a program that imports the library keeps its own way to report errors.
    """
    report_others = sys.excepthook

    def report(kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
        if isinstance(error, InputError):
            sys.stderr.write(f"fairseq-neurons: {shown(str(error))}\n")
        else:
            report_others(kind, error, trace)

    sys.excepthook = report


def show_log_messages() -> None:
    """Escape control characters in our log messages, which may quote anything; called by the user-dir alone."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(_show)


def _show(record: logging.LogRecord) -> bool:
    if record.name.split(".")[0] == "fairseq_neurons":
        record.msg, record.args = shown_lines(record.getMessage()), None
    return True
