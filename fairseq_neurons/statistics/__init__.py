"""Statistics of neurons over the words of a dump: moments, word types, AUC for labels, similar neurons."""
