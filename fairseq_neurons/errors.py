"""The one error of ours: a wrong input, told in one sentence."""


class InputError(ValueError):
    """What the user gave cannot be used. The message is one sentence: what is wrong, where, what would be right."""
