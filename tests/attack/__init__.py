"""The campaign of `make attack`: mutated files, killed commands and hostile surroundings, counted."""
