"""Options of an inspection, for the command and for Python."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairseq_neurons.errors import InputError


@dataclass
class InspectionSettings:
    """Which neuron is inspected, where its data is found, and how much is shown.

    Args:
        neuron: index or name.
        activations: a dump; with a run, its name there or that of the model is enough.
        run: a folder in which labels, rankings and other models are found. Without ``activations``, the dump is that of
            the model with the most results.
        labels: of the words: a file, a labeler or a tagger, see `labels_of`.
        column: of a CoNLL-U file.
        language: of the words, for labelers.
        rankings: more ranking files of the model.
        others: more dumps of the same words, of other models.
        words: how many top words of each kind are shown.
        sentences: how many with the highest values are shown, and how many with the lowest.
        color: ``always``, ``never``, or ``auto``: sentences are coloured on a terminal only.
    """

    neuron: int | str
    activations: str | None = None
    run: str | None = None
    labels: str | None = None
    column: str | None = None
    language: str = "en"
    rankings: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    words: int = 10
    sentences: int = 5
    color: str = "auto"

    def check(self) -> None:
        """Refuse invalid options before anything is read.

        Raises:
            InputError: naming the option.
        """
        if self.words < 0 or self.sentences < 0:
            raise InputError(f"words={self.words}, sentences={self.sentences}: give 0 or more.")
