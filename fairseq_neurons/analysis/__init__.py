"""Questions asked of dumps, labels and rankings."""
