"""Metrics of an ablated model."""
