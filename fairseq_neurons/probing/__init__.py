"""Probes: classifiers that read labels off neurons, and what their accuracy is to be compared with."""

from fairseq_neurons.probing.estimator import ElasticNetProbe

__all__ = ["ElasticNetProbe"]
