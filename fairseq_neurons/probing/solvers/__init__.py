"""Ways to find a probe's weights."""
