"""The built-in demo corpus: a small English-French grammar with gold labels on the English words."""
