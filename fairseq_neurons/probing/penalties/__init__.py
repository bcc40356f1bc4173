"""Penalties of a probe's weights, one per file; `penalty.Penalty` lists the members that each must have."""
