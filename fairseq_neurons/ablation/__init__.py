"""Curves: BLEU or perplexity against the number of neurons clamped, point by point, with their significance."""
