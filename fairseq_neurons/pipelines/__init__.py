"""Pipelines of many commands: the demo, and the experiments of the paper."""
