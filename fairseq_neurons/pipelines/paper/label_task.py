"""The labels that the probes of an experiment predict."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING


@dataclass
class LabelTask:
    """A column of Table 1: labels of source words, and the text that has these words.

    Files are relative to the corpus folder. Without a text of its own, a task labels the models' text.

    Args:
        title: its name in the paper's tables, for instance ``EN POS``.
        train_labels: a file, a tagger or the name of a built-in labeler, for the words that train probes.
        test_labels: likewise for those that test them.
        train_text: the labelled text; the beginning of the training text by default.
        test_text: the same for the test labels; the test text by default.
        options: further options of ``fairseq-neurons-probe``.
        shown: labels whose best single neurons Table 3 and Figure 3 show.
    """

    title: str = MISSING
    train_labels: str = MISSING
    test_labels: str = MISSING
    train_text: str | None = None
    test_text: str | None = None
    options: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
