"""The only exception users see: invalid input, explained in one sentence."""


class InputError(ValueError):
    """Invalid input. The message is one sentence: what is wrong, where, and what would be right."""
