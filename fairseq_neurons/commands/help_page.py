"""What ``--help`` of a command shows: each option with its default and what it does."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from omegaconf import MISSING

from fairseq_neurons.commands.typed_options import Option

WIDTH = 100
FLAGS = (
    "Flags: --multirun runs the command once with each of several values, seed=1,2,3; --cfg job shows the options as\n"
    "they are set and does nothing else. Labels that a shell or a list would read in its own way are quoted:\n"
    """'ignore=["``",",","PRP$"]'."""
)


def help_page(name: str, about: str, options: Iterable[Option]) -> str:
    """The page.

    Args:
        name: of the command.
        about: what it does.
        options: of the command.
    """
    entries = "\n".join(map(_entry, options))
    return f"{about}\n\n{name} option=value ...\n\n{entries}\n\n{FLAGS}"


def help_template(page: str, configured: bool) -> str:
    """The page as a template for Hydra.

    Args:
        page: see `help_page`.
        configured: whether the options as a chosen config file sets them are shown, too.
    """
    page = page.replace("$", "$$")
    return f"{page}\n\nWith the files that are chosen, the options are:\n\n$CONFIG" if configured else page


def _entry(option: Option) -> str:
    described = textwrap.fill(_plain(option.description), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return f"  {option.name}={_shown(option.default)}\n{described}".rstrip()


def _shown(default: object) -> str:
    """A default as it would be typed; nothing for an option that must be given."""
    if default == MISSING or default is None:
        return "" if default == MISSING else "null"
    if isinstance(default, list | tuple):
        return f"[{','.join(map(_shown, default))}]"
    return str(default).lower() if isinstance(default, bool) else str(default)


def _plain(description: str) -> str:
    """Without the marks of reStructuredText."""
    return re.sub(
        r":\w+:`\.?([^`]+)`|``([^`]+)``|`([^`]+)`", lambda found: next(filter(None, found.groups())), description
    )
