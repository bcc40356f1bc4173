"""What the fast beam search needs of a decoder."""

from typing import Any, Optional, Protocol, Tuple, TypeVar

from torch import Tensor


class StepState(Protocol):
    """The state of all hypotheses. S sentences with K beams each; row ``s * K + k`` is beam k of sentence s."""

    def select_rows(self, rows: Tensor) -> None:
        """Continue from these rows: (S K',), those of one sentence after those of another."""

    def keep_sentences(self, sentences: Tensor) -> None:
        """Drop what is kept once a sentence for all but these: (S',); the beams are left to ``select_rows``."""


State = TypeVar("State", bound=StepState)


class StepDecoder(Protocol[State]):
    """A decoder that reads one word of every hypothesis at a time; beams of a sentence share its encoder states."""

    def start(self, encoder_out: Any) -> State:
        """One beam a sentence, before the first word, from what the model's encoder returns."""

    def read(self, words: Tensor) -> Tensor:
        """(n,) word indices -> (n, any), what :meth:`step` takes."""

    def step(self, state: State, read: Tensor) -> Tuple[Tensor, Optional[Tensor]]:
        """Read a word of every beam: features (S K, out) and attention weights (S, K, T), or None without attention."""

    def output_weights(self) -> Tuple[Tensor, Optional[Tensor]]:
        """The output layer: weight (V, out) and, if it has one, bias (V,)."""
