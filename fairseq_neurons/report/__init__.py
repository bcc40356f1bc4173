"""What a run has found, for people to look at: figures, and a page to explore."""
