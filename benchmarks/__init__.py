"""Ratios against named peers, measured in one run; results and commands are in docs/benchmarks.md."""
