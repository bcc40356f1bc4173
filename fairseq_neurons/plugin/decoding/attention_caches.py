"""Keys and values of the words that a transformer's hypotheses have read, and of their sources: hardly ever copied."""

from typing import List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

FIRST_WORDS = 16  # for which there is room at first


class Keys(NamedTuple):
    """Keys and values of one attention, each (S, heads, slots, C / heads)."""

    keys: Tensor
    values: Tensor

    def attend(self, query: Tensor, scores: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
        """Weighted sums of the values (S, heads, K, C / heads), and the weights (S, heads, K, slots).

        Args:
            query: (S, heads, K, C / heads), scaled.
            scores: 0 or minus infinity, broadcast to (S, heads, K, slots) and added; None for none.
        """
        weights = torch.matmul(query, self.keys.transpose(2, 3))
        weights = (weights if scores is None else weights.add_(scores)).softmax(dim=3)
        return torch.matmul(weights, self.values), weights

    def part(self, sentences: int, slots: int) -> "Keys":
        """Those of the first sentences and slots, as views."""
        return Keys(self.keys[:sentences, :, :slots], self.values[:sentences, :, :slots])

    def with_room(self, slots: int) -> "Keys":
        """A copy with room for this number of slots."""
        sentences, heads, used, size = self.keys.shape
        roomy = [part.new_empty(sentences, heads, slots, size) for part in self]
        for new, old in zip(roomy, self):
            new[:, :, :used] = old
        return Keys(*roomy)


class TransformerState:
    """The state of all beams. S sentences with K beams each; row ``s * K + k`` is beam k of sentence s.

    fairseq copies the keys and values of every hypothesis when the search reorders them. Here they stay where they were
    written: a sentence has a *slot* for each word and beam, every beam computes its scores with all slots of its
    sentence, and those of other hypotheses are minus infinity. When sentences are dropped, the last stored ones take
    their places, so that only these are copied: the *stored* order of sentences is not that of the search.

    Args:
        sources: keys and values of the encoder's outputs, by layer; empty without attention to them.
        padding: (S, 1, 1, T), 0 at source words and minus infinity at padding; None without padding.
        layers: number of layers.
        like: (S, heads, 0, C / heads), in whose likeness keys and values are kept.
    """

    def __init__(self, sources: List[Keys], padding: Optional[Tensor], layers: int, like: Tensor) -> None:
        self.sentences = like.size(0)
        self.words = 0  # that each hypothesis has read
        self._sources, self._padding = sources, padding
        self._own = [Keys(like, like) for _ in range(layers)]
        self._slots, self._room = 0, 0
        # (S K, slots) 0 at the slots of each hypothesis, elsewhere minus infinity.
        self._visible = like.new_zeros(self.sentences, 0)
        self._scores = self._visible
        # The stored place of each sentence, and the sentence of each place; None while they are the same.
        self._places: Optional[Tensor] = None
        self._order: Optional[Tensor] = None

    def select_rows(self, rows: Tensor) -> None:
        """Continue from these beams: (S K',) row numbers, those of one sentence after those of another."""
        self._visible = self._visible.index_select(0, rows)

    def keep_sentences(self, sentences: Tensor) -> None:
        """Drop what is kept once a sentence for all but these: (S',); the beams are left to ``select_rows``."""
        places = sentences if self._places is None else self._places.index_select(0, sentences)
        self.sentences = len(places)
        taken = torch.zeros(self._count(), dtype=torch.bool, device=places.device).index_fill_(0, places, True)
        free = taken[: len(places)].logical_not().nonzero().squeeze(1)
        moving = places.ge(len(places)).nonzero().squeeze(1)
        moved_from = places[moving]
        for tensor in self._stored():
            tensor[free] = tensor[moved_from]
        self._places = places.index_copy(0, moving, free)
        self._order = self._places.argsort()

    def advance(self, beams: int) -> None:
        """Make room for the next word of every hypothesis, which it alone sees."""
        own = torch.full((beams, beams), float("-inf"), device=self._visible.device).fill_diagonal_(0.0)
        self._visible = torch.cat([self._visible, own.repeat(self.sentences, 1)], dim=1)
        self._scores = self.stored_order(self._visible.view(self.sentences, 1, beams, -1))
        self.words += 1
        self._slots += beams
        if self._slots > self._room:
            self._room = max(FIRST_WORDS * beams, 2 * self._room)
            self._own = [keys.part(self.sentences, self._slots - beams).with_room(self._room) for keys in self._own]

    def stored_order(self, of_sentences: Tensor) -> Tensor:
        """(S, any) in the order of the search -> in the stored one."""
        return of_sentences if self._order is None else of_sentences.index_select(0, self._order)

    def search_order(self, of_sentences: Tensor) -> Tensor:
        """(S, any) in the stored order -> in that of the search."""
        return of_sentences if self._places is None else of_sentences.index_select(0, self._places)

    def attend_to_own(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attention to the words that each hypothesis has read, the newest added; all (S, heads, K, C / heads)."""
        keys = self._own[layer].part(self.sentences, self._slots)
        keys.keys[:, :, -key.size(2) :] = key
        keys.values[:, :, -key.size(2) :] = value
        return keys.attend(query, self._scores)[0]

    def attend_to_source(self, layer: int, query: Tensor) -> Tuple[Tensor, Tensor]:
        """See :meth:`Keys.attend`."""
        keys = self._sources[layer]
        padding = None if self._padding is None else self._padding[: self.sentences]
        return keys.part(self.sentences, keys.keys.size(2)).attend(query, padding)

    def _count(self) -> int:
        """For how many sentences there is room."""
        return len(self._own[0].keys)

    def _stored(self) -> List[Tensor]:
        """What has one entry a sentence, without unused slots."""
        used = [part[:, :, : self._slots] for keys in self._own for part in keys]
        sources = [part for keys in self._sources for part in keys]
        return [*used, *sources, *([] if self._padding is None else [self._padding])]
