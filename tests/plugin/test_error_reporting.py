"""Invalid input to a fairseq command is one sentence; a fault of ours stays a traceback."""

from __future__ import annotations

import logging
import sys

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.error_reporting import report_input_errors, show_log_messages


@pytest.fixture
def others(monkeypatch) -> list[BaseException]:
    """The exceptions that the hook passes on."""
    passed: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: passed.append(error))
    report_input_errors()
    return passed


def test_input_error__is_one_line(others, capsys):
    sys.excepthook(InputError, InputError("The text x is empty."), None)
    assert (capsys.readouterr().err, others) == ("fairseq-neurons: The text x is empty.\n", [])


def test_other_exceptions__are_left_to_the_hook_before(others, capsys):
    error = ValueError("a fault")
    sys.excepthook(ValueError, error, None)
    assert (capsys.readouterr().err, others) == ("", [error])


def test_what_messages_quote__cannot_command_the_terminal(others, capsys, monkeypatch):
    sys.excepthook(InputError, InputError("The text \x1b[31mx is empty."), None)
    assert capsys.readouterr().err == "fairseq-neurons: The text \\x1b[31mx is empty.\n"
    handler = logging.StreamHandler()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    show_log_messages()
    for name, expected in (("fairseq_neurons.plugin", "dump: \\x1b"), ("fairseq_cli", "dump: \x1b")):
        record = logging.LogRecord(name, logging.INFO, "", 1, "dump: %s", ("\x1b",), None)
        assert handler.filter(record) and record.getMessage() == expected
