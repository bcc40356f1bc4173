"""Statistics of neurons over the words of a dump: moments, word types, ranks, and similarity between models."""
