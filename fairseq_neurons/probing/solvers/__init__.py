"""Solvers: the certified one, and the authors' recipe."""
