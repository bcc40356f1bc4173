"""Penalties of a probe's weights, one in a file; `penalty.Penalty` says what each must offer."""
