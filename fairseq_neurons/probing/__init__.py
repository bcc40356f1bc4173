"""Probes: classifiers that predict word labels from neurons, and the baselines their accuracy is compared with."""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

if TYPE_CHECKING:
    from fairseq_neurons.probing.estimator import ElasticNetProbe

__all__ = ["ElasticNetProbe"]

if not TYPE_CHECKING:  # a type checker would take every unknown name for an existing one
    __getattr__ = lazily(__name__, {"ElasticNetProbe": "estimator"})
