"""A small English-French grammar that writes parallel text with gold labels on the English words."""
