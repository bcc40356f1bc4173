"""Data as classic scripts, the only kind of file that a page opened from disk can load."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np


def script(key: str, content: Any) -> str:
    """Write a script that registers ``content`` under ``key``.

    Words of a corpus become JSON strings of ASCII characters without ``<``, so no word can be parsed as HTML or as
    JavaScript code. Words must not be keys of objects, because ``__proto__`` is not an ordinary key.

    Args:
        key: path of the file without suffix.
        content: JSON-serialisable content; numbers must be finite.
    """
    return f"report.add({_json(key)}, {_json(content)});\n"


def short(value: float) -> float:
    """Round to four significant digits, to keep files small."""
    return float(f"{value:.4g}")


def packed(codes: np.ndarray) -> str:
    """Encode bytes as base64, which the page decodes to an ``Int8Array``."""
    return base64.b64encode(np.ascontiguousarray(codes).tobytes()).decode("ascii")


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
