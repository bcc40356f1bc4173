"""Data as classic scripts: a page that was opened from a disk may load no other kind of file."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np


def script(key: str, content: Any) -> str:
    """A script that hands ``content`` to the page under ``key``.

    Text of a corpus is in it as a JSON string of ASCII characters without ``<``: whatever the words are, no parser of
    HTML or JavaScript sees anything but the letters of a string. Content has no objects with such text as keys, since
    ``__proto__`` is none.

    Args:
        key: its name, the file's path without ending.
        content: what JSON can hold, without numbers that are not finite.
    """
    return f"report.add({_json(key)}, {_json(content)});\n"


def short(value: float) -> float:
    """Four significant digits: what a reader looks at, and few bytes."""
    return float(f"{value:.4g}")


def packed(codes: np.ndarray) -> str:
    """Bytes as base64; the page unpacks them into an ``Int8Array``."""
    return base64.b64encode(np.ascontiguousarray(codes).tobytes()).decode("ascii")


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
