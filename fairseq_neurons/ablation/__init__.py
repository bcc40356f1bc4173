"""Ablation curves: BLEU, perplexity or another metric against the number of masked neurons, with significance tests."""
