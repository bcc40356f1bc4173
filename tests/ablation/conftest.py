"""A small model to put under masks."""

from tests.plugin.conftest import dictionary, language_model

__all__ = ["dictionary", "language_model"]
