"""A run folder as a value: the dumps, rankings, probes and curves in it, by model."""
