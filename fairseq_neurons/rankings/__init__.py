"""The ``Ranking`` value and the methods that make one."""

from fairseq_neurons.rankings.ranking import Ranking

__all__ = ["Ranking"]
