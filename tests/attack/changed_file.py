"""What a mutation makes of a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

# Run by whoever evaluates a string, loads a tag or imports a name; `guarded_case` watches for the file.
CANARY = "canary"
PAYLOADS = (
    f"__import__('os').system('touch {CANARY}')",
    f"__import__('pathlib').Path('{CANARY}').touch()",
    f"[__import__('pathlib').Path('{CANARY}').touch()]",
    "${oc.env:HOME}",
    "${hydra:runtime.cwd}",
    "!!python/object/apply:os.system ['touch canary']",
    "hostile_module",
    "../../hostile_module",
    "\x1b]0;title\x07\x1b[31mred",
    "\u202edlrow",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "/dev/zero",
    "../../../../etc/passwd",
    "\x00",
    "n" * 5000,
)


class Changed(NamedTuple):
    """A mutated file.

    Args:
        content: of the file.
        about: what was done, for the report.
        is_data: whether the content is a valid file of its kind that no check can tell from the original, so that
            other numbers are right.
    """

    content: bytes
    about: str
    is_data: bool = False


Mutation = Callable[[random.Random, bytes], Changed]
