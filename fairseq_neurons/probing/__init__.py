"""Probes: classifiers that read labels off neurons, and what their accuracy is to be compared with."""
