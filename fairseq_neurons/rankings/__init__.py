"""Rankings of neurons, and the methods that produce them."""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

if TYPE_CHECKING:
    from fairseq_neurons.rankings.ranking import Ranking

__all__ = ["Ranking"]

if not TYPE_CHECKING:  # a type checker would take every unknown name for an existing one
    __getattr__ = lazily(__name__, {"Ranking": "ranking"})
