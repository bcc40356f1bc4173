"""Report invalid input to fairseq's commands in one sentence, without a traceback."""

import sys
from types import TracebackType
from typing import Optional, Type

from fairseq_neurons.errors import InputError


def report_input_errors() -> None:
    """Make the interpreter print an uncaught ``InputError`` as a sentence; its exit status stays 1.

    Only the user-dir calls this: a program that imports the library keeps its own way to report errors.
    """
    report_others = sys.excepthook

    def report(kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
        if isinstance(error, InputError):
            sys.stderr.write(f"fairseq-neurons: {error}\n")
        else:
            report_others(kind, error, trace)

    sys.excepthook = report
